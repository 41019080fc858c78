'use strict';

/**
 * What stands over Node's functions in every thread, and tells what may have to do with an archive by
 * a look at its argument. The rest of lib/asar is loaded when there is such a thing: most threads never
 * see one, and pay for this file alone.
 */

const path = require('node:path');
const { pathToFileURL } = require('node:url');

/** Most paths lead nowhere near an archive, and are told apart by this alone. */
const NAME = /\.asar/i;

/** fs as it is without archives, in both of its names. */
const ORIGINAL_FS = /^(?:node:)?original-fs$/;

/** What hooks say of it. */
const originalFs = () => ({
  url: pathToFileURL(path.join(__dirname, 'original-fs.js')).href,
  format: 'commonjs',
  shortCircuit: true,
});

/** Node's own, as it was when the thread began. */
const { dlopen } = process;

/** Null where all is allowed. @type {((scope: string, path: string) => boolean) | null} */
const hasPermission = process.permission?.has.bind(process.permission) ?? null;

const state = {
  /** Calls that are on their way and see archives as files. */
  plainCalls: 0,
  /** Calls for which process.noAsar says nothing any more. */
  startedCalls: 0,
  /** ELECTRON_NO_ASAR was set when the thread started. */
  isOff: false,
  /** Archives with hashes are compared with them. */
  checks: true,
  /** process.dlopen is to take files of archives. */
  loadsNativeModules: true,
  /** The functions for archives are there: routes.js. */
  isLoaded: false,
  /** There are hooks of module.register(), in a thread of their own: hooks-thread.js. */
  hasHooksThread: false,
  /** There are, or were, hooks of module.registerHooks() that load. */
  hasLoadHooks: false,
};

/** @param {unknown} given what is no string: a path of another kind, a descriptor, or a handle */
function mayMean(given) {
  if (state.isLoaded) return true; // numbers and handles may be of an archive's file
  if (typeof given !== 'object' || given === null) return false;
  if (given instanceof Uint8Array) {
    return NAME.test(
      Buffer.from(given.buffer, given.byteOffset, given.byteLength).toString('latin1'),
    );
  }
  return typeof given.href === 'string' && NAME.test(given.href);
}

/** @param {unknown} given */
const concerns = (given) => (typeof given === 'string' ? NAME.test(given) : mayMean(given));

/** @param {any[]} args */
const byFirst = ([given]) => concerns(given);

/** Makes a function look like the one that it replaces: its name, length, and what promisify reads. */
function disguise(replacement, original) {
  const { prototype: _, ...descriptors } = Object.getOwnPropertyDescriptors(original);
  for (const symbol of Object.getOwnPropertySymbols(replacement)) delete descriptors[symbol];
  return Object.defineProperties(replacement, descriptors);
}

/**
 * @typedef {object} Gate
 * @property {Function} original Node's own
 * @property {Function | null} call for archives, once that is loaded
 * @property {Function} guarded what stands in its place
 */

/** Functions that are no properties of fs, or not to be set lightly. @type {Record<string, any>} */
const hidden = {};

/** By object and name. @type {Map<object, Map<string, Gate>>} */
const gates = new Map();

/**
 * Puts a gate over a function.
 * @param {Record<string, any>} object
 * @param {string} name
 * @param {() => void} load sets what is to be called
 * @param {((args: any[]) => boolean) | null} [isConcerned] whether a call is; null is always
 */
function guard(object, name, load, isConcerned = byFirst) {
  const original = object[name];
  if (typeof original !== 'function') return; // this Node has it not
  const gate = { original, call: null, guarded: original };
  const names = gates.get(object);
  if (names === undefined) gates.set(object, new Map([[name, gate]]));
  else names.set(name, gate);
  // The usual one is written out: it is on the way of every call.
  const guarded =
    isConcerned === byFirst
      ? function (...args) {
          const given = args[0];
          if (!(typeof given === 'string' ? NAME.test(given) : mayMean(given)))
            return original.apply(this, args);
          if (gate.call === null) load();
          return (gate.call ?? original).apply(this, args);
        }
      : function (...args) {
          if (isConcerned !== null && !isConcerned(args)) return original.apply(this, args);
          if (gate.call === null) load();
          return (gate.call ?? original).apply(this, args);
        };
  gate.guarded = disguise(guarded, original);
  object[name] = gate.guarded;
}

/** Whether a function is still the one that the gate has put there: no app has set its own. */
const isGuarded = (object, name) => gates.get(object)?.get(name)?.guarded === object[name];

/**
 * Sets what a function does for archives, behind its gate; one without a gate is replaced itself.
 * @param {Record<string, any>} object @param {string} name @param {(original: Function) => Function} make
 */
function replace(object, name, make) {
  const gate = gates.get(object)?.get(name);
  if (gate !== undefined) gate.call = make(gate.call ?? gate.original);
  else if (typeof object[name] === 'function')
    object[name] = disguise(make(object[name]), object[name]);
}

/**
 * Runs a function while fs is Node's own: parts of Node that are loaded by it keep what they find, and
 * are to find that.
 */
function withOriginals(call) {
  const ours = [];
  for (const [object, names] of gates) {
    for (const [name, { original }] of names) {
      ours.push([object, name, object[name]]);
      object[name] = original;
    }
  }
  try {
    return call();
  } finally {
    for (const [object, name, guarded] of ours) object[name] = guarded;
  }
}

/** Our methods that write into a buffer of their caller's. @type {WeakSet<Function>} */
const fillers = new WeakSet();

/** Runs a function while it is counted. @param {'plainCalls' | 'startedCalls'} count */
function counted(count, call) {
  state[count]++;
  try {
    return call();
  } finally {
    state[count]--;
  }
}

/** Runs a function for which archives are plain files. */
const plainly = (call) => counted('plainCalls', call);

/** Begins what was asked for before process.noAsar was set. */
const regardlessOfNoAsar = (call) => counted('startedCalls', call);

module.exports = {
  concerns,
  disguise,
  dlopen,
  fillers,
  guard,
  hasPermission,
  hidden,
  isGuarded,
  NAME,
  ORIGINAL_FS,
  originalFs,
  plainly,
  regardlessOfNoAsar,
  replace,
  state,
  withOriginals,
};
