// @ts-check
'use strict';

/*
 * What the main process does with the sockets that a window's web process offers for workers. A web process
 * may say anything; it is held against what main itself knows of the window. Its native part and its worker
 * hosts are stand-ins here, which note what reaches them.
 */

const { test, beforeEach } = require('node:test');
const assert = require('node:assert/strict');

/** @type {string[]} */
let log = [];
beforeEach(() => (log = []));

/** Puts a stand-in in the place of a module of lib/main. @param {string} name @param {object} exports */
function replace(name, exports) {
  const file = require.resolve(`../../lib/main/${name}`);
  require.cache[file] = /** @type {any} */ ({ id: file, filename: file, loaded: true, exports });
}

class FakeHosts {
  attach(/** @type {string} */ descriptor) {
    log.push(`taken ${descriptor}`);
  }
  start() {}
  close() {
    log.push('hosts are closed');
  }
}

replace('native', {
  closeDescriptor: (/** @type {string} */ descriptor) => log.push(`closed ${descriptor}`),
});
replace('worker-host', { WorkerHost: FakeHosts });
replace('own-hosts', { OwnHosts: FakeHosts });
replace('worker-lines', {
  WorkerLines: class {
    addPage() {}
    close() {}
  },
});
const { NodeAccess } = require('../../lib/main/node-access');

const HAVING = { hasNode: true, nodeInWorker: true, nodeInPage: false, nodeInPreload: false };
const NOT_HAVING = { hasNode: false, nodeInWorker: false, nodeInPage: false, nodeInPreload: false };

const makeAccess = (/** @type {object} */ has) =>
  new NodeAccess(
    /** @type {any} */ ({}),
    /** @type {any} */ ({
      nodeToken: 'node',
      webToken: 'web',
      nodeOrigins: ['https://a.example'],
      ...has,
    }),
  );

/** What becomes of one socket. */
function offer(/** @type {any} */ access, kind = 'attach-host', token = 'node') {
  log = [];
  access.received(kind, token, 'socket', 1);
  return log;
}

test('a document of the app’s gets its host, by the secret that its like are given', () => {
  const access = makeAccess(HAVING);
  for (const url of ['file:///app/page.html', 'http://127.0.0.1:81/', 'https://a.example/']) {
    access.committed(url);
    assert.deepEqual(offer(access), ['taken socket'], url);
    assert.deepEqual(offer(access, 'attach-own-host'), ['taken socket'], url);
  }
});

test('nobody else does', async (t) => {
  t.mock.method(process.stderr, 'write', () => true);
  const access = makeAccess(HAVING);
  assert.deepEqual(offer(access), ['closed socket'], 'before anything is shown');
  for (const url of [
    'https://b.example/',
    'https://a.example:444/',
    'http://a.example/',
    'http://127.0.0.1.example/',
    'http://localhost.example/',
    'http://127.0.0.2/',
    'about:blank',
    'about:srcdoc',
    'data:text/html,file:///',
    'blob:https://a.example/1',
    'javascript:0',
    'no address',
    '',
  ]) {
    access.committed(url);
    assert.deepEqual(offer(access), ['closed socket'], url);
    assert.deepEqual(offer(access, 'attach-own-host'), ['closed socket'], url);
  }
  access.committed('file:///app/page.html');
  for (const token of ['web', '', 'nod', 'Node', '0'.repeat(32)]) {
    assert.deepEqual(offer(access, 'attach-host', token), ['closed socket'], `token '${token}'`);
  }
  for (const kind of ['', 'attach', 'ATTACH-HOST', '__proto__', 'constructor']) {
    assert.deepEqual(offer(access, kind), ['closed socket'], `kind '${kind}'`);
  }
});

test('a window without Node gives none, whatever it is told', () => {
  const access = makeAccess(NOT_HAVING);
  access.committed('file:///app/page.html');
  for (const token of ['node', 'web']) {
    assert.deepEqual(offer(access, 'attach-host', token), ['closed socket']);
    assert.deepEqual(offer(access, 'attach-own-host', token), ['closed socket']);
  }
});

test('the hosts of a document end when the window shows what may not have Node', (t) => {
  const write = t.mock.method(process.stderr, 'write', () => true);
  const access = makeAccess(HAVING);
  access.committed('file:///app/page.html');
  access.committed('https://b.example/');
  assert.deepEqual(log, ['hosts are closed', 'hosts are closed']);
  assert.match(String(write.mock.calls[0].arguments[0]), /https:\/\/b\.example\/ has no Node/);
});
