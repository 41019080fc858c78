'use strict';

/*
 * What messages carry between a page and its worker, both ways: two engines, one codec, and memory
 * that both see. Functions passed to `page` run in a page, those passed to `run` in a worker of it:
 * test/support/lab.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const { startLab, PAGE } = require('../support/lab');
const { residentBytes } = require('../support/processes');
const { values } = require('../support/clone-values');

const KIB = 1024;
const MIB = 1024 * KIB;

/** Sizes around what goes in the message and what goes beside it. */
const TRANSFER_SIZES = [0, 1, 63 * KIB, 64 * KIB - 1, 64 * KIB, 64 * KIB + 1, MIB, 64 * MIB];

/** What memory may grow by while messages pass that are many times that. */
const GROWTH_MAX = 400 * MIB;

const read = (/** @type {string} */ name) => fs.readFileSync(require.resolve(name), 'utf8');

/** Makes a module of ours a script that defines the names in `window`. */
const asScript = (/** @type {string} */ name) =>
  `Object.assign(window, (() => { const module = {}; ${read(name)}; return module.exports; })());`;

const FILES = {
  'clone-values.js': read('../support/clone-values'),
  'clone-compare.js': read('../support/clone-compare'),
  'page-values.js': asScript('../support/clone-values'),
  'page-compare.js': asScript('../support/clone-compare'),
  'page.html': `${PAGE}<script src="page-values.js"></script><script src="page-compare.js"></script>
    <script src="fill.js"></script>`,
  'fill.js': `
    /** Bytes that depend on their place and on a seed. */
    function fill(buffer, seed) {
      const bytes = new Uint8Array(buffer);
      for (let i = 0; i < bytes.length; i += i < 65536 ? 1 : 4093) bytes[i] = i * 31 + seed;
      if (bytes.length > 0) bytes[bytes.length - 1] = seed;
      return buffer;
    }
    function isFilled(buffer, seed) {
      const bytes = new Uint8Array(buffer);
      for (let i = 0; i < bytes.length - 1; i += i < 65536 ? 1 : 4093)
        if (bytes[i] !== ((i * 31 + seed) & 255)) return false;
      return bytes.length === 0 || bytes[bytes.length - 1] === (seed & 255);
    }
    if (typeof module !== 'undefined') module.exports = { fill, isFilled };`,
};

test('values', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();

  await t.test('all arrive in the worker as they were in the page', async () => {
    const { count, differences } = await win.page(async () => {
      const worker = startTool();
      await run(worker, () => {
        const { values } = require('./clone-values');
        const { findDifference } = require('./clone-compare');
        addEventListener('message', ({ data }) => {
          if (!('index' in data)) return;
          const [, make, expected = make] = values[data.index];
          postMessage(findDifference(data.value, expected()));
        });
      });
      const found = [];
      for (let index = 0; index < values.length; index++) {
        const [name, make] = values[index];
        const difference = await ask(worker, { index, value: make() });
        if (difference !== '') found.push(`${name}: ${difference}`);
      }
      worker.terminate();
      return { count: values.length, differences: found };
    });
    assert.deepEqual(differences, []);
    assert.equal(count, values.length);
  });

  await t.test('all arrive in the page as they were in the worker', async () => {
    const differences = await win.page(async () => {
      const worker = startTool();
      await run(worker, () => {
        const { values } = require('./clone-values');
        addEventListener('message', ({ data }) => {
          if ('index' in data) postMessage({ value: values[data.index][1]() });
        });
      });
      const found = [];
      for (let index = 0; index < values.length; index++) {
        const [name, make, expected = make] = values[index];
        const { value } = await ask(worker, { index });
        const difference = findDifference(value, expected());
        if (difference !== '') found.push(`${name}: ${difference}`);
      }
      worker.terminate();
      return found;
    });
    assert.deepEqual(differences, []);
  });

  await t.test('they come back from a worker as they left', async () => {
    const differences = await win.page(async () => {
      const worker = fromText('onmessage = ({ data }) => postMessage(data);');
      const found = [];
      for (const [name, make, expected = make] of values) {
        const difference = findDifference(await ask(worker, make()), expected());
        if (difference !== '') found.push(`${name}: ${difference}`);
      }
      worker.terminate();
      return found;
    });
    assert.deepEqual(differences, []);
  });

  await t.test('strings and graphs of 5 MB go both ways', async () => {
    assert.deepEqual(
      await win.page(async () => {
        const worker = fromText('onmessage = ({ data }) => postMessage(data);');
        const text = (part) => part.repeat(Math.ceil((5 * 1024 * 1024) / part.length));
        const records = Array.from({ length: 60000 }, (_, i) => ({
          id: i,
          name: `name of ${i}`,
          tags: ['a', i % 2 === 0, { deep: [i / 3] }],
        }));
        const found = [];
        for (const value of [text('ASCII '), text('é'), text('日本\u{1f600}'), records]) {
          found.push(findDifference(await ask(worker, value), value));
        }
        worker.terminate();
        return found;
      }),
      ['', '', '', ''],
    );
  });

  await t.test('buffers of every size go both ways without a transfer, and stay', async () => {
    assert.deepEqual(
      await win.page(async (sizes) => {
        const worker = startTool();
        await run(worker, () => {
          const { fill, isFilled } = require('./fill');
          addEventListener('message', ({ data: { buffer, seed } }) => {
            if (!buffer) return;
            const good = isFilled(buffer, seed);
            fill(buffer, seed + 1); // the worker's own copy
            postMessage({ good, buffer });
            if (buffer.byteLength === 0 || !isFilled(buffer, seed + 1)) postMessage('lost');
          });
        });
        const failed = [];
        for (const size of sizes) {
          const mine = fill(new ArrayBuffer(size), 5);
          const { good, buffer } = await ask(worker, { buffer: mine, seed: 5 });
          if (!good || buffer.byteLength !== size || !isFilled(buffer, 6)) failed.push(size);
          if (mine.byteLength !== size || !isFilled(mine, 5)) failed.push(`own ${size}`);
        }
        worker.terminate();
        return failed;
      }, TRANSFER_SIZES.filter((size) => size > 0)),
      [],
    );
  });
  await lab.close();
});

