'use strict';

/*
 * Node's own modules in a page with nodeIntegration: calls, callbacks, classes, streams and promises cross to
 * the page's Node thread and back (lib/common/membrane.js). What the modules do is node-in-page*.test.js.
 */

const assert = require('node:assert/strict');
const fs = require('node:fs');
const { test } = require('node:test');
const { startLab } = require('../support/lab');

const WITH_NODE = { nodeIntegration: true, contextIsolation: false };
const FILE = __filename;

test('the membrane', async (t) => {
  const lab = await startLab(t);
  const win = await lab.open(WITH_NODE, 'page.html', { show: true });

  await t.test('values and buffers', async () => {
    const told = await win.page((file) => {
      const fs = require('fs');
      const bytes = fs.readFileSync(file);
      const text = fs.readFileSync(file, 'utf8');
      const entry = fs
        .readdirSync('/proc/self', { withFileTypes: true })
        .find((e) => e.name === 'fd');
      return [
        Buffer.isBuffer(bytes) && bytes instanceof Uint8Array && bytes.toString() === text,
        fs.statSync(file).isFile() && fs.statSync(file) instanceof fs.Stats,
        fs.statSync(file).mtime instanceof Date,
        fs.statSync(file, { bigint: true }).size === BigInt(bytes.length),
        entry.isDirectory() && entry instanceof fs.Dirent,
        require('crypto').createHash('sha256').update(bytes).digest() instanceof Buffer,
        fs.constants === fs.constants && fs.promises === require('fs/promises'),
      ];
    }, FILE);
    assert.deepEqual(told, Array(7).fill(true));
  });

  await t.test('errors have their class, code and text', async () => {
    const told = await win.page(() => {
      const fs = require('fs');
      const caught = (fn) => {
        try {
          fn();
        } catch (error) {
          return [error instanceof Error, error.constructor.name, error.code, error.message];
        }
      };
      return [caught(() => fs.readFileSync('/no/file')), caught(() => fs.readFileSync({}))];
    });
    const own = (fn) => {
      try {
        fn();
      } catch (error) {
        return [
          true,
          error instanceof TypeError ? 'TypeError' : 'Error',
          error.code,
          error.message,
        ];
      }
    };
    assert.deepEqual(told, [
      own(() => fs.readFileSync('/no/file')),
      own(() => fs.readFileSync(/** @type {any} */ ({}))),
    ]);
  });

  await t.test('callbacks, promises and promisify', async () => {
    const told = await win.page(async (file) => {
      const fs = require('fs');
      const { promisify } = require('util');
      const called = await new Promise((resolve) =>
        fs.readFile(file, (...given) => resolve(given)),
      );
      const promised = fs.promises.readFile(file, 'utf8');
      const why = await fs.promises.readFile('/no/file').catch((error) => error.code);
      const { stdout } = await promisify(require('child_process').exec)('echo out');
      return [
        called[0] === null && called[1].length,
        promised instanceof Promise && (await promised).length,
        why,
        (await promisify(fs.readFile)(file)).length,
        stdout,
        await promisify(fs.exists)(file),
      ];
    }, FILE);
    const { size } = fs.statSync(FILE);
    assert.deepEqual(told, [size, size, 'ENOENT', size, 'out\n', true]);
  });

  await t.test('functions write into buffers that they are given', async () => {
    const told = await win.page(async (file) => {
      const fs = require('fs');
      const fd = fs.openSync(file);
      const buffer = Buffer.alloc(64);
      const part = buffer.subarray(8, 24);
      const read = fs.readSync(fd, part, 0, 12, 0);
      const late = await new Promise((resolve) =>
        fs.read(fd, Buffer.alloc(4), 0, 4, 1, (error, n, same) => resolve([n, same.toString()])),
      );
      fs.closeSync(fd);
      const handle = await fs.promises.open(file);
      const own = Buffer.alloc(5);
      const result = await handle.read(own, 0, 5, 0);
      await handle.close();
      const random = require('crypto').randomFillSync(new Uint32Array(8));
      return [
        read,
        buffer.toString('latin1', 8, 20),
        buffer[7] + buffer[20],
        late,
        [result.bytesRead, result.buffer === own, own.toString()],
        random instanceof Uint32Array && random.some((n) => n !== 0),
      ];
    }, FILE);
    const text = fs.readFileSync(FILE, 'latin1');
    const [s12, s4, s5] = [text.slice(0, 12), text.slice(1, 5), text.slice(0, 5)];
    assert.deepEqual(told, [12, s12, 0, [4, s4], [5, true, s5], true]);
  });

  await t.test('a buffer that is transferred or shortened while Node writes into it', async () => {
    const told = await win.page(async (file) => {
      const fs = require('fs');
      const handle = await fs.promises.open(file);
      const read = async (view, change) => {
        const reading = handle.read(view, 0, 5, 0);
        change(view.buffer);
        const { bytesRead, buffer } = await reading;
        return [bytesRead, buffer === view];
      };
      const transfer = (buffer) => structuredClone(buffer, { transfer: [buffer] });
      const shorten = (buffer) => buffer.resize(2);
      const makeShort = () => new ArrayBuffer(5, { maxByteLength: 5 });
      const tracking = new Uint8Array(makeShort());
      const results = [
        await read(new Uint8Array(5), transfer),
        await read(new DataView(new ArrayBuffer(5)), transfer),
        await read(new Uint8Array(makeShort(), 0, 5), shorten),
        await read(new DataView(makeShort(), 0, 5), shorten),
        await read(tracking, shorten),
      ];
      await handle.close();
      return [results, String.fromCharCode(...tracking), fs.existsSync(file)];
    }, FILE);
    const start = fs.readFileSync(FILE, 'latin1').slice(0, 2);
    assert.deepEqual(told, [Array(5).fill([5, true]), start, true]);
  });

  await t.test('listeners: this, order, once, removal', async () => {
    const told = await win.page(async () => {
      const net = require('net');
      const server = net.createServer();
      const seen = [];
      function listener() {
        seen.push(this === server);
      }
      server.on('listening', listener).once('listening', () => seen.push('once'));
      const isListed = server.listeners('listening')[0] === listener;
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
      server.removeListener('listening', listener);
      const left = server.listenerCount('listening');
      await new Promise((resolve) => server.close(resolve));
      return [seen, isListed, left, server instanceof net.Server];
    });
    assert.deepEqual(told, [[true, 'once'], true, 0, true]);
  });

  await t.test('a class of the page extends one of Node', async () => {
    const told = await win.page(async () => {
      const net = require('net');
      class Loud extends net.Socket {
        #bytes = 0;
        names = [];
        constructor(options) {
          super(options);
          this.on('end', () => this.names.push('end'));
        }
        write(chunk, ...rest) {
          this.#bytes += chunk.length;
          return super.write(chunk.toUpperCase(), ...rest);
        }
        emit(name, ...given) {
          if (name === 'ready') this.names.push(name);
          return super.emit(name, ...given);
        }
        get bytes() {
          return this.#bytes;
        }
      }
      const server = net.createServer((socket) => socket.pipe(socket));
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
      const socket = new Loud();
      socket.connect(server.address().port, '127.0.0.1');
      socket.setEncoding('utf8');
      const answer = await new Promise((resolve) => {
        let text = '';
        socket.on('data', (chunk) => (text += chunk)).on('close', () => resolve(text));
        socket.write('hello ');
        socket.write('you');
        socket.end();
      });
      await new Promise((resolve) => server.close(resolve));
      const isBoth = socket instanceof Loud && socket instanceof net.Socket;
      return [answer, socket.bytes, socket.names, isBoth, socket.destroyed];
    });
    assert.deepEqual(told, ['HELLO YOU', 9, ['ready', 'end'], true, true]);
  });

  await t.test('streams of both: for await, pipe, pipeline, abort', async () => {
    const told = await win.page(async (file) => {
      const fs = require('fs');
      const zlib = require('zlib');
      const { pipeline, Transform, Writable } = require('stream');
      let length = 0;
      for await (const chunk of fs.createReadStream(file, { highWaterMark: 1000 }))
        length += chunk.length;
      const parts = [];
      const upper = new Transform({
        transform(chunk, encoding, done) {
          done(null, chunk.toString().toUpperCase());
        },
      });
      const sink = new Writable({
        write(chunk, encoding, done) {
          parts.push(chunk);
          done();
        },
      });
      const error = await new Promise((resolve) => {
        const source = fs.createReadStream(file);
        pipeline(source, upper, zlib.createGzip(), zlib.createGunzip(), sink, resolve);
      });
      const controller = new AbortController();
      const { signal } = controller;
      const aborted = await new Promise((resolve) => {
        const { execFile } = require('child_process');
        const child = execFile('sleep', ['60'], { signal }, ({ name, code }) =>
          resolve([name, code]),
        );
        child.once('spawn', () => controller.abort());
      });
      return [length, error ?? null, Buffer.concat(parts).toString(), aborted];
    }, FILE);
    const text = fs.readFileSync(FILE, 'utf8');
    const expected = [
      Buffer.byteLength(text),
      null,
      text.toUpperCase(),
      ['AbortError', 'ABORT_ERR'],
    ];
    assert.deepEqual(told, expected);
  });

  await t.test('what begins in Node waits until the page is back in its loop', async () => {
    const told = await win.page(async () => {
      const fs = require('fs');
      const seen = [];
      await new Promise((resolve) => setTimeout(resolve)); // a task like any other
      const callback = (done) => {
        seen.push('callback');
        Promise.resolve().then(() => seen.push('its microtask'));
        setTimeout(done);
      };
      const done = Promise.all(
        [1, 2].map(() => new Promise((r) => fs.stat('/', () => callback(r)))),
      );
      // Time enough for the callbacks, and calls that they could come within.
      const end = performance.now() + 50;
      while (performance.now() < end) fs.existsSync('/');
      seen.push('script');
      queueMicrotask(() => seen.push('microtask'));
      await done;
      return seen;
    });
    const callback = ['callback', 'its microtask'];
    assert.deepEqual(told, ['script', 'microtask', ...callback, ...callback]);
  });

  await t.test(
    'an error that a callback throws is an error of the page, and Node goes on',
    async () => {
      const told = await win.page(async () => {
        const fs = require('fs');
        const message = await new Promise((resolve) => {
          addEventListener('error', (event) => {
            event.preventDefault();
            resolve([event.error.message, event.isTrusted].join());
          });
          fs.stat('/', () => {
            throw new Error('from a callback');
          });
        });
        return [message, fs.existsSync('/')];
      });
      assert.deepEqual(told, ['from a callback,true', true]);
    },
  );

  await t.test('script that changes what the language has does not break it', async () => {
    const both = { ...WITH_NODE, nodeIntegrationInWorker: true };
    const other = await lab.open(both);
    const told = await other.page(async (file) => {
      const kept = { Promise, Proxy, WeakRef, Map };
      const broken = () => {
        throw new Error('changed');
      };
      const { readFile, statSync, promises } = require('fs');
      MessageChannel = EventTarget.prototype.dispatchEvent = Map.prototype.get = broken;
      for (const name of Object.keys(kept)) window[name] = broken;
      Array.prototype[Symbol.iterator] = Array.prototype.push = Reflect.apply = broken;
      EventTarget.prototype.addEventListener = broken;
      const sizes = [
        statSync(file).size,
        await new kept.Promise((resolve) =>
          readFile(file, (error, bytes) => resolve(bytes.length)),
        ),
        (await promises.stat(file)).size,
      ];
      return sizes.join();
    }, FILE);
    const { size } = fs.statSync(FILE);
    assert.equal(told, [size, size, size].join());
    await other.main(({ BrowserWindow }, id) => BrowserWindow.fromId(id).destroy());
  });

  await t.test('50,000 calls leave nothing in Node', async () => {
    const grown = await win.page(async () => {
      const fs = require('fs');
      require('v8').setFlagsFromString('--expose-gc');
      const gc = require('vm').runInNewContext('gc');
      const { createHash } = require('crypto');
      const round = async (count) => {
        for (let i = 0; i < count; i++) {
          fs.existsSync('/');
          createHash('md5');
          try {
            fs.readFileSync('/no/file');
          } catch {}
          if (i % 10 === 0) await new Promise((resolve) => fs.stat('/', resolve));
        }
      };
      const heap = async () => {
        // The page collects when it likes; what it makes meanwhile makes it like to.
        for (let i = 0; i < 40; i++) {
          new Array(100_000).fill(i).map(String);
          await new Promise((resolve) => setTimeout(resolve));
        }
        gc();
        gc();
        return process.memoryUsage().heapUsed;
      };
      await round(3000);
      const before = await heap();
      for (let i = 0; i < 5; i++) await round(3000);
      return (await heap()) - before;
    });
    assert.ok(grown < 6e6, `${grown} bytes more`);
  });

  await t.test(
    'a document that goes takes its Node with it, and the next has its own',
    async () => {
      const other = await lab.open(WITH_NODE);
      const threads = () => other.page(() => require('worker_threads').threadId);
      const first = await threads();
      await other.page(() => void setInterval(() => require('fs').existsSync('/'), 1));
      await other.load('page.html');
      const second = await threads();
      assert.notEqual(first, second);
      await other.main(({ BrowserWindow }, id) => BrowserWindow.fromId(id).destroy());
    },
  );

  await t.test('the end of the Node process is an error, not a hang', async () => {
    const other = await lab.open(WITH_NODE);
    const told = await other.page(() => {
      try {
        require('child_process').execSync('kill -9 $PPID');
      } catch (error) {
        return error.message;
      }
    });
    assert.match(told, /^Node in this page has ended/);
    await other.main(({ BrowserWindow }, id) => BrowserWindow.fromId(id).destroy());
  });
  await lab.close({ hostsGone: 1 });
});
