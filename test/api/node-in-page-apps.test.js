'use strict';

/* Small apps with Node in the page or in the preload script, as an Electron user would write them. */

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { runApp } = require('../support/app');

const MAIN = (preferences) => `
  const { app, BrowserWindow, ipcMain } = require('electron');
  const path = require('node:path');
  ipcMain.on('result', (event, value) => { report(value); app.quit(); });
  app.whenReady().then(() => {
    const win = new BrowserWindow({ webPreferences: ${preferences} });
    win.loadFile('index.html');
  });`;

const NODE_IN_PAGE = '{ nodeIntegration: true, contextIsolation: false }';

/** @returns {Promise<any>} what the page sent */
async function run(t, files) {
  const { code, stderr, results } = await runApp(t, files);
  assert.deepEqual([code, stderr, results.length], [0, '', 1]);
  return results[0];
}

test('a page serves a file through zlib, and fetches it', async (t) => {
  const result = await run(t, {
    'main.js': MAIN(NODE_IN_PAGE),
    'index.html': '<!doctype html><title>Server</title><script src="renderer.js"></script>',
    'book.txt': 'All happy families are alike. '.repeat(20_000),
    'renderer.js': `
      const { ipcRenderer } = require('electron');
      const fs = require('fs');
      const http = require('http');
      const path = require('path');
      const { pipeline } = require('stream');
      const zlib = require('zlib');

      const server = http.createServer((request, response) => {
        response.writeHead(200, {
          'Content-Type': 'text/plain',
          'Content-Encoding': 'gzip',
          'Access-Control-Allow-Origin': '*',
        });
        const book = fs.createReadStream(path.join(__dirname, 'book.txt'));
        pipeline(book, zlib.createGzip(), response, (error) => {
          if (error) console.error(error);
        });
      });

      server.listen(0, '127.0.0.1', async () => {
        const { port } = server.address();
        const response = await fetch(\`http://127.0.0.1:\${port}/\`);
        const text = await response.text();
        const stats = await fs.promises.stat(path.join(__dirname, 'book.txt'));
        ipcRenderer.send('result', [text.length, stats.size, text.slice(0, 29)]);
        server.close();
      });`,
  });
  assert.deepEqual(result, [600_000, 600_000, 'All happy families are alike.']);
});

test('a page uses packages, classes of its own and native modules of Node', async (t) => {
  const result = await run(t, {
    'main.js': MAIN(NODE_IN_PAGE),
    'index.html': `<!doctype html><script>
      const { ipcRenderer } = require('electron');
      const Store = require('./store');
      const store = new Store(require('os').tmpdir() + '/store-' + process.pid + '.json');
      store.on('saved', (size) => ipcRenderer.send('result', [size, store.load(), store.hash()]));
      store.save({ name: 'weft', when: new Date(0) });
    </script>`,
    'store.js': `
      const crypto = require('node:crypto');
      const { EventEmitter } = require('node:events');
      const fs = require('node:fs');

      module.exports = class Store extends EventEmitter {
        #file;
        constructor(file) {
          super();
          this.#file = file;
        }
        save(value) {
          fs.writeFile(this.#file, JSON.stringify(value), (error) => {
            if (error) this.emit('error', error);
            else this.emit('saved', fs.statSync(this.#file).size);
          });
        }
        load() {
          return JSON.parse(fs.readFileSync(this.#file, 'utf8'));
        }
        hash() {
          const hash = crypto.createHash('sha256').update(fs.readFileSync(this.#file)).digest('hex');
          fs.unlinkSync(this.#file);
          return hash.length;
        }
      };`,
  });
  assert.deepEqual(result, [49, { name: 'weft', when: '1970-01-01T00:00:00.000Z' }, 64]);
});

test('a preload script without sandbox gives the page what it reads', async (t) => {
  const result = await run(t, {
    'main.js': MAIN(`{ sandbox: false, preload: path.join(__dirname, 'preload.js') }`),
    'preload.js': `
      const { contextBridge, ipcRenderer } = require('electron');
      const fs = require('fs');
      const own = require('./own');
      contextBridge.exposeInMainWorld('files', {
        read: (name) => fs.promises.readFile(own.find(name), 'utf8'),
        done: (value) => ipcRenderer.send('result', value),
      });`,
    'own.js': `const path = require('path'); exports.find = (name) => path.join(__dirname, name);`,
    'hello.txt': 'hello',
    'index.html': `<!doctype html><script>
      files.read('hello.txt').then((text) => files.done([text, typeof require, typeof process]));
    </script>`,
  });
  assert.deepEqual(result, ['hello', 'undefined', 'undefined']);
});

test("a sandboxed preload script has Electron's short list of modules", async (t) => {
  const result = await run(t, {
    'main.js': MAIN(`{ preload: path.join(__dirname, 'preload.js') }`),
    'preload.js': `
      const { ipcRenderer } = require('electron/renderer');
      const attempt = (name) => {
        try {
          return typeof require(name);
        } catch (error) {
          return error.message;
        }
      };
      class Mine extends require('node:events') {}
      const heard = [];
      new Mine().on('x', (value) => heard.push(value)).emit('x', 1);
      setImmediate(() => ipcRenderer.send('result', {
        heard,
        url: require('url').parse('http://a.example/b?c').pathname,
        modules: ['electron', 'events', 'node:timers', 'node:url', 'fs', './own'].map(attempt),
        globals: [typeof Buffer, typeof process, typeof clearImmediate, typeof module],
        text: Buffer.from('aGk=', 'base64').toString(),
        process: [process.type, process.sandboxed, process.contextIsolated, process.versions.electron],
        env: process.env.HOME !== undefined,
      }));`,
    'own.js': '',
    'index.html': '<!doctype html>',
  });
  const { version } = require('electron/package.json');
  assert.deepEqual(result, {
    heard: [1],
    url: '/b',
    modules: [
      ...['object', 'function', 'object', 'object'],
      ...['module not found: fs', 'module not found: ./own'],
    ],
    globals: ['function', 'object', 'function', 'object'],
    text: 'hi',
    process: ['renderer', true, true, version],
    env: true,
  });
});
