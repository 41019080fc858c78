'use strict';

/**
 * structured-clone/strings-node - long strings in Node, with Buffer's native copies
 *
 * What is written here is read by a page as a rule, where UTF-8 is what TextDecoder reads fastest
 * (3 to 5 times as fast as latin1 or UTF-16): so well-formed text goes as UTF-8.
 */

const { node, uncurryThis } = require('./primordials');
const { oneByteString, twoByteString } = require('./code-units');

const utf8Write = uncurryThis(node.Buffer.prototype.utf8Write);
const latin1Slice = uncurryThis(node.Buffer.prototype.latin1Slice);
const utf8Slice = uncurryThis(node.Buffer.prototype.utf8Slice);
const ucs2Write = uncurryThis(node.Buffer.prototype.ucs2Write);
const ucs2Slice = uncurryThis(node.Buffer.prototype.ucs2Slice);
const utf8Length = node.Buffer.byteLength;
const isWellFormed = uncurryThis(String.prototype.isWellFormed);

/** Strings below this many code units (or bytes) are cheaper in a JavaScript loop. */
const SHORT_STRING = 64;
const SHORT_READ = 17;

/** From this length on it pays to count the bytes, rather than to make room for the worst case. */
const COUNT_FIRST = 1 << 16;

/** Writes a string of SHORT_STRING code units or more at the encoder's position. */
function writeLongString(encoder, string, length) {
  if (!isWellFormed(string)) writeUtf16(encoder, string, length);
  else if (length >= COUNT_FIRST) writeUtf8(encoder, string, utf8Length(string));
  else writeMostlyAscii(encoder, string, length);
}

/** Nearly all text has as many bytes as code units: writes it behind a header made for that. */
function writeMostlyAscii(encoder, string, length) {
  encoder.reserve(length * 3);
  const headerEnd = encoder.utf8Header(length);
  const written = utf8Write(encoder.bytes, string, headerEnd, length * 3);
  if (written === length) encoder.position = headerEnd + length;
  else writeUtf8(encoder, string, written);
}

function writeUtf8(encoder, string, byteLength) {
  encoder.reserve(byteLength);
  const headerEnd = encoder.utf8Header(byteLength);
  utf8Write(encoder.bytes, string, headerEnd, byteLength);
  encoder.position = headerEnd + byteLength;
}

function writeUtf16(encoder, string, length) {
  encoder.reserve(length * 2);
  encoder.twoByteHeader(length * 2);
  ucs2Write(encoder.bytes, string, encoder.position, length * 2);
  encoder.position += length * 2;
}

const readOneByte = (bytes, start, end) =>
  end - start < SHORT_READ ? oneByteString(bytes, start, end) : latin1Slice(bytes, start, end);

const readTwoByte = (bytes, start, end) =>
  end - start < SHORT_READ ? twoByteString(bytes, start, end) : ucs2Slice(bytes, start, end);

const readUtf8 = (bytes, start, end) => utf8Slice(bytes, start, end);

module.exports = { SHORT_STRING, writeLongString, readOneByte, readTwoByte, readUtf8 };
