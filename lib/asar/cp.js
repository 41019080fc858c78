'use strict';

/**
 * fs.cp out of archives. The walk is written once, as a generator that asks for each operation; it is
 * done at once or later, by who runs it.
 */

const path = require('node:path');
const { fileURLToPath } = require('node:url');
const { isPromise } = require('node:util').types;
const { walk } = require('./cp-walk');
const { locateQuietly } = require('./copy');
const { ERRNO, systemError } = require('./errors');
const { locate, textOf } = require('./locate');
const { compare, compareLater } = require('./read');
const { regardlessOfNoAsar, replace } = require('./gate');
const { loadCp } = require('./node-cp');
const { judgeWith } = require('./route');

const DEFAULTS = { force: true, filter: () => true };

/** @param {Generator<any[], void, any>} steps @param {(operation: any[]) => any} perform */
function runSync(steps, perform) {
  for (let step = steps.next(); !step.done;) {
    let result;
    try {
      result = perform(step.value);
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(result);
  }
}

/** @param {(operation: any[]) => Promise<any>} perform */
async function runLater(steps, perform) {
  for (let step = steps.next(); !step.done;) {
    let result;
    try {
      result = await perform(step.value);
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(result);
  }
}

/** @param {(place: import('./locate').Place) => any} call for what has hashes to be compared */
const withPacked = (call) => (file) => {
  const place = locate(file, 'cp');
  return place === null || place.isUnpacked ? undefined : call(place);
};

const pathOf = (given) => path.resolve(textOf(given));

/** It need not be in an archive. */
function targetOf(given) {
  if (given === '') throw systemError(ERRNO.ENOENT, 'cp', given);
  return path.resolve(given.href === undefined ? textOf(given) : fileURLToPath(given));
}

/** @param {typeof import('node:fs')} fs */
function routeCp(fs) {
  const nodesCpSync = fs.cpSync;
  const judge = (target, options) => {
    loadCp('cpSync');
    // The filter is for what is copied.
    const given =
      typeof options?.filter === 'function' ? { ...options, filter: undefined } : options;
    judgeWith((nothing) => nodesCpSync(nothing, target, given));
  };
  const later = async (given, target, options) => {
    const all = { ...DEFAULTS, ...options };
    const compare = withPacked(compareLater);
    const steps = walk(pathOf(given), targetOf(target), all);
    return runLater(steps, async ([name, ...args]) => {
      if (name === 'filter') return all.filter(...args);
      const operation = name === 'compare' ? compare : fs.promises[name];
      return regardlessOfNoAsar(() => operation(...args));
    });
  };
  replace(fs, 'cpSync', (original) => (given, target, options) => {
    loadCp('cpSync');
    if (locateQuietly(given) === null) return original(given, target, options);
    judge(target, options);
    const all = { ...DEFAULTS, ...options };
    const filter = (...args) => {
      const isWanted = all.filter(...args);
      // Node has the words for one that is asynchronous.
      if (isPromise(isWanted))
        judgeWith((nothing) => nodesCpSync(nothing, target, { filter: () => isWanted }));
      return isWanted;
    };
    const own = { filter, compare: withPacked(compare) };
    return runSync(walk(pathOf(given), targetOf(target), all), ([name, ...args]) =>
      (own[name] ?? fs[`${name}Sync`])(...args),
    );
  });
  replace(fs.promises, 'cp', (original) => async (given, target, options) => {
    loadCp('promises.cp');
    if (locateQuietly(given) === null) return original(given, target, options);
    judge(target, options);
    return later(given, target, options);
  });
  replace(fs, 'cp', (original) => (given, target, ...rest) => {
    loadCp('cp');
    const callback = rest.at(-1);
    if (typeof callback !== 'function' || locateQuietly(given) === null) {
      return original(given, target, ...rest);
    }
    const options = rest.length > 1 ? rest[0] : undefined;
    judge(target, options);
    later(given, target, options).then(
      () => process.nextTick(callback, null),
      (error) => process.nextTick(callback, error),
    );
    return undefined;
  });
}

module.exports = { routeCp };
