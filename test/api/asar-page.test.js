'use strict';

/*
 * Pages out of archives: WebKit reads their file: addresses through Weft's GIO module (src/vfs).
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { packArchive } = require('../support/asar');
const { startLab } = require('../support/lab');

/** One pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** A WebAssembly module that exports add(a, b). */
const ADD = Buffer.from(
  '0061736d0100000001070160027f7f017f030201000707010361646400000a09010700200020016a0b',
  'hex',
);

const PAGE = `<!doctype html><meta charset="utf-8"><title>In an archive</title>
  <link rel="stylesheet" href="style.css"><script src="page-tools.js"></script>
  <script src="ünï cøde.js"></script><script type="module" src="module.js"></script>
  <img src="../linked/pixel.png">`;

const TOOLS = fs.readFileSync(path.join(__dirname, '../support/lab/page-tools.js'), 'utf8');

/** Files without a byte, and what they are as documents: Chromium goes by the name, too. */
const EMPTY = [
  ['empty.html', 'text/html'],
  ['empty.json', 'application/json'],
  ['empty.js', 'application/javascript'],
  ['empty.css', 'text/css'],
  ['empty.svg', 'text/plain'], // not an SVG: WebKit dispatches no load event of XML without an element
  ['empty.xyz', 'text/plain'],
  ['empty', 'text/plain'],
];

const CONTENT = {
  page: {
    'index.html': PAGE,
    'page-tools.js': TOOLS,
    'style.css': 'body { margin-left: 77px; }',
    'ünï cøde.js': 'window.fromScript = document.currentScript.src;',
    'module.js': `import { text } from './dependency.js'; window.fromModule = text;`,
    'dependency.js': `export const text = import.meta.url;`,
    'data.json': '{"number": 42}',
    'add.wasm': ADD,
    'picture.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="31" height="17"/>',
    'worker.js': `postMessage([typeof require, location.href, __filename,
      require('node:fs').readFileSync(__dirname + '/data.json', 'utf8')]);`,
    'shared.js': `onconnect = ({ ports }) => ports[0].postMessage([typeof process, location.href]);`,
    'beside.txt': { bytes: 'beside', unpacked: true },
    'required.js': `exports.of = [__filename, require('fs').readFileSync(__dirname + '/data.json', 'utf8')];`,
    'damaged.txt': 'the block is as the header says',
    'damaged.html': 'the block is as the header says',
    damaged: 'the block is as the header says',
    'late.html': `<title>Late</title>${' '.repeat(2 ** 22)}the block is as the header says`,
    ...Object.fromEntries(EMPTY.map(([name]) => [name, ''])),
  },
  images: { 'pixel.png': PNG },
  linked: { link: 'images' },
};

/** Changes a byte of the files in an archive that say of themselves that they are as they should be. */
function damage(/** @type {string} */ archive) {
  const text = fs.readFileSync(archive, 'latin1');
  const changed = text.replaceAll('the block is as', '!he block is as');
  fs.writeFileSync(archive, changed, 'latin1');
}

/** @param {import('../support/lab').Lab} lab */
function writeArchive(lab) {
  const archive = path.join(lab.app.home, 'app.asar');
  packArchive(archive, CONTENT);
  damage(archive);
  return archive;
}

/** Loads an address in a new window; returns the window. */
async function openAddress(
  /** @type {any} */ lab,
  /** @type {string} */ file,
  /** @type {object | undefined} */ preferences = undefined,
) {
  const window = await lab.open(preferences, null);
  await window.main(
    (/** @type {any} */ { BrowserWindow }, /** @type {number} */ id, /** @type {string} */ name) =>
      BrowserWindow.fromId(id).loadFile(name),
    file,
  );
  return window;
}

