'use strict';

/*
 * Objects of the platform, and what can't be posted, between a page and its worker, both ways: the
 * tables are in test/support/clone-values.js. Functions passed to `page` run in a page, those passed to
 * `run` in a worker of it: test/support/lab.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const { startLab, PAGE } = require('../support/lab');
const { platformValues, refusals } = require('../support/clone-values');

const read = (/** @type {string} */ name) => fs.readFileSync(require.resolve(name), 'utf8');

const FILES = {
  'clone-values.js': read('../support/clone-values'),
  'clone-compare.js': read('../support/clone-compare'),
  'nested.js': `const { describe, values } = require('./clone-values');
    const { findDifference } = require('./clone-compare');
    onmessage = async ({ data: { value, index } }) => {
      const expected = index === undefined ? undefined : values[index][2] ?? values[index][1];
      const text = expected ? findDifference(value, expected()) : await describe(value);
      postMessage({ value, text });
    };`,
  'page-values.js': `Object.assign(window, (() => { const module = {}; ${read('../support/clone-values')}; return module.exports; })());`,
  'page.html': `${PAGE}<script src="page-values.js"></script>
    <script>
      /** The texts that a table's refusals give; nothing of a refused message may be taken or sent. */
      async function refusalsOf(post) {
        const found = [];
        for (const [name, script, text, where = 'page'] of refusals) {
          if (where !== 'page') continue;
          const { value, transfer = [] } = await (0, eval)(script);
          const buffer = new ArrayBuffer(8);
          const error = thrownBy(() => post({ value }, [buffer, ...transfer]));
          found.push([name, error && [error.name, error.code, error.message], buffer.byteLength]);
        }
        return found;
      }
    </script>`,
};

/** What each refusal must give; the buffer before the list of the table is at index 0 of the list that is posted. */
function expectedRefusals(/** @type {string} */ where, /** @type {string} */ on) {
  return refusals
    .filter(([, , , only = where]) => only === where)
    .map(([name, , text]) => {
      const shifted = text.replace(/at index (\d)/, (match, index) => `at index ${Number(index) + 1}`);
      return [name, ['DataCloneError', 25, `Failed to execute 'postMessage' on '${on}': ${shifted}`], 8];
    });
}