/** What cannot be cloned, by what it is: sources for both engines. */
const UNCLONEABLE = {
  'a function': '() => {}',
  'a class': 'class A {}',
  'a symbol': 'Symbol("s")',
  'a Symbol object': 'Object(Symbol("s"))',
  'a promise': 'Promise.resolve()',
  'a WeakMap': 'new WeakMap()',
  'a WeakSet': 'new WeakSet()',
  'a WeakRef': 'new WeakRef({})',
  'a generator': '(function* () {})()',
  'an iterator': '[][Symbol.iterator]()',
  'an event': 'new Event("x")',
  'an event target': 'new EventTarget()',
  'an abort controller': 'new AbortController()',
  'a stream': 'new ReadableStream()',
  'the global object': 'globalThis',
  'headers': 'new Headers()',
  'a function in an object': '({ deep: [{ fn() {} }] })',
  'a function in a map': 'new Map([[1, () => {}]])',
  'a promise in a set': 'new Set([Promise.resolve()])',
};

/** Each was refused in the standard's way, and the buffer beside it is still there. */
function expectRefused(thrown) {
  const unexpected = Object.entries(thrown).filter(([, what]) => what !== 'DataCloneError 25 100000');
  assert.deepEqual(unexpected, []);
  assert.ok(Object.keys(thrown).length > Object.keys(UNCLONEABLE).length);
}

test('what cannot be cloned', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();

  await t.test('throws DataCloneError in the page, and nothing is sent', async () => {
    const more = { 'an element': 'document.body', 'a window': 'window', 'a Worker': 'startTool()' };
    const { thrown, received } = await win.page(async (all) => {
      const worker = fromText(`const log = [];
        onmessage = ({ data }) => { log.push(data); if (data === 'end') postMessage(log); };`);
      const errors = {};
      for (const [name, source] of Object.entries(all)) {
        const value = (0, eval)(`(${source})`);
        const buffer = new ArrayBuffer(100000);
        const error = thrownBy(() => worker.postMessage([value, buffer], [buffer]));
        errors[name] = error && `${error.name} ${error.code} ${buffer.byteLength}`;
      }
      const log = await ask(worker, 'end');
      worker.terminate();
      return { thrown: errors, received: log };
    }, { ...UNCLONEABLE, ...more });
    expectRefused(thrown);
    assert.deepEqual(received, ['end']);
  });

  await t.test('throws DataCloneError in the worker, and nothing is sent', async () => {
    const more = { process: 'process', 'a socket': 'new (require("node:net").Socket)()' };
    const { thrown, received } = await win.page(async (all) => {
      const worker = startTool();
      const seen = [];
      worker.addEventListener('message', ({ data }) => seen.push(data));
      const errors = await run(worker, (list) => {
        const found = {};
        for (const [name, source] of Object.entries(list)) {
          const value = (0, eval)(`(${source})`);
          const buffer = new ArrayBuffer(100000);
          try {
            postMessage([value, buffer], [buffer]);
            found[name] = null;
          } catch (error) {
            found[name] = `${error.name} ${error.code} ${buffer.byteLength}`;
            if (!(error instanceof DOMException)) found[name] = error.stack;
          }
        }
        return found;
      }, all);
      worker.terminate();
      return { thrown: errors, received: seen.length };
    }, { ...UNCLONEABLE, ...more });
    expectRefused(thrown);
    assert.equal(received, 1, 'only the answer of the tool');
  });

  await t.test('a getter’s own error is thrown as it is', async () => {
    const found = await win.page(async () => {
      const worker = fromText('onmessage = ({ data }) => postMessage(data);');
      const value = { a: 1, get b() { throw new RangeError('mine'); } };
      const error = thrownBy(() => worker.postMessage(value));
      return [error.name, error.message, await ask(worker, 'after')];
    });
    assert.deepEqual(found, ['RangeError', 'mine', 'after']);
  });

  await t.test('the error names the method and the value', async () => {
    const { message } = await win.page(() => thrownBy(() => startTool().postMessage(Symbol('me'))));
    assert.equal(
      message,
      "Failed to execute 'postMessage' on 'Worker': Symbol(me) could not be cloned.",
    );
  });
  await lab.close();
});

