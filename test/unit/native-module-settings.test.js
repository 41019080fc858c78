// @ts-check
'use strict';

/* webPreferences.nativeModules: what the app may write, and what it is told when it writes something else. */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { readNativeModules } = require('../../lib/main/native-module-settings');

test('what is not said has its default', () => {
  assert.equal(readNativeModules(undefined), undefined);
  assert.deepEqual(readNativeModules({}), { default: 'private', modules: {} });
  assert.deepEqual(readNativeModules({ default: 'deny' }), { default: 'deny', modules: {} });
  assert.deepEqual(readNativeModules({ modules: { sharp: 'deep' } }), {
    default: 'private',
    modules: { sharp: 'deep' },
  });
});

test('each mode is taken, and a later change of the object has no effect', () => {
  for (const mode of ['private', 'share', 'deny']) {
    assert.equal(readNativeModules({ default: mode })?.default, mode);
  }
  for (const mode of ['private', 'share', 'deep', 'deny']) {
    assert.deepEqual(readNativeModules({ modules: { a: mode } })?.modules, { a: mode });
  }
  /** @type {any} */
  const modules = { a: 'share' };
  const settings = readNativeModules({ modules });
  modules.a = 'deny';
  assert.deepEqual(settings?.modules, { a: 'share' });
});

test('a mistake is named, with the value and what is allowed', () => {
  const option = 'webPreferences.nativeModules';
  const modes = `must be 'private', 'share', 'deep' or 'deny'`;
  /** @type {[any, string][]} */
  const mistakes = [
    [null, `${option} is null, but must be an object`],
    ['share', `${option} is 'share', but must be an object`],
    [['share'], `${option} is an array, but must be an object`],
    [true, `${option} is true, but must be an object`],
    [{ default: 'deep' }, `${option}.default is 'deep', but must be 'private', 'share' or 'deny'`],
    [{ default: null }, `${option}.default is null, but must be 'private', 'share' or 'deny'`],
    [{ default: 7 }, `${option}.default is 7, but must be 'private', 'share' or 'deny'`],
    [{ mode: 'deny' }, `${option}.mode is not known; it may have 'default' and 'modules'`],
    [{ modules: ['sharp'] }, `${option}.modules is an array, but must be an object`],
    [{ modules: 'sharp' }, `${option}.modules is 'sharp', but must be an object`],
    [{ modules: { sharp: 'Private' } }, `${option}.modules['sharp'] is 'Private', but ${modes}`],
    [{ modules: { a: undefined } }, `${option}.modules['a'] is undefined, but ${modes}`],
    [{ modules: { a: {} } }, `${option}.modules['a'] is an object, but ${modes}`],
    [{ modules: { '': 'deny' } }, `${option}.modules: '' names no package and no file`],
  ];
  for (const [given, message] of mistakes) {
    const expected = { name: 'TypeError', message: `${message} (see docs/native-modules.md)` };
    assert.throws(() => readNativeModules(given), expected);
  }
});

test('more than a command line can hold is refused', () => {
  const keys = Array.from({ length: 5000 }, (_, i) => [`package-${i}`, 'share']);
  assert.throws(() => readNativeModules({ modules: Object.fromEntries(keys) }), /use globs/);
});
