'use strict';

/*
 * A slice of Node's own behaviour: the tables of test/support/node-calls, run in a page with
 * nodeIntegration and in plain Node, give the same.
 */

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { scratch } = require('../support/app');
const { startLab } = require('../support/lab');
const { runCalls } = require('../support/node-calls/run');

const TABLES = path.join(__dirname, '../support/node-calls');
const NODE_IN_PAGE = { nodeIntegration: true, contextIsolation: false };
const names = fs.readdirSync(TABLES).filter((name) => name !== 'run.js');

/** What the issue asks for. */
const AT_LEAST = 200;

/** @param {string} name @param {string} folder */
function runInPage(name, folder) {
  return require('./calls/run').runCalls(require(`./calls/${name}`), folder);
}

test('calls of Node in a page give what they give in Node', async (t) => {
  const files = [...names, 'run.js'].map((name) => [
    `calls/${name}`,
    fs.readFileSync(path.join(TABLES, name), 'utf8'),
  ]);
  const lab = await startLab(t, Object.fromEntries(files));
  const window = await lab.open(NODE_IN_PAGE, undefined, { show: true });
  let count = 0;
  for (const name of names) {
    await t.test(name, async (each) => {
      const table = require(path.join(TABLES, name));
      const expected = await runCalls(table, scratch(each));
      const found = await window.page(runInPage, name, scratch(each));
      for (const call of Object.keys(table)) {
        assert.deepEqual(found[call], expected[call], `${name}: ${call}`);
      }
      count += Object.keys(table).length;
    });
  }
  assert.ok(count >= AT_LEAST, `only ${count} calls`);
  await lab.close();
});
