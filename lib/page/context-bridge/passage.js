'use strict';

/**
 * Copies values from one world to another, as Electron's contextBridge does. Runs in the isolated world; see
 * realm.js for who may touch what.
 *
 * Functions become functions that copy what they are given and return; a function that comes back is
 * the original. Promises become promises, errors errors with the same message. Objects lose their prototypes,
 * and their getters become values. Nodes stay nodes, all else is cloned.
 */

const P = require('../../common/structured-clone/primordials');
const { errorFor, notCloneable, textOf, tooDeep } = require('./errors');
const { KIND } = require('./kinds');

/** @typedef {import('./errors').Realm} Realm */

/** Objects in objects, at most: as in Electron. */
const DEPTH_MAX = 1000;

function fail() {
  throw notCloneable;
}

/** Functions made by a bridge -> {original, realm}. */
const originals = P.newSafeWeakMap();

/** One value, and what is in it, on the way from one world to the other. */
class Passage {
  #from;
  #to;
  #isFrozen;
  #copies = P.newSafeMap();

  /** @param {Realm} from @param {Realm} to @param {boolean} [isFrozen] */
  constructor(from, to, isFrozen = false) {
    this.#from = from;
    this.#to = to;
    this.#isFrozen = isFrozen;
  }

  /** @returns {unknown} the copy, of the other world */
  pass(value, depth = 0) {
    if (depth >= DEPTH_MAX) throw tooDeep;
    if (value === null || value === undefined) return value;
    const type = typeof value;
    if (type === 'undefined') return undefined; // document.all, which is an object all the same
    if (type !== 'object' && type !== 'function') return value;
    return this.#copies.get(value) ?? this.#copy(value, depth);
  }

  #copy(value, depth) {
    const to = this.#to;
    switch (this.#from.kindOf(value)) {
      case KIND.FUNCTION:
        return this.#passFunction(value);
      case KIND.ARRAY:
        return this.#passArray(value, depth);
      case KIND.PLAIN:
        return this.#passMembers(value, depth);
      case KIND.EMPTY:
        return this.#made(value, to.newObject());
      case KIND.PROMISE:
        return this.#passPromise(value);
      case KIND.ERROR:
        return this.#made(value, to.newError(textOf(value, this.#from)));
      case KIND.NODE:
        return this.#carry(value, 'sendNode') ?? fail();
      case KIND.HOST:
        return this.#carry(value, 'sendClone') ?? this.#passMembers(value, depth);
      default:
        return this.#carry(value, 'sendClone') ?? fail();
    }
  }

  #made(value, copy) {
    this.#copies.set(value, copy);
    return copy;
  }

  #finish(copy) {
    if (this.#isFrozen) this.#to.freeze(copy);
    return copy;
  }

  #passFunction(value) {
    const from = this.#from;
    const to = this.#to;
    const known = originals.get(value);
    if (known !== undefined && known.realm === to) return known.original;
    const proxy = to.newFunction((given, answer) => invoke(value, from, to, given, answer));
    originals.set(proxy, { __proto__: null, original: value, realm: from });
    return this.#finish(this.#made(value, proxy));
  }

  #passArray(value, depth) {
    const from = this.#from;
    const to = this.#to;
    const copy = this.#made(value, to.newArray());
    const length = from.lengthOf(value);
    for (let i = 0; i < length; i++) to.put(copy, i, this.pass(from.get(value, i), depth + 1));
    return this.#finish(copy);
  }

  #passMembers(value, depth) {
    const from = this.#from;
    const to = this.#to;
    const copy = this.#made(value, to.newObject());
    const keys = from.keysOf(value);
    for (let i = 0; i < keys.length; i++) {
      to.put(copy, keys[i], this.pass(from.get(value, keys[i]), depth + 1));
    }
    return this.#finish(copy);
  }

  #passPromise(value) {
    const from = this.#from;
    const to = this.#to;
    const { promise, resolve, reject } = to.newPromise();
    from.follow(value, (ok, result) => {
      try {
        const copy = new Passage(from, to).pass(result);
        if (ok) resolve(copy);
        else reject(copy);
      } catch (thrown) {
        reject(errorFor(to, thrown, from));
      }
    });
    return this.#made(value, promise);
  }

  #carry(value, send) {
    this.#from.carrier[send](value);
    const copy = this.#to.carrier.take();
    return copy === null ? null : this.#made(value, copy);
  }
}

/** Runs a function of @owner for @caller, who gave @given and gets @answer. */
function invoke(fn, owner, caller, given, answer) {
  const args = owner.newArray();
  try {
    const passage = new Passage(caller, owner);
    const { length } = given;
    for (let i = 0; i < length; i++) owner.put(args, i, passage.pass(given[i]));
  } catch (thrown) {
    answer.error = errorFor(caller, thrown, caller);
    return;
  }
  try {
    answer.value = new Passage(owner, caller).pass(owner.call(fn, args));
  } catch (thrown) {
    answer.error = errorFor(caller, thrown, owner);
  }
}

module.exports = { Passage, invoke };