test('transfer', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();

  await t.test('moves buffers of every size into the worker and back, and detaches', async () => {
    const failed = await win.page(async (sizes) => {
      const worker = startTool();
      await run(worker, () => {
        const { fill, isFilled } = require('./fill');
        addEventListener('message', ({ data: { buffer, seed } }) => {
          if (!buffer) return;
          const good = isFilled(buffer, seed);
          fill(buffer, seed + 1);
          postMessage({ good, buffer }, [buffer]);
          postMessage({ detached: buffer.detached && buffer.byteLength === 0 });
        });
      });
      const found = [];
      for (const size of sizes) {
        const mine = fill(new ArrayBuffer(size), 5);
        const view = new Uint8Array(mine);
        const answer = next(worker);
        worker.postMessage({ buffer: mine, seed: 5 }, [mine]);
        if (mine.byteLength !== 0 || !mine.detached || view.length !== 0) found.push(`own ${size}`);
        const { good, buffer } = (await answer).data;
        const { detached } = (await next(worker)).data;
        if (!good) found.push(`in the worker ${size}`);
        if (buffer.byteLength !== size || !isFilled(buffer, 6)) found.push(`back ${size}`);
        if (!detached) found.push(`the worker's ${size}`);
      }
      worker.terminate();
      return found;
    }, TRANSFER_SIZES);
    assert.deepEqual(failed, []);
  });

  await t.test('works with an options object, and for a buffer that the message lacks', async () => {
    const found = await win.page(async () => {
      const worker = fromText('onmessage = ({ data }) => postMessage(data);');
      const [a, b] = [100, 100000].map((size) => new ArrayBuffer(size));
      const answer = await ask(worker, [a, 'x'], { transfer: [a] });
      const other = await ask(worker, 'no buffer', [b]);
      return [answer[0].byteLength, a.byteLength, other, b.byteLength];
    });
    assert.deepEqual(found, [100, 0, 'no buffer', 0]);
  });

  await t.test('keeps views together with the buffer that they share', async () => {
    const found = await win.page(async () => {
      const worker = startTool();
      await run(worker, () => {
        addEventListener('message', ({ data: { all } }) => {
          if (!all) return;
          const [a, b, buffer, again] = all;
          b[0] = 77;
          const facts = [a.buffer === buffer, b.buffer === buffer, again === buffer];
          postMessage([...facts, a.byteOffset, a[14], b.length, all], [buffer]);
        });
      });
      const lists = [];
      for (const size of [64, 200000]) {
        const buffer = new ArrayBuffer(size);
        const all = [new Uint8Array(buffer, 8), new Float64Array(buffer, 16, 2), buffer, buffer];
        const facts = await ask(worker, { all }, [buffer]);
        const [a, b, back, again] = facts.pop();
        lists.push([...facts, a.buffer === back, b.buffer === back, again === back, b[0]]);
      }
      return lists;
    });
    // Byte 22 of the buffer, the last but one of the double 77.
    const facts = [true, true, true, 8, 0x53, 2, true, true, true, 77];
    assert.deepEqual(found, [facts, facts]);
  });

  await t.test('a list with a mistake throws at the sender, and detaches nothing', async () => {
    const inPage = await win.page(async () => {
      const worker = fromText('onmessage = ({ data }) => postMessage(data);');
      const make = () => new ArrayBuffer(100000);
      const gone = make();
      await ask(worker, gone, [gone]);
      const cases = {
        twice: (b) => [b, b],
        detached: (b) => [b, gone],
        view: (b) => [b, new Uint8Array(4)],
        object: (b) => [b, {}],
        number: (b) => [b, 1],
        null: (b) => [b, null],
      };
      const found = {};
      for (const [name, list] of Object.entries(cases)) {
        const buffer = make();
        const error = thrownBy(() => worker.postMessage(buffer, list(buffer)));
        found[name] = error && `${error.name} ${buffer.byteLength}`;
      }
      found.memory = thrownBy(() => {
        const { buffer } = new WebAssembly.Memory({ initial: 2 });
        worker.postMessage(buffer, [buffer]);
      })?.name;
      found.after = await ask(worker, 'after');
      return found;
    });
    const inWorker = await win.page(() =>
      runAlone(() => {
        const gone = new ArrayBuffer(100000);
        structuredClone(gone, { transfer: [gone] });
        const cases = {
          twice: (b) => [b, b],
          detached: (b) => [b, gone],
          view: (b) => [b, new Uint8Array(4)],
          object: (b) => [b, {}],
          number: (b) => [b, 1],
          null: (b) => [b, null],
        };
        const found = {};
        for (const [name, list] of Object.entries(cases)) {
          const buffer = new ArrayBuffer(100000);
          try {
            postMessage(buffer, list(buffer));
          } catch (error) {
            found[name] = `${error.name} ${buffer.byteLength}`;
          }
        }
        try {
          const { buffer } = new WebAssembly.Memory({ initial: 2 });
          postMessage(buffer, [buffer]);
        } catch (error) {
          found.memory = error.name;
        }
        // Node's pool is in many Buffers at once.
        const pooled = Buffer.from('pooled');
        try {
          postMessage(pooled, [pooled.buffer]);
        } catch (error) {
          found.pool = `${error.name} ${Buffer.from('x').toString()}${pooled}`;
        }
        found.after = 'after';
        return found;
      }),
    );
    assert.equal(inWorker.pool, 'DataCloneError xpooled');
    delete inWorker.pool;
    for (const found of [inPage, inWorker]) {
      const { number, null: nothing, view, object, ...rest } = found;
      assert.deepEqual(rest, {
        twice: 'DataCloneError 100000',
        detached: 'DataCloneError 100000',
        memory: 'DataCloneError',
        after: 'after',
      });
      for (const one of [number, nothing, view, object]) {
        assert.match(one, /^(DataCloneError|TypeError) 100000$/);
      }
    }
  });

  await t.test('a buffer goes 50 times there and back, and stays what it is', async () => {
    const failed = await win.page(async () => {
      const worker = startTool();
      await run(worker, () => {
        const { fill, isFilled } = require('./fill');
        addEventListener('message', ({ data: { buffer, seed } }) => {
          if (!buffer) return;
          if (!isFilled(buffer, seed)) throw new Error(`wrong bytes in turn ${seed}`);
          postMessage(fill(buffer, seed + 1), [buffer]);
        });
      });
      const found = [];
      for (const size of [1000, 65536, 1048576, 5000001]) {
        let buffer = fill(new ArrayBuffer(size), 0);
        for (let turn = 0; turn < 100; turn += 2) {
          buffer = await ask(worker, { buffer, seed: turn }, [buffer]);
          if (buffer.byteLength !== size || !isFilled(buffer, turn + 1)) found.push([size, turn]);
          fill(buffer, turn + 2);
        }
      }
      worker.terminate();
      return found;
    });
    assert.deepEqual(failed, []);
  });

  await t.test('a buffer goes on to another worker', async () => {
    const found = await win.page(async () => {
      const text = 'onmessage = ({ data }) => postMessage(data, [data]);';
      const [a, b] = [fromText(text), fromText(text)];
      let buffer = fill(new ArrayBuffer(300000), 9);
      for (const worker of [a, b, a, a, b]) buffer = await ask(worker, buffer, [buffer]);
      a.terminate();
      const alone = isFilled(buffer, 9);
      b.terminate();
      return [alone, isFilled(buffer, 9), buffer.byteLength];
    });
    assert.deepEqual(found, [true, true, 300000]);
  });

  await t.test('received buffers outlive their sender, and are not written by later ones', async () => {
    const found = await win.page(async () => {
      const worker = startTool();
      await run(worker, () => {
        const { fill } = require('./fill');
        addEventListener('message', ({ data: { seed } }) => {
          if (seed === undefined) return;
          const buffer = fill(new ArrayBuffer(200000), seed);
          postMessage(buffer, seed % 2 ? [buffer] : []);
        });
      });
      const kept = [];
      for (let seed = 0; seed < 40; seed++) kept.push(await ask(worker, { seed }));
      const before = kept.every(isFilled);
      worker.terminate();
      const other = startTool();
      await run(other, () => {}); // the old one's thread may be gone by now, and its memory
      for (let i = 0; i < 20; i++) fill(await run(other, () => new ArrayBuffer(200000)), 9);
      const after = kept.every(isFilled);
      kept.forEach((buffer, seed) => fill(buffer, seed + 100));
      return [before, after, kept.every((buffer, seed) => isFilled(buffer, seed + 100))];
    });
    assert.deepEqual(found, [true, true, true]);
  });

  await t.test('the worker keeps what it has received, whatever the page does after', async () => {
    const found = await win.page(async () => {
      const worker = startTool();
      await run(worker, () => {
        const { isFilled } = require('./fill');
        globalThis.kept = [];
        globalThis.check = () => kept.every(isFilled);
        addEventListener('message', ({ data: { buffer } }) => {
          if (buffer) kept.push(buffer);
        });
      });
      for (let seed = 0; seed < 40; seed++) {
        const buffer = fill(new ArrayBuffer(150000), seed);
        worker.postMessage({ buffer }, seed % 2 ? [buffer] : []);
        fill(seed % 2 ? new ArrayBuffer(150000) : buffer, 200);
      }
      return [await run(worker, () => kept.length), await run(worker, () => check())];
    });
    assert.deepEqual(found, [40, true]);
  });
  await lab.close();
});

