'use strict';

/**
 * structured-clone/classify - what an object is to the clone algorithm, and what to call it in errors
 *
 * An object's kind is decided by its internal slots, never by its prototype, which anybody can set.
 * Node can ask for a slot (util.types); a page can only call a captured method and see whether
 * it throws, which costs about a microsecond a question. So objects whose prototype chain
 * holds no built-in are asked once for each prototype, and then taken for plain ones.
 */

const P = require('./primordials');
const { findPlatformType } = require('./platform');
const { isSharedBuffer } = require('./shared-buffers');
const { node, apply, getOwnPropertyDescriptor, getPrototypeOf } = P;

const KIND = {
  PLAIN: 0, DATE: 1, REGEXP: 2, MAP: 3, SET: 4, ARRAY_BUFFER: 5, NUMBER: 6, STRING: 7, BOOLEAN: 8,
  BIGINT: 9, ERROR: 10, UNCLONEABLE: 11, SHARED: 12, PLATFORM: 13,
};

/** A question put to an object: does this captured method accept it? */
function accepts(method) {
  return (object) => {
    try {
      method(object);
      return true;
    } catch (error) {
      // A stack that is full is no answer: RangeError, where a missing slot gives a TypeError.
      if (getPrototypeOf(error) === P.RangeErrorPrototype) throw error;
      return false;
    }
  };
}

const isDOMException = accepts(P.uncurryGetter(P.DOMException.prototype, 'code'));
const isRegExpPrototype = (object) => object === P.RegExpPrototype; // accepted, but no RegExp

/** [kind, question, usual prototype]. */
const SLOTS = node !== null ? [
  [KIND.MAP, node.types.isMap, Map.prototype],
  [KIND.SET, node.types.isSet, Set.prototype],
  [KIND.DATE, node.types.isDate, Date.prototype],
  [KIND.REGEXP, node.types.isRegExp, RegExp.prototype],
  [KIND.ARRAY_BUFFER, node.types.isArrayBuffer, ArrayBuffer.prototype],
  [KIND.NUMBER, node.types.isNumberObject, Number.prototype],
  [KIND.STRING, node.types.isStringObject, String.prototype],
  [KIND.BOOLEAN, node.types.isBooleanObject, Boolean.prototype],
  [KIND.BIGINT, node.types.isBigIntObject, BigInt.prototype],
] : [
  [KIND.MAP, accepts(P.mapSize), Map.prototype],
  [KIND.SET, accepts(P.setSize), Set.prototype],
  [KIND.DATE, accepts(P.dateGetTime), Date.prototype],
  [KIND.REGEXP, accepts(P.regExpSource), RegExp.prototype],
  [KIND.ARRAY_BUFFER, accepts(P.bufferLength), ArrayBuffer.prototype],
  [KIND.NUMBER, accepts(P.numberValueOf), Number.prototype],
  [KIND.STRING, accepts(P.stringValueOf), String.prototype],
  [KIND.BOOLEAN, accepts(P.booleanValueOf), Boolean.prototype],
  [KIND.BIGINT, accepts(P.bigintValueOf), BigInt.prototype],
];

const isArrayBuffer = SLOTS[4][1];
const isSymbolObject = accepts(P.symbolValueOf);

/** Usual prototype to its row of SLOTS: the first question is then nearly always the last. */
const usual = P.newSafeMap();
for (let i = 0; i < SLOTS.length; i++) usual.set(SLOTS[i][2], SLOTS[i]);
if (P.sharedBufferPrototype !== null)
  usual.set(P.sharedBufferPrototype, [KIND.SHARED, isSharedBuffer, P.sharedBufferPrototype]);
for (let i = 0; i < P.errorPrototypes.length; i++)
  usual.set(P.errorPrototypes[i], [KIND.ERROR, P.isError, P.errorPrototypes[i]]);

/** Prototypes whose instances were seen to be plain, and have no built-in above them. */
const plainPrototypes = P.newSafeWeakMap();

/** The language's own objects that can't be cloned. */
const uncloneable = P.newSafeMap();
for (let i = 0; i < P.uncloneablePrototypes.length; i++) uncloneable.set(P.uncloneablePrototypes[i], true);
const uncloneableNames = safeSetOf(P.uncloneableNames);

/** Built-in constructors whose `prototype` may stand above a plain object: Foo.prototype = new Map(). */
const INHERITABLE = safeSetOf([
  'Object', 'Array', 'Function', 'Error', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError',
  'URIError', 'AggregateError', 'Map', 'Set', 'Date', 'RegExp', 'Number', 'String', 'Boolean', 'BigInt',
  'ArrayBuffer', 'Iterator',
]);

/** The interfaces that this global scope had at load: in Node many are written in JavaScript. */
const INTERFACES = safeSetOf(P.globalNames);

function safeSetOf(names) {
  const set = P.newSafeMap();
  for (let i = 0; i < names.length; i++) set.set(names[i], true);
  return set;
}

/** The kind of a built-in object whose prototype is its class's own; undefined for all others. */
function usualKind(object, prototype) {
  const row = usual.get(prototype);
  return row !== undefined && row[1](object) && !isRegExpPrototype(object) ? row[0] : undefined;
}

