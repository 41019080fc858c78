'use strict';

/*
 * Libraries of npm that know nothing of Weft, as they come: pages and scripts reach them in
 * node_modules, without a bundler. Functions passed to `page` run in a page: test/support/lab.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const zlib = require('node:zlib');
const { startLab } = require('../support/lab');
const { makePDF } = require('../support/pdf');

const NODE_MODULES = path.resolve(__dirname, '../../node_modules');

const FILES = {
  'comlink.js': `
    importScripts('node_modules/comlink/dist/umd/comlink.js');
    class Counter {
      constructor(start) { this.count = start; }
      increment() { return ++this.count; }
    }
    Comlink.expose({
      Counter,
      version: process.version,
      add: (a, b) => a + b,
      read: (file) => require('node:fs').readFileSync(file, 'utf8'),
      fail() { throw new TypeError('from the worker'); },
      fill(buffer) { new Uint8Array(buffer).fill(7); return Comlink.transfer(buffer, [buffer]); },
      async each(list, callback) { for (const one of list) await callback(one); return list.length; },
    });`,
  'comlink.mjs': `
    import * as Comlink from 'comlink';
    import { readFile } from 'node:fs/promises';
    Comlink.expose((file) => readFile(file, 'utf8'));`,
  'pool-worker.js': `
    importScripts('node_modules/workerpool/dist/workerpool.js');
    workerpool.worker({
      hash: (text) => require('node:crypto').createHash('sha256').update(text).digest('hex'),
      fail() { throw new RangeError('from the pool'); },
    });`,
  'sql.js': `
    const fs = require('node:fs');
    const opened = require('sql.js')();
    onmessage = async ({ data: file }) => {
      const { Database } = await opened;
      const db = new Database(fs.existsSync(file) ? fs.readFileSync(file) : undefined);
      db.run('CREATE TABLE IF NOT EXISTS t (n); INSERT INTO t VALUES (1)');
      fs.writeFileSync(file, db.export());
      postMessage(db.exec('SELECT count(*) FROM t')[0].values[0][0]);
    };`,
  'typescript.js': `
    const ts = require('typescript-5');
    onmessage = ({ data: file }) => {
      const program = ts.createProgram([file], { strict: true, noEmit: true, types: [] });
      const all = ts.getPreEmitDiagnostics(program);
      postMessage(all.map(({ code, messageText, start, file }) => ({
        code,
        line: file.getLineAndCharacterOfPosition(start).line + 1,
        text: ts.flattenDiagnosticMessageText(messageText, ' '),
      })));
    };`,
  'checked.ts': `interface Point { x: number; y: number }
const make = (x: number): Point => ({ x, y: x * 2 });
const wrong: string = make(1);
make('text');
`,
  'right.ts': `export const sum = (list: number[]) => list.reduce((a, b) => a + b, 0);\n`,
  'prettier.js': `
    importScripts('node_modules/prettier/standalone.js', 'node_modules/prettier/plugins/babel.js',
      'node_modules/prettier/plugins/estree.js');
    onmessage = async ({ data }) => postMessage(await prettier.format(data,
      { parser: 'babel', plugins: prettierPlugins, singleQuote: true }));`,
  'prettier.mjs': `
    import * as prettier from 'prettier';
    onmessage = async ({ data }) => postMessage(await prettier.format(data, { parser: 'css' }));`,
  'png.mjs': `
    import { decode, encode } from '@jsquash/png';
    onmessage = async ({ data }) => {
      const image = await decode(data);
      const { width, height } = image;
      const again = await encode(image);
      postMessage({ width, height, pixels: image.data, again }, [again]);
    };`,
};

/** A 2 x 2 PNG: red, green, blue, and white that is half transparent. */
function makePNG() {
  const chunk = (/** @type {string} */ type, /** @type {Buffer} */ data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length);
    body.copy(out, 4);
    out.writeUInt32BE(zlib.crc32(body), body.length + 4);
    return out;
  };
  const header = Buffer.from([0, 0, 0, 2, 0, 0, 0, 2, 8, 6, 0, 0, 0]);
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk('IHDR', header),
    chunk('IDAT', zlib.deflateSync(Buffer.from([0, ...PIXELS.slice(0, 8), 0, ...PIXELS.slice(8)]))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const PIXELS = [255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255, 255, 255, 128];

/** @param {import('node:test').TestContext} t */
async function startWithPackages(t) {
  const lab = await startLab(t, FILES);
  const folder = await lab.main(({ app }) => app.getAppPath());
  fs.symlinkSync(NODE_MODULES, path.join(folder, 'node_modules'));
  const win = await lab.open();
  await win.page(() => {
    window.at = (name) => new URL(name, document.baseURI).href;
    window.addScript = (name) => new Promise((resolve, reject) => {
      const script = Object.assign(document.createElement('script'), { src: name });
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
  });
  return { lab, win, folder };
}

test('libraries in pages and their workers', async (t) => {
  const { lab, win, folder } = await startWithPackages(t);

  await t.test('comlink calls functions, classes and getters of a worker, and gets errors', async () => {
    const found = await win.page(async (file) => {
      const Comlink = await import(at('node_modules/comlink/dist/esm/comlink.mjs'));
      const worker = new Worker('comlink.js');
      const api = Comlink.wrap(worker);
      const buffer = new ArrayBuffer(100_000);
      const filled = new Uint8Array(await api.fill(Comlink.transfer(buffer, [buffer])));
      const error = await api.fail().catch((thrown) => thrown);
      const answers = [
        await api.add(1, 2),
        (await api.version).startsWith('v'),
        (await api.read(file)).slice(0, 9),
        [error instanceof Error, error.name, error.message],
        [buffer.byteLength, filled.length, filled.at(-1)],
      ];
      worker.terminate();
      return answers;
    }, path.join(folder, 'right.ts'));
    assert.deepEqual(found, [
      ...[3, true, 'export co', [true, 'TypeError', 'from the worker'], [0, 100_000, 7]],
    ]);
  });

  await t.test('comlink calls back and makes objects, through ports of its own', async () => {
    const found = await win.page(async () => {
      const Comlink = await import(at('node_modules/comlink/dist/esm/comlink.mjs'));
      const api = Comlink.wrap(new Worker('comlink.js'));
      const seen = [];
      const count = await api.each(['a', 'b'], Comlink.proxy((one) => seen.push(one)));
      const counter = await new api.Counter(40);
      await counter.increment();
      return [count, seen, await counter.increment(), await counter.count];
    });
    assert.deepEqual(found, [2, ['a', 'b'], 42, 42]);
  });

  await t.test('comlink is a package for a module worker too', async () => {
    const found = await win.page(async (file) => {
      const Comlink = await import(at('node_modules/comlink/dist/esm/comlink.mjs'));
      return Comlink.wrap(new Worker('comlink.mjs', { type: 'module' }))(file);
    }, path.join(folder, 'right.ts'));
    assert.equal(found, FILES['right.ts']);
  });

  await t.test('workerpool runs functions of the page, and a worker of its own', async () => {
    const found = await win.page(async () => {
      await addScript('node_modules/workerpool/dist/workerpool.js');
      const pool = workerpool.pool({ maxWorkers: 2 });
      const squares = await Promise.all([1, 2, 3, 4].map((n) => pool.exec((x) => x * x, [n])));
      const inNode = await pool.exec(() => typeof process.version);
      const { totalWorkers } = pool.stats();
      await pool.terminate();
      const own = workerpool.pool('pool-worker.js');
      const hash = await own.exec('hash', ['']);
      const error = await own.exec('fail').catch((thrown) => thrown);
      const proxy = await own.proxy();
      const again = await proxy.hash('');
      await own.terminate(true);
      return [squares, inNode, totalWorkers <= 2, hash === again, hash.slice(0, 8), error.message];
    });
    assert.deepEqual(found, [
      ...[[1, 4, 9, 16], 'string', true, true, 'e3b0c442', 'from the pool'],
    ]);
  });

  await t.test('pdf.js reads a PDF in its own worker', async () => {
    const bytes = makePDF(['Hello from page one', 'The second page', 'And the third (3)']);
    const found = await win.page(async (data) => {
      const pdfjs = await import(at('node_modules/pdfjs-dist/build/pdf.mjs'));
      pdfjs.GlobalWorkerOptions.workerSrc = at('node_modules/pdfjs-dist/build/pdf.worker.mjs');
      const workers = [];
      const Native = window.Worker;
      window.Worker = class extends Native {
        constructor(...given) {
          super(...given);
          workers.push(this);
        }
      };
      const loading = pdfjs.getDocument({ data: new Uint8Array(data) });
      const pdf = await loading.promise;
      const texts = [];
      for (let i = 1; i <= pdf.numPages; i++) {
        const { items } = await (await pdf.getPage(i)).getTextContent();
        texts.push(items.map(({ str }) => str).join(''));
      }
      const { info } = await pdf.getMetadata();
      await loading.destroy();
      window.Worker = Native;
      const isFake = 'pdfjsWorker' in globalThis; // what it falls back to where there are no workers
      return [pdf.numPages, texts, info.Title, workers.length, isFake];
    }, [...bytes]);
    assert.deepEqual(found, [
      ...[3, ['Hello from page one', 'The second page', 'And the third (3)'], 'A test', 1, false],
    ]);
  });

  await t.test('sql.js answers queries in its own worker', async () => {
    const found = await win.page(async () => {
      const worker = new Worker('node_modules/sql.js/dist/worker.sql-wasm.js');
      // Where there is a require() it wants Node's own kind of worker as well, in Electron too: it
      // says so with an error event, and then works.
      const { message } = await next(worker, 'error');
      let id = 0;
      const call = async (message) => {
        const answer = await ask(worker, { id: ++id, ...message });
        if (answer.error) throw new Error(answer.error);
        return answer;
      };
      await call({ action: 'open' });
      await call({ action: 'exec', sql: 'CREATE TABLE t (name, n); INSERT INTO t VALUES ("a", 1), ("é", 2)' });
      const { results } = await call({
        action: 'exec',
        sql: 'SELECT name, n * $f AS m FROM t ORDER BY n',
        params: { $f: 21 },
      });
      const { buffer } = await call({ action: 'export' });
      worker.terminate();
      return [results, new TextDecoder().decode(buffer.slice(0, 15)), message.includes('null')];
    });
    assert.deepEqual(found, [
      [{ columns: ['name', 'm'], values: [['a', 21], ['é', 42]] }],
      ...['SQLite format 3', true],
    ]);
  });

  await t.test('sql.js is a package that reads files', async () => {
    const file = path.join(folder, 'test.db');
    const found = await win.page(async (name) => {
      const worker = new Worker('sql.js');
      return [await ask(worker, name), await ask(worker, name)];
    }, file);
    assert.deepEqual(found, [1, 2]);
    assert.equal(fs.readFileSync(file, 'latin1').slice(0, 15), 'SQLite format 3');
  });

  await t.test('typescript type-checks files', async () => {
    const found = await win.page(async (files) => {
      const worker = new Worker('typescript.js');
      const all = [];
      for (const file of files) all.push(await ask(worker, file));
      return all;
    }, ['checked.ts', 'right.ts'].map((name) => path.join(folder, name)));
    assert.deepEqual(found, [
      [
        { code: 2322, line: 3, text: `Type 'Point' is not assignable to type 'string'.` },
        {
          ...{ code: 2345, line: 4 },
          text: `Argument of type 'string' is not assignable to parameter of type 'number'.`,
        },
      ],
      [],
    ]);
  });

  await t.test('prettier formats, as scripts for browsers and as a package', async () => {
    const found = await win.page(async () => [
      await ask(new Worker('prettier.js'), 'const  a = {b:"c"}'),
      await ask(new Worker('prettier.mjs', { type: 'module' }), 'a{color:red}'),
    ]);
    assert.deepEqual(found, [`const a = { b: 'c' };\n`, 'a {\n  color: red;\n}\n']);
  });

  await t.test('a codec in WebAssembly decodes and encodes a picture', async () => {
    const found = await win.page(async (bytes) => {
      const worker = new Worker('png.mjs', { type: 'module' });
      const first = await ask(worker, new Uint8Array(bytes).buffer);
      const second = await ask(worker, first.again);
      return [first, second].map(({ width, height, pixels }) => [width, height, ...pixels]);
    }, [...makePNG()]);
    assert.deepEqual(found, Array(2).fill([2, 2, ...PIXELS]));
  });

  await lab.close();
});
