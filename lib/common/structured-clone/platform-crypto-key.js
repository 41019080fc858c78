'use strict';

/**
 * structured-clone/platform-crypto-key - CryptoKey, by what can be exported of it
 *
 * The two ends are different processes and libraries, so the key itself has to go in the message. One that is not
 * extractable stays where it is.
 */

const P = require('./primordials');
const { accepts } = require('./classify');
const { isCurve } = require('./curve-key');
const { TYPE, registerPlatformType } = require('./platform');

/** What each type of key is exported as; every algorithm of both ends has that form, but for curve-key.js. */
const FORMATS = { __proto__: null, secret: 'raw', private: 'pkcs8', public: 'spki' };

const USAGES_MAX = 8;

/** @returns {string | undefined} */
const formatOf = (type, name) => (isCurve(name) && type !== 'secret' ? 'jwk' : FORMATS[type]);

/**
 * @param {object} scope
 * @param {Function} scope.CryptoKey
 * @param {(key: object, format: string) => ArrayBuffer | import('./pending').LateBytes} scope.exportKey 'jwk' is
 *   as curve-key.js packs it, here and in importKey
 * @param {(decoder: object, key: {type: string, format: string, bytes: ArrayBuffer, algorithm: object,
 *   usages: string[]}) => object} scope.importKey an extractable key
 */
function registerCryptoKey({ CryptoKey, exportKey, importKey }) {
  const { prototype } = CryptoKey;
  const typeOf = P.uncurryGetter(prototype, 'type');
  const isExtractable = P.uncurryGetter(prototype, 'extractable');
  const algorithmOf = P.uncurryGetter(prototype, 'algorithm');
  const usagesOf = P.uncurryGetter(prototype, 'usages');
  registerPlatformType({
    __proto__: null,
    id: TYPE.CRYPTO_KEY,
    name: 'CryptoKey',
    prototypes: [prototype],
    accepts: accepts(typeOf),
    write(encoder, key) {
      if (!isExtractable(key)) encoder.fail('A CryptoKey that is not extractable could not be cloned.');
      const type = typeOf(key);
      const algorithm = algorithmOf(key);
      encoder.writeString(type);
      writePlain(encoder, algorithm);
      writePlain(encoder, usagesOf(key));
      encoder.writeBlob(exportKey(key, formatOf(type, algorithm.name)));
    },
    read(decoder) {
      const type = decoder.readString();
      const algorithm = decoder.readValue();
      const usages = decoder.readValue();
      if (FORMATS[type] === undefined || !isAlgorithm(algorithm) || !isUsages(usages))
        decoder.fail('a CryptoKey is broken');
      const format = formatOf(type, algorithm.name);
      return importKey(decoder, { __proto__: null, type, format, bytes: decoder.readBlob(), algorithm, usages });
    },
  });
}

/** Its own copy: engines give the same object each time, and it is no part of what the script posts. */
function writePlain(encoder, value) {
  const copy = P.isArray(value) ? [] : {};
  const keys = P.keys(value);
  for (let i = 0; i < keys.length; i++) P.createDataProperty(copy, keys[i], value[keys[i]]);
  encoder.writeValue(copy);
}

function isAlgorithm(value) {
  if (typeof value !== 'object' || value === null) return false;
  const name = P.getOwnPropertyDescriptor(value, 'name');
  return name !== undefined && typeof name.value === 'string';
}

function isUsages(value) {
  if (!P.isArray(value) || value.length > USAGES_MAX) return false;
  for (let i = 0; i < value.length; i++) if (typeof value[i] !== 'string') return false;
  return true;
}

module.exports = { registerCryptoKey };