/** The kind of an object that is neither an array nor a view, and no direct child of Object.prototype. */
function classify(object, prototype) {
  const quick = usualKind(object, prototype);
  if (quick !== undefined) return quick;
  if (prototype === null) return isModuleNamespace(object) ? KIND.UNCLONEABLE : KIND.PLAIN;
  if (plainPrototypes.get(prototype) === true) return KIND.PLAIN;
  if (findPlatformType(object) !== undefined) return KIND.PLATFORM;
  const kind = kindBySlots(object);
  if (kind === KIND.PLAIN && builtinAbove(object, true) === null) plainPrototypes.set(prototype, true);
  return kind;
}

function kindBySlots(object) {
  if (isSharedBuffer(object)) return KIND.SHARED;
  if (P.isError(object)) return isDOMException(object) ? KIND.UNCLONEABLE : KIND.ERROR;
  for (let i = 0; i < SLOTS.length; i++)
    if (SLOTS[i][1](object) && !isRegExpPrototype(object)) return SLOTS[i][0];
  if (isSymbolObject(object)) return KIND.UNCLONEABLE;
  return builtinAbove(object, false) === null ? KIND.PLAIN : KIND.UNCLONEABLE;
}

/**
 * The nearest prototype of an object that belongs to a built-in, or null.
 * The root of the chain doesn't count: it may be the Object.prototype of another frame.
 * @param {boolean} all also those whose heirs are cloned as plain objects: Foo.prototype = new Map()
 */
function builtinAbove(object, all) {
  for (let p = getPrototypeOf(object); p !== null; p = getPrototypeOf(p)) {
    if (uncloneable.get(p) === true) return p;
    if (getPrototypeOf(p) === null) return null;
    const constructor = ownConstructor(p);
    if (constructor === undefined) continue;
    const name = functionName(constructor);
    if ((all || INHERITABLE.get(name) !== true) && isBuiltin(constructor, name)) return p;
  }
  return null;
}

function isBuiltin(constructor, name) {
  if (P.stringIncludes(P.functionToString(constructor), '[native code]')) return true;
  return INTERFACES.get(name) === true && P.globalObject[name] === constructor;
}

function ownConstructor(prototype) {
  const descriptor = getOwnPropertyDescriptor(prototype, 'constructor');
  const constructor = descriptor === undefined ? undefined : descriptor.value;
  return typeof constructor === 'function' ? constructor : undefined;
}

function functionName(fn) {
  const descriptor = getOwnPropertyDescriptor(fn, 'name');
  return descriptor !== undefined && typeof descriptor.value === 'string' ? descriptor.value : '';
}

/**
 * Whether an object without keys, or with a first key 0, is the `arguments` of a function, which both engines refuse.
 * @param {object} object a child of Object.prototype
 */
function isArguments(object) {
  if (node !== null) return node.types.isArgumentsObject(object);
  return P.hasOwn(object, 'callee') && dataProperty(object, P.toStringTag) === undefined &&
    apply(P.objectToString, object, []) === '[object Arguments]';
}

function isModuleNamespace(object) {
  const tag = getOwnPropertyDescriptor(object, P.toStringTag);
  return tag !== undefined && tag.value === 'Module' && tag.configurable === false && tag.writable === false;
}

/** An error's own stack: a string in JavaScriptCore, behind an own accessor in V8. */
function ownStack(error) {
  const descriptor = getOwnPropertyDescriptor(error, 'stack');
  if (descriptor === undefined) return undefined;
  return P.hasOwn(descriptor, 'value') ? descriptor.value : error.stack;
}

/** The value of a data property, own or inherited; undefined for accessors: no user code runs here. */
function dataProperty(object, key) {
  for (let o = object; o !== null; o = getPrototypeOf(o)) {
    const descriptor = getOwnPropertyDescriptor(o, key);
    if (descriptor !== undefined) return descriptor.value;
  }
  return undefined;
}

/** What Chromium says of a value that can't be cloned. */
function describe(value) {
  if (typeof value === 'symbol') return `${P.symbolToString(value)} could not be cloned.`;
  if (typeof value === 'function') return `${P.functionToString(value)} could not be cloned.`;
  const name = interfaceName(value);
  if (name === 'MessagePort') return 'A MessagePort could not be cloned because it was not transferred.';
  if (name !== '') return `${name} object could not be cloned.`;
  return `${describeObject(value)} could not be cloned.`;
}

/** As V8 does it without running anybody's code. */
function describeObject(object) {
  if (dataProperty(object, 'toString') === P.objectToString) {
    const constructor = dataProperty(object, 'constructor');
    if (typeof constructor === 'function' && functionName(constructor) !== '')
      return `#<${functionName(constructor)}>`;
  }
  const tag = dataProperty(object, P.toStringTag);
  return `[object ${typeof tag === 'string' ? tag : 'Object'}]`;
}

/** The name of the host's interface that an object belongs to, or ''. */
function interfaceName(object) {
  const prototype = builtinAbove(object, false);
  if (prototype === null || uncloneable.get(prototype) === true) return '';
  const name = functionName(ownConstructor(prototype));
  return uncloneableNames.get(name) === true ? '' : name;
}

module.exports = {
  KIND, accepts, classify, describe, isArguments, isArrayBuffer, isDOMException,
  ownStack, usualKind,
  isProxy: node === null ? null : node.types.isProxy,
};
