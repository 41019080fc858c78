'use strict';

/**
 * V8's Error.captureStackTrace and Error.prepareStackTrace, over the engine's own stacks: packages such as
 * `bindings` and `depd` find out with them which file has called.
 */

const { Error, Object } = globalThis;
const { defineProperty } = Object;
const LINE = /^(.*?)@(.*?)(?::(\d+):(\d+))?$/;

function fileOf(address) {
  if (!address.startsWith('file:')) return address;
  return require('./modules/url').fileURLToPath(address);
}

/** One line of a stack, with the methods of V8's CallSite. */
function callSite(line) {
  const [, name = '', address = '', row = '0', column = '0'] = LINE.exec(line) ?? [];
  const functionName = name === '' || name.includes(' ') ? null : name;
  const fileName = fileOf(address);
  return {
    getColumnNumber: () => Number(column),
    getEvalOrigin: () => undefined,
    getFileName: () => fileName,
    getFunction: () => undefined,
    getFunctionName: () => functionName,
    getLineNumber: () => Number(row),
    getMethodName: () => null,
    getScriptNameOrSourceURL: () => fileName,
    getThis: () => undefined,
    getTypeName: () => null,
    isAsync: () => false,
    isConstructor: () => false,
    isEval: () => false,
    isNative: () => address === '[native code]',
    isPromiseAll: () => false,
    isToplevel: () => true,
    toString: () => `${functionName ?? '<anonymous>'} (${fileName}:${row}:${column})`,
  };
}

/** Lines of our own loader lie between a module and what it requires. */
const isForeign = (line) => !line.includes('@weft:');

function sitesOf(stack, limit) {
  const lines = stack.split('\n').filter((line) => line !== '' && isForeign(line));
  return lines.slice(0, limit).map(callSite);
}

function install() {
  const capture = Error.captureStackTrace;
  const captureStackTrace = function captureStackTrace(target, above) {
    capture(target, above ?? captureStackTrace);
    const { prepareStackTrace, stackTraceLimit } = Error;
    if (typeof prepareStackTrace !== 'function') return;
    const sites = sitesOf(`${target.stack}`, stackTraceLimit);
    const value = prepareStackTrace.call(Error, target, sites);
    defineProperty(target, 'stack', { value, writable: true, configurable: true });
  };
  defineProperty(Error, 'captureStackTrace', {
    value: captureStackTrace,
    writable: true,
    configurable: true,
  });
}

module.exports = { install };
