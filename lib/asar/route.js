'use strict';

/**
 * Archive-aware functions for those of fs: what is in no archive goes to Node's own, untouched;
 * a file beside its archive goes there, too, under its real path.
 */

const { plainly, replace } = require('./gate');
const { locate } = require('./locate');
const { othersTurn } = require('./turns');

/**
 * @typedef {object} Route
 * @property {string} syscall for errors
 * @property {boolean} [follow] links at the end of the path; true by default
 * @property {boolean} [keepsUnpacked] wants files beside the archive, too
 * @property {(...args: any[]) => boolean} [isUsual] whether Node need not judge what follows the path
 * @property {(args: any[]) => void} [judge] set by routePath()
 * @property {(place: import('./locate').Place, ...args: any[]) => any} sync
 * @property {(place: import('./locate').Place, ...args: any[]) => Promise<any>} [later]
 */

/** Whether it is Node's own function that does it. */
const isForNode = (place, keepsUnpacked) => place === null || (place.isUnpacked && !keepsUnpacked);

/** The path that Node is to have. */
const pathFor = (place, given) => (place === null ? given : place.unpackedPath);

/** Nothing is there, and nothing can be. */
const NOTHING = '/dev/null/nothing';

/**
 * Has Node judge arguments: it does so before it looks for a file, and finds none.
 * @param {(nothing: string) => unknown} call one of Node's functions, in its form that returns at once
 */
function judgeWith(call) {
  try {
    plainly(() => call(NOTHING));
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) throw error;
  }
}

/** @param {Route} route @param {Function} original @returns {Route} */
const judgedBy = ({ isUsual = () => true, ...route }, original) => ({
  ...route,
  judge: (args) => isUsual(...args) || judgeWith((nothing) => original(nothing, ...args)),
});

/** @param {Route} route */
function syncForm({ syscall, follow = true, keepsUnpacked, sync, judge }) {
  return (original) =>
    function (given, ...rest) {
      const place = locate(given, syscall, follow);
      if (isForNode(place, keepsUnpacked)) {
        return original.call(this, pathFor(place, given), ...rest);
      }
      judge?.(rest);
      return sync(place, ...rest);
    };
}

/** @param {Route} route */
function promiseForm({ syscall, follow = true, keepsUnpacked, sync, later, judge }) {
  return (original) =>
    async function (given, ...rest) {
      const place = locate(given, syscall, follow);
      if (isForNode(place, keepsUnpacked)) {
        return original.call(this, pathFor(place, given), ...rest);
      }
      judge?.(rest);
      const turn = othersTurn();
      if (turn !== null) await turn;
      return (later ?? sync)(place, ...rest);
    };
}

/** Calls back as Node does: never from within, and an error that the callback throws is uncaught. */
function callBack(callback, promise) {
  promise.then(
    (value) => process.nextTick(callback, null, ...(value === undefined ? [] : [value])),
    (error) => process.nextTick(callback, error),
  );
}

/** @param {Route} route */
function callbackForm({ syscall, follow = true, keepsUnpacked, sync, later, judge }) {
  return (original) =>
    function (given, ...rest) {
      const callback = rest.at(-1);
      let place;
      try {
        place = locate(given, syscall, follow);
      } catch (error) {
        if (typeof callback !== 'function') return original.call(this, given, ...rest);
        process.nextTick(callback, error);
        return undefined;
      }
      if (isForNode(place, keepsUnpacked)) {
        return original.call(this, pathFor(place, given), ...rest);
      }
      if (typeof callback !== 'function') return original.call(this, given, ...rest);
      const args = rest.slice(0, -1);
      judge?.(args);
      const call = async () => {
        const turn = othersTurn();
        if (turn !== null) await turn;
        return (later ?? sync)(place, ...args);
      };
      callBack(callback, call());
      return undefined;
    };
}

/**
 * Replaces all forms of a function that takes a path first.
 * @param {typeof import('node:fs')} fs
 * @param {string} name
 * @param {Route} given
 */
function routePath(fs, name, given) {
  const route = judgedBy(given, fs[`${name}Sync`]);
  replace(fs, `${name}Sync`, syncForm(route));
  replace(fs, name, callbackForm(route));
  replace(fs.promises, name, promiseForm(route));
}

module.exports = {
  callBack,
  callbackForm,
  judgedBy,
  judgeWith,
  promiseForm,
  routePath,
  syncForm,
};
