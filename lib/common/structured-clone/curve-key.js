'use strict';

/**
 * structured-clone/curve-key - keys of Curve25519 as the two numbers of their JWK
 *
 * WebKit refuses the 'spki' and 'pkcs8' of every 256th of them: those whose number begins with a zero byte.
 */

const P = require('./primordials');

const CURVES = { __proto__: null, Ed25519: true, X25519: true };

/** Two numbers of 32 bytes in base64url, and what is between them. */
const TEXT_MAX = 128;

/** @param {string} name of an algorithm */
const isCurve = (name) => CURVES[name] === true;

/** @param {JsonWebKey} jwk @returns {ArrayBuffer} "x.d", or "x." of a public key */
function packCurveKey(jwk) {
  const text = `${jwk.x}.${P.hasOwn(jwk, 'd') ? jwk.d : ''}`;
  const bytes = new P.Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = P.apply(P.charCodeAt, text, [i]);
  return P.typedArrayBuffer(bytes);
}

/** @param {ArrayBuffer} buffer of packCurveKey() @param {string} name @returns {JsonWebKey | null} null when it is none */
function unpackCurveKey(buffer, name) {
  const size = P.bufferLength(buffer);
  if (size > TEXT_MAX) return null;
  const bytes = new P.Uint8Array(buffer);
  const jwk = { __proto__: null, kty: 'OKP', crv: name, x: '', d: '' };
  let field = 'x';
  for (let i = 0; i < size; i++) {
    if (field === 'x' && bytes[i] === 0x2e) field = 'd';
    else jwk[field] += P.fromCharCode(bytes[i]);
  }
  if (jwk.d === '') delete jwk.d;
  return jwk;
}

module.exports = { isCurve, packCurveKey, unpackCurveKey };
