'use strict';

/** CryptoKeys as bytes, for the clone codec (platform-crypto-key.js); Node has both ways at once. */

const { packCurveKey, unpackCurveKey } = require('../common/structured-clone/curve-key');
const { KeyObject, createPrivateKey, createPublicKey, createSecretKey } = require('node:crypto');

const { CryptoKey } = globalThis;

/** An ArrayBuffer of just these bytes. */
const toArrayBuffer = (buffer) => new Uint8Array(buffer).buffer;

/** @param {CryptoKey} key @param {string} format @returns {ArrayBuffer} */
function exportKey(key, format) {
  const object = KeyObject.from(key);
  if (format === 'jwk') return packCurveKey(object.export({ format }));
  const options = format === 'raw' ? undefined : { format: 'der', type: format };
  return toArrayBuffer(object.export(options));
}

function makeKeyObject({ type, format, bytes, algorithm }) {
  if (type === 'secret') return createSecretKey(Buffer.from(bytes));
  const make = type === 'private' ? createPrivateKey : createPublicKey;
  if (format === 'jwk') return make({ key: unpackCurveKey(bytes, algorithm.name), format });
  return make({ key: Buffer.from(bytes), format: 'der', type: format });
}

function importKey(decoder, key) {
  const { algorithm, usages } = key;
  const object = makeKeyObject(key);
  return object.toCryptoKey(algorithm, true, usages);
}

module.exports = { CryptoKey, exportKey, importKey };
