'use strict';

/** `querystring`. The packages of that name lack Node's handling of broken text. */

const { loadPackage } = require('../packages');

const MAX_KEYS = 1000;

/** %XX and, if asked, `+`; what is broken stays as it is. */
function unescapeBuffer(text, decodeSpaces = false) {
  const { Buffer } = loadPackage('buffer');
  const out = Buffer.alloc(text.length);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const isHex = text[i] === '%' && /^[0-9a-f]{2}/i.test(text.slice(i + 1, i + 3));
    if (isHex) {
      out[length++] = parseInt(text.slice(i + 1, i + 3), 16);
      i += 2;
    } else out[length++] = decodeSpaces && text[i] === '+' ? 32 : text.charCodeAt(i);
  }
  return out.subarray(0, length);
}

function unescape(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(unescapeBuffer(text));
  }
}

function escape(text) {
  try {
    return encodeURIComponent(typeof text === 'object' ? String(text) : text);
  } catch (error) {
    throw Object.assign(new URIError('URI malformed', { cause: error }), {
      code: 'ERR_INVALID_URI',
    });
  }
}

function primitive(value) {
  if (typeof value === 'string') return value;
  const isText = typeof value === 'boolean' || typeof value === 'bigint' || Number.isFinite(value);
  return isText ? `${value}` : '';
}

/** @param {object} object @param {string} [separator] @param {string} [equals] */
function stringify(object, separator = '&', equals = '=', options = {}) {
  const encode = options?.encodeURIComponent ?? querystring.escape;
  if (object === null || typeof object !== 'object') return '';
  const pairs = [];
  for (const key of Object.keys(object)) {
    const values = Array.isArray(object[key]) ? object[key] : [object[key]];
    for (const value of values) {
      pairs.push(`${encode(key)}${equals || '='}${encode(primitive(value))}`);
    }
  }
  return pairs.join(separator || '&');
}

/** @returns {Record<string, string | string[]>} */
function parse(text, separator = '&', equals = '=', options = {}) {
  const result = { __proto__: null };
  if (typeof text !== 'string' || text === '') return result;
  const decode = options?.decodeURIComponent ?? querystring.unescape;
  const max = typeof options?.maxKeys === 'number' ? options.maxKeys : MAX_KEYS;
  const parts = text.split(separator || '&').filter((part) => part !== '');
  for (const part of max > 0 ? parts.slice(0, max) : parts) {
    const place = part.indexOf(equals || '=');
    const [rawKey, rawValue] =
      place < 0 ? [part, ''] : [part.slice(0, place), part.slice(place + (equals || '=').length)];
    add(result, decodePart(decode, rawKey), decodePart(decode, rawValue));
  }
  return result;
}

function decodePart(decode, text) {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decode(spaced);
  } catch {
    return unescape(spaced);
  }
}

function add(result, key, value) {
  if (!(key in result)) result[key] = value;
  else if (Array.isArray(result[key])) result[key].push(value);
  else result[key] = [result[key], value];
}

const querystring = {
  unescapeBuffer,
  unescape,
  escape,
  stringify,
  encode: stringify,
  parse,
  decode: parse,
};

module.exports = querystring;