test('pages out of archives', async (t) => {
  const lab = await startLab(t);
  const archive = writeArchive(lab);
  const base = `file://${archive}/page`;
  const window = await openAddress(lab, `${archive}/page/index.html`);

  await t.test('have the address of the file in the archive', async () => {
    assert.deepEqual(await window.page(() => [location.href, document.title]), [
      `${base}/index.html`,
      'In an archive',
    ]);
  });

  await t.test('have their scripts, modules, styles and images out of it', async () => {
    const found = await window.page(() => {
      const { fromScript, fromModule, document: page } = /** @type {any} */ (globalThis);
      const { marginLeft } = getComputedStyle(page.body);
      return { fromScript, fromModule, marginLeft, width: page.images[0].naturalWidth };
    });
    assert.deepEqual(found, {
      fromScript: encodeURI(`${base}/ünï cøde.js`),
      fromModule: `${base}/dependency.js`,
      marginLeft: '77px',
      width: 1,
    });
  });

  await t.test('fetch from it, and what lies beside it', async () => {
    const found = await window.page(async () => {
      const json = await fetch('data.json').then((response) => response.json());
      const text = await fetch('beside.txt').then((response) => response.text());
      const script = await import(`${new URL('dependency.js', location.href)}`);
      return [json, text, script.text];
    });
    assert.deepEqual(found, [{ number: 42 }, 'beside', `${base}/dependency.js`]);
  });

  await t.test('fetch with the status and the types that Chromium gives files', async () => {
    const found = await window.page(async () => {
      const response = await fetch('data.json?query');
      const { status, statusText, ok } = response;
      const copy = new Response(await response.clone().text(), response);
      const picture = new Image();
      picture.src = URL.createObjectURL(await (await fetch('picture.svg')).blob());
      await picture.decode();
      const { instance } = await WebAssembly.instantiateStreaming(fetch('add.wasm'));
      const { add } = /** @type {any} */ (instance.exports);
      const wrong = await WebAssembly.compileStreaming(fetch('data.json')).catch((e) => e.name);
      const { headers } = response;
      const kept = headers === response.headers;
      return [
        [status, statusText, ok, [...headers], kept],
        copy.ok,
        picture.width,
        add(2, 3),
        wrong,
      ];
    });
    const type = ['content-type', 'application/json'];
    assert.deepEqual(found, [[200, 'OK', true, [type], true], true, 31, 5, 'TypeError']);
  });

  await t.test('ask by XMLHttpRequest, with the same', async () => {
    const found = await window.page(async () => {
      const ask = (/** @type {string} */ name, isAborted = false) =>
        new Promise((resolve) => {
          const request = new XMLHttpRequest();
          request.open('GET', name);
          request.onreadystatechange = () => {
            const { readyState, HEADERS_RECEIVED } = request;
            if (isAborted && readyState === HEADERS_RECEIVED) request.abort();
          };
          request.onloadend = () => {
            const { status, statusText } = request;
            const type = request.getResponseHeader('Content-Type');
            resolve([status, statusText, type, request.getAllResponseHeaders()]);
          };
          request.send();
        });
      return [await ask('data.json'), await ask('gone.json'), await ask('data.json', true)];
    });
    assert.deepEqual(found, [
      [200, 'OK', 'application/json', 'content-type: application/json\r\n'],
      [0, '', null, ''],
      [0, '', null, ''],
    ]);
  });

  await t.test('are told of what is not there, and of a block that has been changed', async () => {
    const errors = await window.page(async () => {
      const failure = (/** @type {string} */ name) =>
        fetch(name)
          .then((response) => response.text())
          .catch((error) => error.name);
      return [await failure('gone.txt'), await failure('damaged.txt'), await failure('..')];
    });
    assert.deepEqual(errors, ['TypeError', 'TypeError', 'TypeError']);
  });

  await t.test('start workers out of it, with Node', async () => {
    const said = await window.page(async () => {
      const { next } = /** @type {any} */ (globalThis);
      return (await next(new Worker('worker.js'))).data;
    });
    assert.deepEqual(said, [
      'function',
      `${base}/worker.js`,
      `${archive}/page/worker.js`,
      '{"number": 42}',
    ]);
  });

  await t.test('have Node, where they may, which reads and requires what is in it', async () => {
    const preferences = { nodeIntegration: true, contextIsolation: false };
    const node = await openAddress(lab, `${archive}/page/index.html`, preferences);
    const found = await node.page(() => {
      const { of } = require('./required');
      const beside = require('fs').statSync(`${__dirname}/beside.txt`).size;
      return [__filename, module.paths[0], require.resolve('./data'), of, beside];
    });
    assert.deepEqual(found, [
      `${archive}/page/index.html`,
      `${archive}/page/node_modules`,
      `${archive}/page/data.json`,
      [`${archive}/page/required.js`, '{"number": 42}'],
      6,
    ]);
  });

  await t.test('start shared workers out of it, without Node', async () => {
    const said = await window.page(() => {
      const { port } = new SharedWorker('shared.js');
      return new Promise((resolve) => {
        port.onmessage = ({ data }) => resolve(data);
      });
    });
    assert.deepEqual(said, ['undefined', `${base}/shared.js`]);
  });

  await t.test('that are not there fail as files do', async () => {
    for (const name of ['/page/gone.html', '/gone/x.html', '/page/index.html/x', '/page', '']) {
      await assert.rejects(openAddress(lab, archive + name), /ERR_FILE_NOT_FOUND/);
    }
  });

  await t.test('that are empty are shown, alone and in a frame, as those of folders', async () => {
    const folder = path.join(lab.app.home, 'plain');
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, 'index.html'), '<!doctype html>');
    for (const [name] of EMPTY) fs.writeFileSync(path.join(folder, name), '');
    for (const home of [`${archive}/page`, folder]) {
      const shown = await openAddress(lab, `${home}/index.html`);
      const framed = await shown.page(
        () =>
          new Promise((resolve) => {
            const frame = document.body.appendChild(document.createElement('iframe'));
            frame.onload = () => resolve(frame.contentDocument?.URL);
            frame.src = 'empty.html';
          }),
      );
      assert.equal(framed, `file://${home}/empty.html`);
      const names = () => import(`${new URL('empty.js', location.href)}`).then(Object.keys);
      assert.deepEqual(await shown.page(names), []);
      for (const [name, type] of EMPTY) {
        const empty = await openAddress(lab, `${home}/${name}`);
        assert.equal(await empty.page(() => document.contentType), type, name);
      }
    }
  });

  await t.test('that have been changed fail, and their contents tell of it', async () => {
    for (const name of ['damaged.html', 'damaged', 'late.html']) {
      const shown = await lab.open(undefined, null);
      const told = await shown.main(
        async (
          /** @type {any} */ { contents },
          /** @type {number} */ id,
          /** @type {string} */ url,
        ) => {
          const events = /** @type {any[]} */ ([]);
          contents(id).on('did-fail-load', (/** @type {any} */ _, /** @type {any[]} */ ...what) =>
            events.push(what.slice(0, 4)),
          );
          const error = await contents(id)
            .loadURL(url)
            .catch((/** @type {any} */ e) => e.code);
          return [error, events];
        },
        `${base}/${name}`,
      );
      assert.deepEqual(told, ['ERR_FAILED', [[-2, 'ERR_FAILED', `${base}/${name}`, true]]]);
    }
  });

  await t.test('of a file that is no archive fail', async () => {
    const text = path.join(lab.app.home, 'text.asar');
    fs.writeFileSync(text, 'no archive');
    await assert.rejects(openAddress(lab, `${text}/index.html`), /ERR_/);
  });

  await t.test('of a folder that is called as an archive is are plain files', async () => {
    const folder = path.join(lab.app.home, 'folder.asar');
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, 'index.html'), '<title>Plain</title>');
    const plain = await openAddress(lab, path.join(folder, 'index.html'));
    assert.equal(await plain.page(() => document.title), 'Plain');
  });

  await lab.close();
});

test('weft --no-asar-integrity lets pages read blocks that have been changed', async (t) => {
  const lab = await startLab(t, {}, { options: ['--no-asar-integrity'] });
  const archive = writeArchive(lab);
  const window = await openAddress(lab, `${archive}/page/index.html`);
  assert.equal(
    await window.page(() => fetch('damaged.txt').then((response) => response.text())),
    '!he block is as the header says',
  );
  await lab.close();
});
