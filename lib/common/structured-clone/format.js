'use strict';

/**
 * structured-clone/format - the bytes of a message: V8's ValueSerializer format, version 15
 *
 * This is what Node's own v8.serialize() writes and v8.deserialize() reads, and V8 keeps reading
 * old versions. Numbers of variable length ("varint") are LEB128, signed ones zigzagged first.
 * Strings are a tag, a varint of the length in bytes, and the bytes. Every object gets the next id,
 * from 0, when its tag is written; a later sight of it is REFERENCE + id.
 * Source: v8/src/objects/value-serializer.cc.
 */

/** The two bytes that open a message: VERSION_TAG and the version. */
const VERSION_TAG = 0xff;
const VERSION = 15;

const code = (character) => character.charCodeAt(0);

const TAG = {
  PADDING: 0, // before any tag; used to put UTF-16 on even offsets
  UNDEFINED: code('_'),
  NULL: code('0'),
  TRUE: code('T'),
  FALSE: code('F'),
  INT32: code('I'), // zigzag varint
  UINT32: code('U'), // varint
  DOUBLE: code('N'), // 8 bytes, little endian
  BIGINT: code('Z'), // varint: bytes of digits << 1 | negative; 64-bit digits, lowest first
  ONE_BYTE_STRING: code('"'), // latin1
  TWO_BYTE_STRING: code('c'), // UTF-16, lone surrogates and all
  UTF8_STRING: code('S'),
  REFERENCE: code('^'), // varint id

  OBJECT: code('o'), // key, value, ..., OBJECT_END, varint number of properties
  OBJECT_END: code('{'),
  DENSE_ARRAY: code('A'), // varint length, a value or HOLE each, named properties as in an object,
  DENSE_ARRAY_END: code('$'), // ... varint number of named properties, varint length
  HOLE: code('-'),
  SPARSE_ARRAY: code('a'), // varint length, then as an object
  SPARSE_ARRAY_END: code('@'), // varint number of properties, varint length

  DATE: code('D'), // double
  TRUE_OBJECT: code('y'),
  FALSE_OBJECT: code('x'),
  NUMBER_OBJECT: code('n'), // double
  BIGINT_OBJECT: code('z'), // as BIGINT
  STRING_OBJECT: code('s'), // a string with its tag
  REGEXP: code('R'), // source: a string with its tag; varint of flags
  MAP: code(';'), // key, value, ..., MAP_END, varint twice the size
  MAP_END: code(':'),
  SET: code('\''), // value, ..., SET_END, varint size
  SET_END: code(','),

  ARRAY_BUFFER: code('B'), // varint length, bytes
  RESIZABLE_ARRAY_BUFFER: code('~'), // varint length, varint maximum, bytes
  TRANSFERRED_ARRAY_BUFFER: code('t'), // varint index into the buffers beside the message
  SHARED_ARRAY_BUFFER: code('u'), // varint index into the shared buffers beside the message
  VIEW: code('V'), // follows its buffer (or a reference to it): kind, offset, length, VIEW_FLAG

  PLATFORM_OBJECT: code('\\'), // V8's host object: varint id of a platform type, and its record

  ERROR: code('r'), // ERROR_TAG records in this order, until ERROR_TAG.END
};

/** Opens a message that has a trailer (see link.js); the rest is as behind VERSION_TAG. */
const FRAMED_TAG = 0xfe;

/** What a VIEW record calls each class of view. */
const VIEW_KIND = {
  __proto__: null,
  Int8Array: code('b'),
  Uint8Array: code('B'),
  Uint8ClampedArray: code('C'),
  Int16Array: code('w'),
  Uint16Array: code('W'),
  Int32Array: code('d'),
  Uint32Array: code('D'),
  Float16Array: code('h'),
  Float32Array: code('f'),
  Float64Array: code('F'),
  BigInt64Array: code('q'),
  BigUint64Array: code('Q'),
  DataView: code('?'),
};

const VIEW_FLAG = { LENGTH_TRACKING: 1, RESIZABLE: 2 };

/**
 * Resizable buffers reserve address space for their maximum, which a message of some bytes could use up. This is the
 * most that one message may reserve; JavaScriptCore has no larger buffers anyway.
 */
const MAX_RESERVED = 4 * 1024 * 1024 * 1024;

const ERROR_TAG = {
  MESSAGE: code('m'), // a string with its tag
  STACK: code('s'), // a string with its tag
  CAUSE: code('c'), // a value
  END: code('.'),
};

/** The first record of an error that is not a plain Error. */
const ERROR_KIND = {
  __proto__: null,
  EvalError: code('E'),
  RangeError: code('R'),
  ReferenceError: code('F'),
  SyntaxError: code('S'),
  TypeError: code('T'),
  URIError: code('U'),
};

/** [property, letter, bit] of each flag of a regular expression, letters in canonical order. */
const REGEXP_FLAGS = [
  ['hasIndices', 'd', 128],
  ['global', 'g', 1],
  ['ignoreCase', 'i', 2],
  ['multiline', 'm', 4],
  ['dotAll', 's', 32],
  ['unicode', 'u', 16],
  ['unicodeSets', 'v', 256],
  ['sticky', 'y', 8],
];

module.exports = {
  VERSION_TAG, FRAMED_TAG, VERSION, TAG, VIEW_KIND, VIEW_FLAG, ERROR_TAG, ERROR_KIND, REGEXP_FLAGS, MAX_RESERVED,
};
