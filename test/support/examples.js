// @ts-check
'use strict';

/*
 * The pages of the examples, in windows of a lab.
 */

const path = require('node:path');
const { NODE_IN_WORKER } = require('./lab');

/**
 * @typedef {InstanceType<typeof import('./lab').Lab>} Lab
 * @typedef {InstanceType<typeof import('./lab').LabWindow>} LabWindow
 */

const EXAMPLES = path.resolve(__dirname, '../../examples');

/**
 * A window with an example's page, without its main script.
 * @param {Lab} lab
 * @param {string} example
 * @param {Record<string, string>} query
 * @param {object} [options] of the window
 */
async function openPage(lab, example, query, options) {
  const win = await lab.open(NODE_IN_WORKER, null, options);
  await win.main(
    (
      /** @type {any} */ { BrowserWindow },
      /** @type {number} */ id,
      /** @type {string} */ file,
      /** @type {Record<string, string>} */ values,
    ) => BrowserWindow.fromId(id).loadFile(file, { query: values }),
    path.join(example, 'index.html'),
    query,
  );
  return win;
}

/**
 * The value of an expression in the page's own scope, where `run` is.
 * @param {LabWindow} win
 * @param {string} expression
 * @returns {Promise<any>}
 */
function inPage(win, expression) {
  return win.main(
    (/** @type {any} */ { contents }, /** @type {number} */ id, /** @type {string} */ code) =>
      contents(id).executeJavaScript(code),
    expression,
  );
}

/** @param {string} stdout @param {string} name of a row of the summary */
function row(stdout, name) {
  return stdout.match(new RegExp(`^${name} +(.*)$`, 'm'))?.[1];
}

module.exports = { EXAMPLES, openPage, inPage, row };
