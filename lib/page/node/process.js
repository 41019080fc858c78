'use strict';

/**
 * `process` of a page or preload script: what main told of it, the page's own clocks and events, and, if
 * it has Node, the rest of Node's own.
 *
 * @typedef {object} Facts fields of `options.process` (lib/main/process-facts.js)
 */

const { outOfRange, invalidArgType } = require('./errors');
const { nextTick } = require('./ticks');

const { performance } = globalThis;
const NANOSECONDS = 1_000_000_000n;

/** Electron's own of a process that Weft's pages have no figures for. */
const MISSING = `crash hang getBlinkMemoryInfo getCPUUsage getHeapStatistics getIOCounters
  getProcessMemoryInfo getSystemMemoryInfo getSystemVersion takeHeapSnapshot setFdLimit`.split(
  /\s+/,
);

function refuse(name) {
  return () => {
    throw new Error(`process.${name} is not supported in a page (see docs/api/process.md)`);
  };
}

/** Nanoseconds since some moment; the page's clock is coarser than Node's. */
const now = () => BigInt(Math.round(performance.now() * 1_000_000));

function hrtime(before) {
  let time = now();
  if (before !== undefined) {
    if (!Array.isArray(before)) throw invalidArgType('time', 'Array', before);
    if (before.length !== 2) throw outOfRange('time', '2', before.length);
    time -= BigInt(before[0]) * NANOSECONDS + BigInt(before[1]);
  }
  return [Number(time / NANOSECONDS), Number(time % NANOSECONDS)];
}
hrtime.bigint = now;

function emitWarning(warning, typeOrOptions, code) {
  const given = typeof typeOrOptions === 'object' ? typeOrOptions : { type: typeOrOptions, code };
  const name = warning?.name ?? given?.type ?? 'Warning';
  const label = given?.code ? `[${given.code}] ` : '';
  console.warn(`${label}${name}: ${warning?.message ?? warning}`);
}

const common = {
  nextTick,
  hrtime,
  uptime: () => performance.now() / 1000,
  getCreationTime: () => performance.timeOrigin,
  emitWarning,
  isMainFrame: !options.isSubframe,
  mas: false,
  windowsStore: false,
};

/** @param {Facts} facts @param {{sandboxed: boolean}} how */
function createProcess(facts, { sandboxed }) {
  const EventEmitter = require('./modules/events');
  const process = new EventEmitter();
  Object.assign(process, facts, common);
  for (const name of MISSING) process[name] = refuse(name);
  for (const name of ['type', 'sandboxed', 'contextIsolated']) {
    Object.defineProperty(process, name, { writable: false, configurable: false });
  }
  Object.defineProperty(process, Symbol.toStringTag, { value: 'process', configurable: true });
  if (!sandboxed) require('./process-system').addSystem(process);
  return process;
}

/** That of this world. */
let shared = null;

function getProcess() {
  shared ??= createProcess(options.process, {
    sandboxed: !(options.nodeInPage || options.nodeInPreload),
  });
  return shared;
}

module.exports = { getProcess };
