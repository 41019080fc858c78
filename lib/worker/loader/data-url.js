'use strict';

const { MIMEType } = require('node:util');

const BASE64 = /; *base64$/i;

/**
 * data: addresses (fetch.spec.whatwg.org, "data: URL processor").
 * @param {string} url
 * @returns {{type: string, body: Uint8Array}}
 */
function parseDataURL(url) {
  const text = url.split('#', 1)[0].slice('data:'.length);
  const comma = text.indexOf(',');
  if (comma < 0) throw new TypeError('a data: address needs a comma');
  const given = text.slice(0, comma).trim();
  const isBase64 = BASE64.test(given);
  const bytes = percentDecode(text.slice(comma + 1));
  const type = given.replace(BASE64, '');
  return { type: mimeType(type), body: isBase64 ? decodeBase64(bytes) : bytes };
}

function mimeType(given) {
  try {
    return String(new MIMEType(given.startsWith(';') ? `text/plain${given}` : given));
  } catch {
    return 'text/plain;charset=US-ASCII';
  }
}

function percentDecode(text) {
  const bytes = Buffer.from(text, 'utf8');
  let size = 0;
  for (let at = 0; at < bytes.length; at++, size++) {
    const hex = bytes[at] === 0x25 && bytes.toString('latin1', at + 1, at + 3);
    const isEscape = hex && /^[0-9a-f]{2}$/i.test(hex);
    bytes[size] = isEscape ? parseInt(hex, 16) : bytes[at];
    if (isEscape) at += 2;
  }
  return new Uint8Array(bytes.subarray(0, size));
}

/** atob() is strict, as the standard wants it. */
function decodeBase64(bytes) {
  return new Uint8Array(Buffer.from(atob(Buffer.from(bytes).latin1Slice()), 'latin1'));
}

module.exports = { parseDataURL };
