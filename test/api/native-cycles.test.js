'use strict';

/*
 * The short form of test/modules/cycles.js: workers with a native module come and go, and leave nothing.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { buildAddon } = require('../support/addons');
const { compare, measureAlone } = require('../modules/cycles');

const CYCLES = 80;
/** In so few cycles, what V8 and malloc keep for later weighs more than in the long form. */
const MOST_MORE = 0.2;

test('workers that load a native module and end leave no more than others', async (t) => {
  const none = await measureAlone(t, '', CYCLES);
  const left = await measureAlone(t, buildAddon('endings'), CYCLES);
  t.diagnostic(`${(compare(left, none) * 100).toFixed(1)} % more than without a module`);
  assert.ok(compare(left, none) <= MOST_MORE, JSON.stringify({ left, none }));
  assert.ok(left.mappings <= 8, `${left.mappings} mappings of copies are left`);
  assert.ok(left.descriptors <= 2, `${left.descriptors} descriptors more`);
});
