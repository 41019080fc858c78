'use strict';

/** CryptoKeys as bytes, for the clone codec (platform-crypto-key.js); Node has both ways at once. */

const { KeyObject, createPrivateKey, createPublicKey, createSecretKey } = require('node:crypto');

const { CryptoKey } = globalThis;

/** An ArrayBuffer of just these bytes. */
const toArrayBuffer = (buffer) => new Uint8Array(buffer).buffer;

/** @param {CryptoKey} key @param {string} format @returns {ArrayBuffer} */
function exportKey(key, format) {
  const object = KeyObject.from(key);
  const options = format === 'raw' ? undefined : { format: 'der', type: format };
  return toArrayBuffer(object.export(options));
}

function makeKeyObject(type, format, key) {
  if (type === 'secret') return createSecretKey(key);
  const make = type === 'private' ? createPrivateKey : createPublicKey;
  return make({ key, format: 'der', type: format });
}

function importKey(decoder, { type, format, bytes, algorithm, usages }) {
  const object = makeKeyObject(type, format, Buffer.from(bytes));
  return object.toCryptoKey(algorithm, true, usages);
}

module.exports = { CryptoKey, exportKey, importKey };
