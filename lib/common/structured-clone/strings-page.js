'use strict';

/**
 * structured-clone/strings-page - long strings in a page (JavaScriptCore)
 *
 * Measured in WebKitGTK 2.50: encoding loops beat TextEncoder at every length. Decoding is fastest
 * through TextDecoder for UTF-8, from about 32 bytes on. `latin1` there means windows-1252, which is
 * another thing for the bytes 0x80 to 0x9f, so those need a slower road.
 */

const {
  TextDecoder, Uint16Array, Uint8Array, apply, stringIncludes, typedArrayBuffer, typedArrayOffset,
} = require('./primordials');
const { copyOneByteLong, copyTwoByte, oneByteString, twoByteString } = require('./code-units');

/** Strings below this many code units take the encoder's own short road. */
const SHORT_STRING = 64;

/** Up to this many bytes, joining characters beats the fixed cost of TextDecoder. */
const SHORT_READ = 32;

const decode = TextDecoder.prototype.decode;
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const utf16 = new TextDecoder('utf-16le', { ignoreBOM: true });
const windows1252 = new TextDecoder('windows-1252');

/** Writes a string of SHORT_STRING code units or more at the encoder's position. */
function writeLongString(encoder, string, length) {
  encoder.reserve(length * 2);
  const start = encoder.position;
  encoder.oneByteHeader(length);
  const { bytes, position } = encoder;
  // Text of other alphabets shows itself soon, as a rule.
  if (copyOneByteLong(string, SHORT_STRING, bytes, position) < 256 &&
    copyOneByteLong(string, length, bytes, position) < 256) {
    encoder.position += length;
    return;
  }
  encoder.position = start;
  encoder.twoByteHeader(length * 2);
  copyTwoByte(string, length, encoder.halfwords, encoder.position >> 1);
  encoder.position += length * 2;
}

function section(bytes, start, end) {
  return new Uint8Array(typedArrayBuffer(bytes), typedArrayOffset(bytes) + start, end - start);
}

/** Whether windows-1252 reads all these bytes as latin1 does. */
function hasNoControls(bytes, start, end) {
  for (let i = start; i < end; i++)
    if ((bytes[i] & 0xe0) === 0x80) return false;
  return true;
}

function readOneByte(bytes, start, end) {
  if (end - start < SHORT_READ) return oneByteString(bytes, start, end);
  if (hasNoControls(bytes, start, end)) return apply(decode, windows1252, [section(bytes, start, end)]);
  const length = end - start;
  const units = new Uint16Array(length);
  for (let i = 0; i < length; i++) units[i] = bytes[start + i];
  return apply(decode, utf16, [new Uint8Array(typedArrayBuffer(units))]);
}

function readTwoByte(bytes, start, end) {
  if (end - start < SHORT_READ) return twoByteString(bytes, start, end);
  const string = apply(decode, utf16, [section(bytes, start, end)]);
  // U+FFFD is what TextDecoder makes of a lone surrogate, which must arrive as it is.
  return stringIncludes(string, '\ufffd') ? twoByteString(bytes, start, end) : string;
}

const readUtf8 = (bytes, start, end) => apply(decode, utf8, [section(bytes, start, end)]);

module.exports = { SHORT_STRING, writeLongString, readOneByte, readTwoByte, readUtf8 };
