'use strict';

const { MIMEType } = require('node:util');

/** The encoding in which old scripts read bytes as text (encoding.spec.whatwg.org, 14.5). */
const X_USER_DEFINED = {
  encoding: 'x-user-defined',
  decode: (bytes) =>
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      .latin1Slice()
      .replace(/[\x80-\xff]/g, (unit) => String.fromCharCode(0xf700 + unit.charCodeAt(0))),
};

const MARKS = [
  { label: 'utf-8', mark: [0xef, 0xbb, 0xbf] },
  { label: 'utf-16be', mark: [0xfe, 0xff] },
  { label: 'utf-16le', mark: [0xff, 0xfe] },
];

/** @returns {string | undefined} the charset of a MIME type */
function charsetOf(type) {
  try {
    return new MIMEType(type).params.get('charset') ?? undefined;
  } catch {
    return undefined;
  }
}

function tryDecoder(label) {
  if (label === undefined) return null;
  if (`${label}`.trim().toLowerCase() === X_USER_DEFINED.encoding) return X_USER_DEFINED;
  try {
    return new TextDecoder(label);
  } catch {
    return null; // an unknown name counts as none
  }
}

/**
 * The decoder for a text whose encoding its byte order mark says, or else a label, or else its type.
 * @param {Uint8Array} bytes @param {string | undefined} label @param {string} type
 * @returns {{encoding: string, decode(bytes: Uint8Array): string}}
 */
function textDecoder(bytes, label, type) {
  const marked = MARKS.find(({ mark }) => mark.every((byte, index) => bytes[index] === byte));
  return (
    tryDecoder(marked?.label) ??
    tryDecoder(label) ??
    tryDecoder(charsetOf(type)) ??
    new TextDecoder()
  );
}

module.exports = { textDecoder };