test('objects of the platform', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();

  await t.test('all arrive in the worker as they were in the page', async () => {
    const { count, differences } = await win.page(async () => {
      const worker = startTool();
      await run(worker, () => {
        const { describe } = require('./clone-values');
        addEventListener('message', async ({ data }) => {
          if ('value' in data) postMessage(await describe(data.value));
        });
      });
      const found = [];
      for (const [name, make] of platformValues) {
        const value = await make();
        const here = await describe(value);
        const there = await ask(worker, { value });
        if (there !== here) found.push([name, here, there]);
      }
      worker.terminate();
      return { count: platformValues.length, differences: found };
    });
    assert.deepEqual(differences, []);
    assert.equal(count, platformValues.length);
  });

  await t.test('all arrive in the page as they were in the worker', async () => {
    const { count, differences } = await win.page(async () => {
      const worker = startTool();
      await run(worker, () => {
        const { platformValues, describe } = require('./clone-values');
        addEventListener('message', async ({ data }) => {
          if (!('index' in data)) return;
          const value = await platformValues[data.index][1]();
          postMessage({ value, text: await describe(value) });
        });
      });
      const found = [];
      let asked = 0;
      for (const [index, [name, , where]] of platformValues.entries()) {
        if (where === 'page') continue;
        const { value, text } = await ask(worker, { index });
        asked++;
        const here = await describe(value);
        if (here !== text) found.push([name, text, here]);
      }
      worker.terminate();
      return { count: asked, differences: found };
    });
    assert.deepEqual(differences, []);
    assert.equal(count, platformValues.filter(([, , where]) => where !== 'page').length);
  });

  await t.test('they come back from a worker as they left, and structuredClone there clones them', async () => {
    const differences = await win.page(async () => {
      const worker = fromText('onmessage = ({ data }) => postMessage([data, structuredClone(data)]);');
      const found = [];
      for (const [name, make] of platformValues) {
        const value = await make();
        const expected = await describe(value);
        const [back, clone] = await ask(worker, value);
        if ((await describe(back)) !== expected) found.push([name, expected, await describe(back)]);
        if ((await describe(clone)) !== expected) found.push([`${name}, cloned`, expected, await describe(clone)]);
      }
      worker.terminate();
      return found;
    });
    assert.deepEqual(differences, []);
  });

  await t.test('these and all values of the language go between two workers', async () => {
    const { count, differences } = await win.page(() =>
      runAlone(async () => {
        const { describe, platformValues, values } = require('./clone-values');
        const { findDifference } = require('./clone-compare');
        const nested = new Worker('nested.js');
        const answer = (message) =>
          new Promise((resolve, reject) => {
            nested.onmessage = ({ data }) => resolve(data);
            nested.onmessageerror = nested.onerror = ({ type }) => reject(new Error(type));
            nested.postMessage(message);
          });
        const found = [];
        for (const [name, make, where] of platformValues) {
          if (where === 'page') continue;
          const value = await make();
          const here = await describe(value);
          const back = await answer({ value });
          if (back.text !== here) found.push([name, here, back.text]);
          if ((await describe(back.value)) !== here) found.push([`${name}, back`, here]);
        }
        for (const [index, [name, make, expected = make]] of values.entries()) {
          const { value, text } = await answer({ value: make(), index });
          const difference = text || findDifference(value, expected());
          if (difference) found.push([name, difference]);
        }
        nested.terminate();
        return { count: values.length, differences: found };
      }),
    );
    assert.deepEqual(differences, []);
    assert.ok(count > 300, `${count} values`);
  });

  await t.test('those of another frame are cloned as those of this one', async () => {
    const [here, there] = await win.page(async () => {
      const frame = document.body.appendChild(document.createElement('iframe'));
      const { DOMRect: Rect, Blob: OtherBlob, DOMException: Exception, ImageData: Image } = frame.contentWindow;
      const make = (a, b, c, d) => [new a(1, 2, 3, 4), new b(['text']), new c('m', 'AbortError'), new d(1, 2)];
      const worker = fromText('onmessage = ({ data }) => postMessage(data);');
      const back = await ask(worker, make(Rect, OtherBlob, Exception, Image));
      return [await describe(make(DOMRect, Blob, DOMException, ImageData)), await describe(back)];
    });
    assert.equal(there, here);
  });

  await t.test('a transferred ImageBitmap is closed at its sender, its pixels arrive', async () => {
    const found = await win.page(async () => {
      const worker = startTool();
      await run(worker, () => {
        addEventListener('message', ({ data: { bitmap } }) => {
          if (!bitmap) return;
          postMessage({ bitmap }, [bitmap]);
          postMessage([bitmap.width, bitmap.height]);
        });
      });
      const bitmap = await createImageBitmap(new ImageData(7, 3));
      const answer = ask(worker, { bitmap }, [bitmap]);
      const here = [bitmap.width, bitmap.height];
      const { bitmap: back } = await answer;
      return [here, [back.width, back.height], (await next(worker)).data];
    });
    assert.deepEqual(found, [[0, 0], [7, 3], [0, 0]]);
  });

  await t.test('transferring the buffer of an ImageData moves its pixels', async () => {
    const found = await win.page(async () => {
      const worker = fromText('onmessage = ({ data }) => postMessage(data, [data.data.buffer]);');
      const image = new ImageData(200, 100);
      image.data.fill(9);
      const back = await ask(worker, image, [image.data.buffer]);
      return [image.data.length, back.data.length, back.data[79999]];
    });
    assert.deepEqual(found, [0, 80000, 9]);
  });

  await t.test('messages with bytes that take time keep their place among others', async () => {
    const orders = await win.page(async () => {
      const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, true, ['encrypt']);
      const messages = [1, key, 2, new Blob(['x'.repeat(100000)]), 3, { key, again: [key] }, 4, new Blob([])];
      const kindOf = (value) => (typeof value === 'object' ? value.constructor.name : value);
      const worker = startTool();
      await run(worker, () => {
        globalThis.seen = [];
        addEventListener('message', ({ data }) => {
          if (data.source === undefined) seen.push(data);
        });
      });
      for (const message of messages) worker.postMessage(message);
      const there = await run(worker, () => seen.map((value) => (typeof value === 'object' ? value.constructor.name : value)));
      const all = new Promise((resolve) => {
        const here = [];
        worker.addEventListener('message', ({ data }) => {
          here.push(data);
          if (here.length === 8) resolve(here);
        });
      });
      worker.postMessage({ source: '() => { for (const value of seen) postMessage(value); return new Promise(() => {}); }', args: [] });
      const here = await all;
      return [there, here.map(kindOf), here[5].key === here[5].again[0]];
    });
    const expected = [1, 'CryptoKey', 2, 'Blob', 3, 'Object', 4, 'Blob'];
    assert.deepEqual(orders, [expected, expected, true]);
  });
  await lab.close();
});

