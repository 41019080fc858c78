'use strict';

/**
 * structured-clone/code-units - short strings, one UTF-16 code unit at a time
 *
 * Plain loops beat every native call for short strings in both engines, and in JavaScriptCore the
 * encoding loop beats TextEncoder at any length. `string.charCodeAt(i)` is only fast when
 * written so: uncurried calls cost 25 times as much in JavaScriptCore. So each loop first asks
 * whether the method is still the original one, and takes the slow road when it is not. (An accessor
 * that lies here can only garble what its own page sends: lengths and positions don't depend on it.)
 */

const { StringPrototype, apply, charCodeAt, fromCharCode } = require('./primordials');

function slowCharCodeAt(string, index) {
  return apply(charCodeAt, string, [index]);
}

/** Copies a long string as copyOneByte() does; four at a time take JavaScriptCore two thirds of the time. */
function copyOneByteLong(string, length, bytes, start) {
  if (StringPrototype.charCodeAt !== charCodeAt) return copyOneByte(string, length, bytes, start);
  let union = 0;
  let i = 0;
  for (const end = length - 3; i < end; i += 4) {
    const a = string.charCodeAt(i);
    const b = string.charCodeAt(i + 1);
    const c = string.charCodeAt(i + 2);
    const d = string.charCodeAt(i + 3);
    union |= a | b | c | d;
    bytes[start + i] = a;
    bytes[start + i + 1] = b;
    bytes[start + i + 2] = c;
    bytes[start + i + 3] = d;
  }
  for (; i < length; i++) {
    const unit = string.charCodeAt(i);
    union |= unit;
    bytes[start + i] = unit;
  }
  return union;
}

/**
 * Copies a string's code units into bytes, one each.
 * @returns {number} all units or'ed together: the copy is good when this is below 256
 */
function copyOneByte(string, length, bytes, start) {
  let union = 0;
  if (StringPrototype.charCodeAt === charCodeAt) {
    for (let i = 0; i < length; i++) {
      const unit = string.charCodeAt(i);
      union |= unit;
      bytes[start + i] = unit;
    }
  } else {
    for (let i = 0; i < length; i++) {
      const unit = slowCharCodeAt(string, i);
      union |= unit;
      bytes[start + i] = unit;
    }
  }
  return union;
}

/** Copies a string's code units into a Uint16Array. */
function copyTwoByte(string, length, halfwords, start) {
  if (StringPrototype.charCodeAt === charCodeAt) {
    let i = 0;
    for (const end = length - 3; i < end; i += 4) {
      const a = string.charCodeAt(i);
      const b = string.charCodeAt(i + 1);
      const c = string.charCodeAt(i + 2);
      halfwords[start + i + 3] = string.charCodeAt(i + 3);
      halfwords[start + i] = a;
      halfwords[start + i + 1] = b;
      halfwords[start + i + 2] = c;
    }
    for (; i < length; i++) halfwords[start + i] = string.charCodeAt(i);
  } else {
    for (let i = 0; i < length; i++) halfwords[start + i] = slowCharCodeAt(string, i);
  }
}

/** Whether a string is the latin1 string at this place. */
function equalsOneByte(string, bytes, start) {
  const length = string.length;
  if (StringPrototype.charCodeAt === charCodeAt) {
    for (let i = 0; i < length; i++)
      if (string.charCodeAt(i) !== bytes[start + i]) return false;
    return true;
  }
  return string === oneByteString(bytes, start, start + length);
}

/** The latin1 string in bytes [start, end). */
function oneByteString(bytes, start, end) {
  let i = start;
  let string = '';
  for (; i + ONE_CALL < end; i += 4)
    string = `${string}${fromCharCode(bytes[i])}${fromCharCode(bytes[i + 1])}${fromCharCode(bytes[i + 2])}` +
      fromCharCode(bytes[i + 3]);
  return i === start ? oneCallString(bytes, i, end - i) : string + oneCallString(bytes, i, end - i);
}

