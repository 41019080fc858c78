'use strict';

/** What contextBridge says when a value cannot cross, or a function has thrown. */

const { UNKNOWN_ERROR } = require('./realm');

/** @typedef {ReturnType<import('./realm').createRealm>} Realm */

const TOO_DEEP =
  'Electron contextBridge recursion depth exceeded.  Nested objects deeper than 1000 are not supported.';
const NOT_CLONEABLE = 'An object could not be cloned.';

/** Thrown in here only; the world that is to know of it gets an error of its own. */
const tooDeep = { __proto__: null };
const notCloneable = { __proto__: null };

/** @param {Realm} realm gets the error @param {Realm} source that may have thrown it */
function errorFor(realm, thrown, source) {
  if (thrown === tooDeep) return realm.newTypeError(TOO_DEEP);
  return realm.newError(thrown === notCloneable ? NOT_CLONEABLE : textOf(thrown, source));
}

/** A message that throws when it is read is none. */
function textOf(thrown, source) {
  try {
    return source.messageOf(thrown);
  } catch {
    return UNKNOWN_ERROR;
  }
}

module.exports = { errorFor, notCloneable, textOf, tooDeep };
