'use strict';

/**
 * requestAnimationFrame() of a worker (HTML, 8.11): a worker here has nothing to paint, so its frames
 * are a clock of 60 a second.
 */

const { setTimeout } = globalThis;

const FRAME_MS = 1000 / 60;

/** Callbacks of the next frame, by number. @type {Map<number, (now: number) => void>} */
let waiting = new Map();
/** Those of the frame that runs. */
let running = new Map();
let lastId = 0;

function runFrame() {
  running = waiting;
  waiting = new Map();
  const now = performance.now();
  for (const callback of running.values()) {
    try {
      callback(now);
    } catch (error) {
      globalThis.reportError(error);
    }
  }
}

const functions = {
  requestAnimationFrame(callback) {
    if (typeof callback !== 'function') {
      throw new TypeError(
        "Failed to execute 'requestAnimationFrame' on 'DedicatedWorkerGlobalScope': parameter 1 is not of type 'Function'.",
      );
    }
    if (waiting.size === 0) setTimeout(runFrame, FRAME_MS - (performance.now() % FRAME_MS));
    waiting.set(++lastId, callback);
    return lastId;
  },

  cancelAnimationFrame(id) {
    waiting.delete(Number(id));
    running.delete(Number(id)); // also by another one of the same frame
  },
};

module.exports = { functions };