/** Up to here one call of fromCharCode makes the string: no ropes of pieces, which cost later. */
const ONE_CALL = 16;

function oneCallString(b, i, length) {
  switch (length) {
    case 1: return fromCharCode(b[i]);
    case 2: return fromCharCode(b[i], b[i + 1]);
    case 3: return fromCharCode(b[i], b[i + 1], b[i + 2]);
    case 4: return fromCharCode(b[i], b[i + 1], b[i + 2], b[i + 3]);
    case 5: return fromCharCode(b[i], b[i + 1], b[i + 2], b[i + 3], b[i + 4]);
    case 6: return fromCharCode(b[i], b[i + 1], b[i + 2], b[i + 3], b[i + 4], b[i + 5]);
    case 7: return fromCharCode(b[i], b[i + 1], b[i + 2], b[i + 3], b[i + 4], b[i + 5], b[i + 6]);
    case 8: return fromCharCode(b[i], b[i + 1], b[i + 2], b[i + 3], b[i + 4], b[i + 5], b[i + 6], b[i + 7]);
    case 9:
      return fromCharCode(
        b[i], b[i + 1], b[i + 2], b[i + 3], b[i + 4], b[i + 5], b[i + 6], b[i + 7], b[i + 8]
      );
    case 10:
      return fromCharCode(
        b[i], b[i + 1], b[i + 2], b[i + 3], b[i + 4], b[i + 5], b[i + 6], b[i + 7], b[i + 8],
        b[i + 9]
      );
    case 11:
      return fromCharCode(
        b[i], b[i + 1], b[i + 2], b[i + 3], b[i + 4], b[i + 5], b[i + 6], b[i + 7], b[i + 8],
        b[i + 9], b[i + 10]
      );
    case 12:
      return fromCharCode(
        b[i], b[i + 1], b[i + 2], b[i + 3], b[i + 4], b[i + 5], b[i + 6], b[i + 7], b[i + 8],
        b[i + 9], b[i + 10], b[i + 11]
      );
    case 13:
      return fromCharCode(
        b[i], b[i + 1], b[i + 2], b[i + 3], b[i + 4], b[i + 5], b[i + 6], b[i + 7], b[i + 8],
        b[i + 9], b[i + 10], b[i + 11], b[i + 12]
      );
    case 14:
      return fromCharCode(
        b[i], b[i + 1], b[i + 2], b[i + 3], b[i + 4], b[i + 5], b[i + 6], b[i + 7], b[i + 8],
        b[i + 9], b[i + 10], b[i + 11], b[i + 12], b[i + 13]
      );
    case 15:
      return fromCharCode(
        b[i], b[i + 1], b[i + 2], b[i + 3], b[i + 4], b[i + 5], b[i + 6], b[i + 7], b[i + 8],
        b[i + 9], b[i + 10], b[i + 11], b[i + 12], b[i + 13], b[i + 14]
      );
    case 16:
      return fromCharCode(
        b[i], b[i + 1], b[i + 2], b[i + 3], b[i + 4], b[i + 5], b[i + 6], b[i + 7], b[i + 8],
        b[i + 9], b[i + 10], b[i + 11], b[i + 12], b[i + 13], b[i + 14], b[i + 15]
      );
    default: return '';
  }
}

/** The little-endian UTF-16 string in bytes [start, end), an even number of them. */
function twoByteString(bytes, start, end) {
  let string = '';
  let i = start;
  for (; i + 4 <= end; i += 4)
    string += fromCharCode(bytes[i] | bytes[i + 1] << 8, bytes[i + 2] | bytes[i + 3] << 8);
  return i < end ? string + fromCharCode(bytes[i] | bytes[i + 1] << 8) : string;
}

module.exports = { copyOneByte, copyOneByteLong, copyTwoByte, equalsOneByte, oneByteString, twoByteString };
