'use strict';

/** Errors with the codes and texts that Node gives them, for modules of the page's own realm. */

const { RangeError, TypeError } = globalThis;

/** @param {ErrorConstructor} Base @param {string} code @param {string} message */
function nodeError(Base, code, message) {
  const error = new Base(message);
  error.code = code;
  return error;
}

/** "Received ..." as Node says it. */
function received(value) {
  if (value === null || value === undefined) return `Received ${value}`;
  if (typeof value === 'function') return `Received function ${value.name}`;
  if (typeof value === 'object') {
    const { name } = value.constructor ?? {};
    return name ? `Received an instance of ${name}` : 'Received an object';
  }
  const text = typeof value === 'string' ? `'${shorten(value, 25)}'` : `${String(value)}`;
  const number = typeof value === 'bigint' ? `${text}n` : text;
  return `Received type ${typeof value} (${number})`;
}

function shorten(text, length) {
  return text.length > length ? `${text.slice(0, length)}...` : text;
}

/** "of type string", "an instance of Buffer". */
function expectedText(expected) {
  return /^[a-z]/.test(expected) ? `of type ${expected}` : `an instance of ${expected}`;
}

/** @param {string} name of the argument @param {string} expected */
function invalidArgType(name, expected, value) {
  const what = name.includes('.') ? 'property' : 'argument';
  const message = `The "${name}" ${what} must be ${expectedText(expected)}. ${received(value)}`;
  return nodeError(TypeError, 'ERR_INVALID_ARG_TYPE', message);
}

function checkString(name, value) {
  if (typeof value !== 'string') throw invalidArgType(name, 'string', value);
}

function checkFunction(name, value) {
  if (typeof value !== 'function') throw invalidArgType(name, 'function', value);
}

function outOfRange(name, range, value) {
  const message = `The value of "${name}" is out of range. It must be ${range}. Received ${value}`;
  return nodeError(RangeError, 'ERR_OUT_OF_RANGE', message);
}

module.exports = {
  checkFunction,
  checkString,
  invalidArgType,
  nodeError,
  outOfRange,
};
