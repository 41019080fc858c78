'use strict';

/**
 * webPreferences.nativeModules: how the window's workers load native modules. It is checked here, where
 * the app's mistake is seen at once, and obeyed in lib/worker/native-modules/policy.js.
 */

const OPTION = 'webPreferences.nativeModules';

const DEFAULT_MODES = ['private', 'share', 'deny'];
const MODULE_MODES = ['private', 'share', 'deep', 'deny'];

/** It travels on a command line, whose arguments Linux limits to 128 KiB. */
const LENGTH_MAX = 64 * 1024;

/** @typedef {{ default: string, modules: Record<string, string> }} NativeModuleSettings */

const refuse = (clause) => new TypeError(`${clause} (see docs/native-modules.md)`);

const isPlain = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

const list = (names) => {
  const quoted = names.map((name) => `'${name}'`);
  return `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
};

/** As people would write it. */
function show(value) {
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}

function checkMode(name, value, allowed) {
  if (allowed.includes(value)) return;
  throw refuse(`${name} is ${show(value)}, but must be ${list(allowed)}`);
}

/** @returns {NativeModuleSettings | undefined} undefined when the app says nothing */
function readNativeModules(given) {
  if (given === undefined) return undefined;
  if (!isPlain(given)) throw refuse(`${OPTION} is ${show(given)}, but must be an object`);
  const { default: mode = 'private', modules = {}, ...others } = given;
  for (const key of Object.keys(others)) {
    throw refuse(`${OPTION}.${key} is not known; it may have 'default' and 'modules'`);
  }
  checkMode(`${OPTION}.default`, mode, DEFAULT_MODES);
  if (!isPlain(modules)) {
    throw refuse(`${OPTION}.modules is ${show(modules)}, but must be an object`);
  }
  for (const [key, value] of Object.entries(modules)) {
    if (key === '') throw refuse(`${OPTION}.modules: '' names no package and no file`);
    checkMode(`${OPTION}.modules['${key}']`, value, MODULE_MODES);
  }
  const settings = { default: mode, modules: { ...modules } };
  if (Buffer.byteLength(JSON.stringify(settings)) > LENGTH_MAX) {
    throw refuse(`${OPTION} is longer than ${LENGTH_MAX} bytes; use globs`);
  }
  return settings;
}

module.exports = { readNativeModules };