test('what cannot be posted', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();

  await t.test('is refused in the page with Chromium’s words, and nothing is taken or sent', async () => {
    const { found, received } = await win.page(async () => {
      const worker = fromText(`const log = [];
        onmessage = ({ data }) => { log.push(data); if (data === 'end') postMessage(log); };`);
      const texts = await refusalsOf((value, transfer) => worker.postMessage(value, transfer));
      return { found: texts, received: await ask(worker, 'end') };
    });
    assert.deepEqual(found, expectedRefusals('page', 'Worker'));
    assert.deepEqual(received, ['end']);
  });

  await t.test('is refused in the worker with Chromium’s words, and nothing is taken or sent', async () => {
    const { found, received } = await win.page(async () => {
      const worker = startTool();
      let messages = 0;
      worker.addEventListener('message', () => messages++);
      const texts = await run(worker, async () => {
        const { refusals } = require('./clone-values');
        const all = [];
        for (const [name, script, , where = 'worker'] of refusals) {
          if (where !== 'worker') continue;
          const { value, transfer = [] } = await (0, eval)(script);
          const buffer = new ArrayBuffer(8);
          let error = null;
          try {
            postMessage({ value }, [buffer, ...transfer]);
          } catch (thrown) {
            error = thrown;
          }
          all.push([name, error && [error.name, error.code, error.message], buffer.byteLength]);
        }
        return all;
      });
      return { found: texts, received: messages };
    });
    assert.deepEqual(found, expectedRefusals('worker', 'DedicatedWorkerGlobalScope'));
    assert.equal(received, 1, 'only the answer of the tool');
  });

  await t.test('is refused between two workers in the same words', async () => {
    const found = await win.page(() =>
      runAlone(async () => {
        const { refusals } = require('./clone-values');
        const nested = new Worker('nested.js');
        const all = [];
        for (const [name, script, , where = 'worker'] of refusals) {
          if (where !== 'worker') continue;
          const { value, transfer = [] } = await (0, eval)(script);
          const buffer = new ArrayBuffer(8);
          let error = null;
          try {
            nested.postMessage({ value }, [buffer, ...transfer]);
          } catch (thrown) {
            error = thrown;
          }
          all.push([name, error && [error.name, error.code, error.message], buffer.byteLength]);
        }
        nested.terminate();
        return all;
      }),
    );
    assert.deepEqual(found, expectedRefusals('worker', 'Worker'));
  });

  await t.test('what is no list, or holds no objects, is a TypeError', async () => {
    const found = await win.page(() => {
      const worker = startTool();
      const text = (...given) => thrownBy(() => worker.postMessage(...given));
      return [text(), text(1, 5), text(1, [1]), text(1, { transfer: 5 })].map(({ name, message }) => [name, message.split(': ').pop()]);
    });
    assert.deepEqual(found, [
      ['TypeError', '1 argument required, but only 0 present.'],
      ['TypeError', 'Overload resolution failed.'],
      ['TypeError', "Failed to convert value to 'object'."],
      ['TypeError', 'The provided value cannot be converted to a sequence.'],
    ]);
  });

  await t.test('what the receiver has no way to make is a messageerror there, and later messages come', async () => {
    const found = await win.page(async () => {
      const worker = fromText(`onmessage = ({ data }) => {
        postMessage(new ImageData(1, 1, { colorSpace: 'display-p3' })); // WebKit has sRGB alone
        postMessage(data);
      };`);
      const events = [];
      const last = new Promise((resolve) => {
        worker.onmessageerror = ({ type, data }) => events.push([type, data]);
        worker.onmessage = ({ data }) => resolve(data);
      });
      worker.postMessage('after');
      return [await last, events];
    });
    assert.deepEqual(found, ['after', [['messageerror', null]]]);
  });
  await lab.close();
});
