'use strict';

/** `timers/promises`. */

const timers = require('./timers');

function abortError(signal) {
  const error = new Error('The operation was aborted', { cause: signal.reason });
  return Object.assign(error, { name: 'AbortError', code: 'ABORT_ERR' });
}

/** @param {(done: () => void) => () => void} start gives what stops it */
function wait(start, value, signal) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(abortError(signal));
      return;
    }
    const stop = start(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve(value);
    });
    const onAbort = () => {
      stop();
      reject(abortError(signal));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

function setTimeout(delay, value, { signal } = {}) {
  const start = (done) => {
    const timer = timers.setTimeout(done, delay);
    return () => timer.close();
  };
  return wait(start, value, signal);
}

function setImmediate(value, { signal } = {}) {
  const start = (done) => {
    const immediate = timers.setImmediate(done);
    return () => timers.clearImmediate(immediate);
  };
  return wait(start, value, signal);
}

/** Each tick is given once, even to one who is late to ask. */
async function* setInterval(delay, value, { signal } = {}) {
  let ticks = 0;
  let wake = () => {};
  const notice = () => wake();
  if (signal?.aborted) throw abortError(signal);
  const interval = timers.setInterval(() => {
    ticks++;
    wake();
  }, delay);
  signal?.addEventListener('abort', notice, { once: true });
  try {
    for (;;) {
      if (ticks === 0) {
        await new Promise((resolve) => {
          wake = resolve;
        });
      }
      if (signal?.aborted) throw abortError(signal);
      for (; ticks > 0; ticks--) yield value;
    }
  } finally {
    interval.close();
    signal?.removeEventListener('abort', notice);
  }
}

const scheduler = {
  wait: (delay, options) => setTimeout(delay, undefined, options),
  yield: () => setImmediate(),
};

module.exports = { setTimeout, setImmediate, setInterval, scheduler };
