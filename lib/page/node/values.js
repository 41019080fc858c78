'use strict';

/** Classes of `fs` whose objects are data: they come as copies, with the same methods (lib/worker/agent/values.js). */

const { ValueTypes, addIntrinsic } = require('../../common/membrane');

const { Date, Math, Number } = globalThis;
const { create, defineProperty, hasOwn, keys } = Object;

/** The type bits of a mode, and libuv's number for each. */
const TYPE_MASK = 0o170000;
const KINDS = {
  __proto__: null,
  isFile: { mode: 0o100000, type: 1 },
  isDirectory: { mode: 0o040000, type: 2 },
  isSymbolicLink: { mode: 0o120000, type: 3 },
  isFIFO: { mode: 0o010000, type: 4 },
  isSocket: { mode: 0o140000, type: 5 },
  isCharacterDevice: { mode: 0o020000, type: 6 },
  isBlockDevice: { mode: 0o060000, type: 7 },
};
const TIMES = ['atime', 'mtime', 'ctime', 'birthtime'];
const TYPE = Symbol('type');

function hide(target, key, value) {
  defineProperty(target, key, { __proto__: null, value, writable: true, configurable: true });
}

/** @param {(object: any, kind: {mode: number, type: number}) => boolean} judge */
function makePrototype(name, judge) {
  const prototype = {};
  for (const key of keys(KINDS)) {
    const method = {
      [key]() {
        return judge(this, KINDS[key]);
      },
    }[key];
    hide(prototype, key, method);
  }
  defineProperty(prototype, 'constructor', {
    __proto__: null,
    get: () => require('./system').systemModule('fs')[name] ?? Object,
    configurable: true,
  });
  return prototype;
}

/** A time is a Date from when it is first read. */
function addTimes(prototype) {
  for (const key of TIMES) {
    defineProperty(prototype, key, {
      __proto__: null,
      get() {
        if (!hasOwn(this, `${key}Ms`)) return undefined;
        const value = new Date(Math.round(Number(this[`${key}Ms`])));
        this[key] = value;
        return value;
      },
      set(value) {
        defineProperty(this, key, {
          __proto__: null,
          value,
          writable: true,
          enumerable: true,
          configurable: true,
        });
      },
      enumerable: true,
      configurable: true,
    });
  }
  return prototype;
}

function withFields(prototype, record) {
  const object = create(prototype);
  const names = keys(record);
  for (let i = 0; i < names.length; i++) {
    defineProperty(object, names[i], {
      __proto__: null,
      value: record[names[i]],
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
  return object;
}

const fieldsOf = (object) => ({ ...object });

/** @returns {import('../../common/membrane/values').ValueTypes} */
exports.makeValueTypes = function makeValueTypes() {
  const types = new ValueTypes();
  const hasMode = ({ mode }, kind) => (Number(mode) & TYPE_MASK) === kind.mode;
  for (const name of ['Stats', 'BigIntStats']) {
    const prototype = addTimes(makePrototype(name, hasMode));
    types.add({
      name,
      prototype,
      pack: fieldsOf,
      unpack: (record) => withFields(prototype, record),
    });
    addIntrinsic(`${name}.prototype`, prototype);
  }
  const prototype = makePrototype('Dirent', (entry, kind) => entry[TYPE] === kind.type);
  types.add({
    name: 'Dirent',
    prototype,
    pack: (entry) => ({ name: entry.name, parentPath: entry.parentPath, type: entry[TYPE] }),
    unpack({ name, parentPath, type }) {
      const entry = withFields(prototype, { name, parentPath });
      entry[TYPE] = type;
      return entry;
    },
  });
  addIntrinsic('Dirent.prototype', prototype);
  return types;
};