test('memory', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();
  const page = await win.processId();
  const host = await win.page(async () => {
    window.worker = startTool();
    return run(worker, () => process.pid);
  });
  const used = () => residentBytes(page) + residentBytes(host);

  await t.test('200 transfers of 16 MiB to the worker leave no more than a few', async () => {
    await win.page(() =>
      run(worker, () => {
        addEventListener('message', ({ data: { big } }) => {
          if (big) postMessage(big.byteLength + new Uint8Array(big)[1000]);
        });
      }),
    );
    const send = (count) =>
      win.page(async (n) => {
        for (let i = 0; i < n; i++) {
          const big = new ArrayBuffer(16 * 1024 * 1024);
          new Uint8Array(big).fill(1);
          const answer = await ask(worker, { big }, [big]);
          if (answer !== 16 * 1024 * 1024 + 1) throw new Error(`wrong answer ${answer}`);
        }
      }, count);
    await send(20);
    const before = used();
    await send(180);
    const growth = used() - before;
    assert.ok(growth < GROWTH_MAX, `grew by ${Math.round(growth / MIB)} MiB`);
  });

  await t.test('200 transfers of 16 MiB to the page leave no more than a few', async () => {
    await win.page(() =>
      run(worker, () => {
        addEventListener('message', ({ data: { give } }) => {
          if (!give) return;
          const big = new ArrayBuffer(give);
          new Uint8Array(big).fill(2);
          postMessage(big, [big]);
        });
      }),
    );
    const receive = (count) =>
      win.page(async (n) => {
        for (let i = 0; i < n; i++) {
          const big = await ask(worker, { give: 16 * 1024 * 1024 });
          if (new Uint8Array(big)[12345] !== 2) throw new Error('wrong bytes');
        }
      }, count);
    await receive(20);
    const before = used();
    await receive(180);
    const growth = used() - before;
    assert.ok(growth < GROWTH_MAX, `grew by ${Math.round(growth / MIB)} MiB`);
  });

  await t.test('60 copies of 16 MiB there and back leave no more than a few', async () => {
    const echo = (count) =>
      win.page(async (n) => {
        window.echo ??= fromText('onmessage = ({ data }) => postMessage(data);');
        window.source ??= new Uint8Array(16 * 1024 * 1024).fill(3);
        for (let i = 0; i < n; i++) {
          const back = await ask(window.echo, source);
          if (back[777] !== 3 || back.length !== source.length) throw new Error('wrong bytes');
        }
      }, count);
    await echo(10);
    const before = used();
    await echo(50);
    const growth = used() - before;
    assert.ok(growth < GROWTH_MAX, `grew by ${Math.round(growth / MIB)} MiB`);
  });
  await lab.close();
});
