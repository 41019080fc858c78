'use strict';

/*
 * Runs the calls of a table, in a page or in Node, and describes what they give in words that are the
 * same wherever they ran.
 */

const fs = require('fs');
const path = require('path');

const LIMIT_MS = 20_000;

/** @typedef {{folder: string, file: (name: string) => string}} Context */

function describeError(error) {
  const described = { error: error.name, message: error.message };
  for (const key of ['code', 'errno', 'syscall', 'path', 'dest', 'status', 'signal', 'cause']) {
    if (error[key] !== undefined) described[key] = describe(error[key]);
  }
  return described;
}

function describeMembers(value) {
  const described = {};
  for (const key of Object.keys(value).sort()) described[key] = describe(value[key]);
  return described;
}

/** @param {any} value @returns {any} JSON */
function describe(value) {
  if (value === undefined) return '(undefined)';
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number')
    return Object.is(value, -0) || !isFinite(value) ? `(${value})` : value;
  if (typeof value === 'function') return `(function ${value.name})`;
  if (typeof value === 'symbol') return `(${String(value)})`;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return describeError(value);
  if (value instanceof Date) return { date: value.getTime() };
  if (value instanceof RegExp) return `${value}`;
  if (Buffer.isBuffer(value)) return { buffer: value.toString('hex') };
  if (ArrayBuffer.isView(value)) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return { [value.constructor.name]: bytes.toString('hex') };
  }
  if (value instanceof ArrayBuffer) return { arrayBuffer: Buffer.from(value).toString('hex') };
  if (Array.isArray(value)) return value.map(describe);
  if (value instanceof Map) return { map: [...value].map(describe) };
  if (value instanceof Set) return { set: [...value].map(describe) };
  return describeMembers(value);
}

async function inTime(promise) {
  let timer;
  const late = new Promise((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${LIMIT_MS} ms`)), LIMIT_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {Record<string, (context: Context) => unknown>} table
 * @param {string} folder empty, of this run alone
 */
async function runCalls(table, folder) {
  const results = {};
  for (const [index, [name, call]] of Object.entries(Object.entries(table))) {
    const own = path.join(folder, `call-${index}`);
    fs.mkdirSync(own, { recursive: true });
    const context = { folder: own, file: (file) => path.join(own, file) };
    let result;
    try {
      result = describe(await inTime(call(context)));
    } catch (error) {
      result = { thrown: describe(error) };
    }
    results[name] = JSON.parse(JSON.stringify(result ?? null).replaceAll(own, '<folder>'));
  }
  return results;
}

module.exports = { runCalls };
