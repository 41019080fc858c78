'use strict';

/** What the two ends of a membrane (../membrane.js) say to each other. */

/** How a value is written that a plain clone can't hold, behind TAG.PLATFORM_OBJECT. */
const SORT = {
  __proto__: null,
  YOURS: 1, // id: what the reader gave
  OBJECT: 2, // id, prototype
  STATIC: 3, // id: a module or the like, whose properties hardly change
  PROTOTYPE: 4, // id
  FUNCTION: 5, // id, FUNCTION_FLAG, name, length
  PROMISE: 6, // id
  SYMBOL: 7, // id, description
  KNOWN_SYMBOL: 8, // name in Symbol
  REGISTERED_SYMBOL: 9, // key
  ERROR: 10, // id, record of errors.js
  BUFFER: 11, // a Uint8Array
  LENT: 12, // id, view: the callee writes into it
  BACK: 13, // id, view: what the lent one holds now
  NULL_OBJECT: 14, // an object whose prototype is null
  INTRINSIC: 15, // name
  VALUE: 16, // name of a value type, its record
  SIGNAL: 17, // id, whether it is aborted, why
};

const FUNCTION_FLAG = {
  __proto__: null,
  CONSTRUCTOR: 1,
  LENDS: 2,
  PLAIN: 4,
  PINNED: 8,
};

/** What a call does: the first element of its message. */
const OP = {
  __proto__: null,
  APPLY: 1, // function, this, arguments
  CONSTRUCT: 2, // function, arguments, new.target
  GET: 3, // object, key, receiver
  SET: 4, // object, key, value, receiver, whether also where the object has no such property; -> SET
  HAS: 5, // object, key
  DELETE: 6, // object, key
  KEYS: 7, // object
  DESCRIPTOR: 8, // object, key
  DESCRIBE: 9, // object
  ABORT: 10, // id of a signal, reason
  RUN: 11, // name of an operation, arguments
};

/** What became of an OP.SET. */
const SET = { __proto__: null, REFUSED: 0, DONE: 1, UNKNOWN: 2 };

/** What comes to somebody who waits: an answer, or a call of the other end's that is part of the work. */
const REPLY = { __proto__: null, DONE: 0, THROWN: 1, CALL: 2 };

/** What nobody waits for. */
const NOTE = { __proto__: null, RELEASE: 1, SETTLE: 2, ERROR: 3, CLOSED: 4 };

/** A property in a description (describe.js). */
const PROPERTY = {
  __proto__: null,
  VALUE: 0,
  ACCESSOR: 1,
  REMOTE: 2,
  ENUMERABLE: 4,
};

module.exports = { SORT, FUNCTION_FLAG, OP, SET, REPLY, NOTE, PROPERTY };
