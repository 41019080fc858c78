// @ts-check
'use strict';

/*
 * The clone codec in a real page: its TextDecoder, its platform objects, its frames. All else is in
 * test/unit/structured-clone.test.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { inMain } = require('../support/app');
const { createCodec } = require('../../lib/common/structured-clone');
const { values } = require('../support/clone-values');

const ROOT = path.resolve(__dirname, '../..');
const CODEC = 'lib/common/structured-clone';

/** Random values that are cloned by both; CODEC_ROUNDS=100000 is the long form. */
const ROUNDS = Number(process.env.CODEC_ROUNDS ?? 2000);

/** The page: the files of the codec and of its tests, loaded as the page extension does it. */
function makePage() {
  const files = [
    `${CODEC}.js`,
    ...fs.readdirSync(path.join(ROOT, CODEC)).map((name) => `${CODEC}/${name}`),
    ...['clone-compare', 'clone-values', 'broken-intrinsics'].map((name) => `test/support/${name}.js`),
    'test/fuzz/clone-generator.js',
  ];
  const bodies = files.map((file) => {
    const source = fs.readFileSync(path.join(ROOT, file), 'utf8');
    return `${JSON.stringify(file)}: function (exports, require, module, binding) {\n${source}\n}`;
  });
  return `
    const bodies = {${bodies.join(',\n')}};
    const modules = {};
    function load(file) {
      if (modules[file]) return modules[file].exports;
      const module = modules[file] = { exports: {} };
      const resolve = (name) => new URL(name, 'file:///' + file).pathname.slice(1).replace(/(\\.js)?$/, '.js');
      bodies[file](module.exports, (name) => load(resolve(name)), module, {});
      return module.exports;
    }
    const codec = load('${CODEC}.js').createCodec();
    const { findDifference } = load('test/support/clone-compare.js');
    const { values } = load('test/support/clone-values.js');
    const { Generator, makeRandom } = load('test/fuzz/clone-generator.js');
    const { withBrokenIntrinsics } = load('test/support/broken-intrinsics.js');
    const judge = (bytes, i) => {
      const [name, make, expected = make] = values[i];
      try { return findDifference(codec.deserialize(bytes), expected()); } catch (error) { return String(error); }
    };
    const refusal = (value) => {
      try { codec.encode(value, undefined, 'W'); return 'cloned'; } catch (error) { return error.message; }
    };`;
}

/**
 * @param {import('node:test').TestContext} t
 * @param {string} script an expression in the page
 * @param {{ more?: string, judge?: string }} [also] a script of the page, and a function for the result in the main process
 */
async function inPage(t, script, { more = '', judge = '(value) => value' } = {}) {
  const [result] = await inMain(
    t,
    `const win = new BrowserWindow({ show: false });
     await win.loadFile('codec.html');
     report((${judge})(await win.webContents.executeJavaScript(${JSON.stringify(script)})));`,
    {
      'codec.html': '<!doctype html><title>codec</title><body><iframe src="about:blank"></iframe>' +
        '<script src="codec.js"></script><script src="more.js"></script>',
      'codec.js': makePage(),
      'more.js': more,
    },
  );
  return result;
}

/** What findDifference() said of each value. @param {string[]} results */
function assertAllArrived(results) {
  assert.equal(results.length, values.length);
  values.forEach(([name], i) => assert.equal(results[i], '', String(name)));
}

test('what the page writes is read in Node', async (t) => {
  const judge = `(messages) => {
    const { createCodec } = require(${JSON.stringify(path.join(ROOT, CODEC))});
    const { findDifference } = require(${JSON.stringify(path.join(ROOT, 'test/support/clone-compare'))});
    const { values } = require(${JSON.stringify(path.join(ROOT, 'test/support/clone-values'))});
    const codec = createCodec();
    return values.map(([, make, expected = make], i) =>
      findDifference(codec.deserialize(Uint8Array.fromHex(messages[i])), expected()));
  }`;
  assertAllArrived(await inPage(t, 'values.map(([, make]) => codec.serialize(make()).toHex())', { judge }));
});

test('what Node writes is read in the page', async (t) => {
  const codec = createCodec();
  const messages = values.map(([, make]) => Buffer.from(codec.serialize(/** @type {Function} */ (make)())).toString('hex'));
  const more = `const messages = ${JSON.stringify(messages)};`;
  assertAllArrived(await inPage(t, 'messages.map((hex, i) => judge(Uint8Array.fromHex(hex), i))', { more }));
});

test('every value arrives while every intrinsic of the page is broken', async (t) => {
  const more = `function tamper() {
    const made = values.map(([, make]) => make());
    const clones = made.map(() => undefined);
    withBrokenIntrinsics(() => {
      for (let i = 0; i < made.length; i++) {
        try { clones[i] = codec.deserialize(codec.serialize(made[i])); } catch (error) { clones[i] = error; }
      }
    });
    return clones.map((clone, i) => findDifference(clone, (values[i][2] ?? values[i][1])()));
  }`;
  assertAllArrived(await inPage(t, 'tamper()', { more }));
});

test('platform objects are named as in Chromium', async (t) => {
  const results = await inPage(t, `[document.body, new Headers(), new MessageChannel().port1, new Blob([]),
    Promise.resolve(), new WeakMap(), Symbol('x'), () => 1, new DOMException('x'), new Event('x')].map(refusal)`);
  assert.deepEqual(results, [
    'W: HTMLBodyElement object could not be cloned.', 'W: Headers object could not be cloned.',
    'W: A MessagePort could not be cloned because it was not transferred.', 'W: Blob object could not be cloned.',
    'W: #<Promise> could not be cloned.', 'W: #<WeakMap> could not be cloned.', 'W: Symbol(x) could not be cloned.',
    'W: () => 1 could not be cloned.', 'W: DOMException object could not be cloned.',
    'W: Event object could not be cloned.',
  ]);
});

test('objects of another frame are cloned as those of this one', async (t) => {
  const value = '({ a: [new Map([[1, new Date(5)]]), /x/g, Object(1), new Uint8Array(2), new TypeError("m").name], e: { x: 1 } })';
  const script = `findDifference(codec.deserialize(codec.serialize(frames[0].eval(${JSON.stringify(value)}))), ${value})`;
  assert.equal(await inPage(t, script), '');
});

test('the codec clones random values as the engine does', async (t) => {
  const more = `function differences(first, rounds) {
    const found = [];
    for (let seed = first; seed < first + rounds && found.length < 10; seed++) {
      for (const isWide of [false, true]) {
        const value = new Generator(makeRandom(seed), { isWide, isForWebKit: true }).value();
        let difference;
        try {
          difference = findDifference(codec.deserialize(codec.serialize(value)), structuredClone(value));
        } catch (error) { difference = String(error); }
        if (difference) found.push('seed ' + seed + (isWide ? ', wide: ' : ': ') + difference.slice(-100));
      }
    }
    return found;
  }`;
  assert.deepEqual(await inPage(t, `differences(${Date.now() % 2 ** 31}, ${ROUNDS})`, { more }), []);
});
