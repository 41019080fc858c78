'use strict';

/*
 * The clone codec by itself: microseconds to write and to read one message, in both engines.
 *
 *   node bench/codec.js [name...]       only payloads whose name contains one of these
 *
 * Beside it in Node: v8.serialize and v8.deserialize, JSON, structuredClone (both ways at once). The
 * rows of JavaScriptCore come from the jsc shell, which has no TextDecoder: long strings are read by a
 * slow stand-in there (marked *), so measure those in a page.
 */

const isNode = typeof process === 'object';

/** Each figure is the best of so many runs. */
const RUNS = 5;
const RUN_MS = 40;

function payloads() {
  const text = 'The quick brown fox jumps over the lazy dog. ';
  const range = (length, make) => Array.from({ length }, (_, i) => make(i));
  const tree = (depth) => depth === 0 ? { leaf: true } : { depth, left: tree(depth - 1), right: tree(depth - 1) };
  return {
    'number': 42,
    'short string': 'hello world',
    '{id, method, args}': { id: 17, method: 'readFile', args: ['/etc/hostname', 'utf8', { flag: 'r' }] },
    '{x, y, t} doubles': { x: 1.5, y: 2.25, t: 1234567.875 },
    'string 1 KB': text.repeat(23),
    'string 1 KB UTF-16 *': '\u65e5\u672c\u8a9e'.repeat(170),
    'string 100 KB': text.repeat(2276),
    'string 100 KB latin1': 'caf\u00e9 '.repeat(20480),
    'string 100 K UTF-16 *': '\u65e5\u672c\u8a9e'.repeat(34133),
    '1,000 small objects': range(1000, (i) => ({ id: i, name: `name ${i}`, ok: true, v: i / 3 })),
    'tree of 1,023 nodes': tree(9),
    'array of 10,000 ints': range(10000, (i) => i * 7),
    'array of 10,000 doubles': range(10000, (i) => i / 7),
    'Map of 1,000': new Map(range(1000, (i) => [`key ${i}`, i])),
    'Set of 1,000': new Set(range(1000, (i) => i)),
    'Float64Array 32 KB': new Float64Array(4096),
    'Float64Array 1 MB': new Float64Array(131072),
    'class instance': new (class Point { constructor() { this.x = 1; this.y = 2; } })(),
    'Error': new Error('it failed'),
  };
}

/** Microseconds for one call, the best of RUNS. */
function measure(now, fn) {
  let count = 1;
  for (;;) {
    const start = now();
    for (let i = 0; i < count; i++) fn();
    if (now() - start > RUN_MS / 4) break;
    count *= 2;
  }
  let best = Infinity;
  for (let run = 0; run < RUNS; run++) {
    const start = now();
    for (let i = 0; i < count; i++) fn();
    best = Math.min(best, (now() - start) / count * 1000);
  }
  return best;
}

function run(createCodec, now, peers, names, write) {
  const codec = createCodec({ outOfBandMin: Infinity });
  const all = payloads();
  const columns = ['encode', 'decode', ...Object.keys(peers)];
  write(`${'us'.padEnd(26)}${columns.map((name) => name.padStart(15)).join('')}`);
  for (const name of Object.keys(all)) {
    if (names.length !== 0 && !names.some((part) => name.includes(part))) continue;
    const value = all[name];
    const size = codec.encode(value);
    const bytes = new Uint8Array(codec.scratch.slice(0, size));
    const figures = [measure(now, () => codec.encode(value)), measure(now, () => codec.decode(bytes, 0, size))];
    for (const peer of Object.values(peers)) figures.push(peer === null ? NaN : measure(now, peer(value)));
    write(name.padEnd(26) + figures.map((figure) => figure.toFixed(figure < 10 ? 3 : 1).padStart(15)).join(''));
  }
}

function main() {
  const v8 = require('node:v8');
  const { hasJsc, runJsc } = require('../test/support/jsc');
  const { createCodec } = require('../lib/common/structured-clone');
  const names = process.argv.slice(2);
  const peers = {
    'v8.serialize': (value) => () => v8.serialize(value),
    'v8.deserialize': (value) => { const bytes = v8.serialize(value); return () => v8.deserialize(bytes); },
    'JSON both': (value) => () => JSON.parse(JSON.stringify(value) ?? 'null'),
    'structuredClone': (value) => () => structuredClone(value),
  };
  console.log(`Node.js ${process.versions.node}`);
  run(createCodec, () => performance.now(), peers, names, console.log);
  console.log('\nJavaScriptCore');
  if (hasJsc()) process.stdout.write(runJsc('bench/codec.js', names));
  else console.log('jsc is not installed (libjavascriptcoregtk-4.0-bin)');
}

if (isNode) {
  main();
} else {
  const { createCodec } = globalThis.requireLib('lib/common/structured-clone.js');
  const peers = { 'JSON both': (value) => () => JSON.parse(JSON.stringify(value) ?? 'null') };
  run(createCodec, () => globalThis.preciseTime() * 1000, peers, globalThis.scriptArguments, globalThis.print);
}
