// @ts-check
'use strict';

/*
 * Electron's cases for archives, as its specification names them. They run in the main process and in
 * workers of pages: each is a function of the folder with the archives of test/support/asar.js.
 */

const assert = require('node:assert/strict');
const fs = require('node:fs');

/** @typedef {(folder: string) => unknown} Case */
/** @typedef {Record<string, Record<string, Case>>} Cases */

/**
 * Promises of a function that calls back.
 * @param {Function} fn
 * @returns {(...args: any[]) => Promise<any>}
 */
const called =
  (fn) =>
  (...args) =>
    new Promise((resolve, reject) => {
      let isWithin = true;
      fn(...args, (/** @type {any} */ error, /** @type {any} */ value) => {
        if (isWithin) reject(new Error('it called back from within'));
        else if (error) reject(error);
        else resolve(value);
      });
      isWithin = false;
    });

/**
 * The three forms of a function of fs, by the names that Electron's groups have.
 * @param {string} name
 * @returns {[string, (...args: any[]) => Promise<any>][]}
 */
function formsOf(name) {
  const all = /** @type {any} */ (fs);
  return [
    [`fs.${name}Sync`, async (...args) => all[`${name}Sync`](...args)],
    [`fs.${name}`, called((/** @type {any[]} */ ...args) => all[name](...args))],
    [`fs.promises.${name}`, (...args) => all.promises[name](...args)],
  ];
}

/** @param {Promise<any>} promise @param {string} code */
const fails = (promise, code) => assert.rejects(promise, { code });

/** @param {Promise<any>} promise an entry that is not there */
const isMissing = (promise) =>
  assert.rejects(promise, (/** @type {any} */ error) => {
    assert.equal(error.code, 'ENOENT');
    assert.equal(error.errno, -2);
    assert.match(error.message, /^ENOENT, .+ not found in .+\.asar$/);
    return true;
  });

module.exports = { called, fails, formsOf, isMissing };
