'use strict';

const { setImmediate } = require('node:timers/promises');

/** Between two looks at the clock. */
const CALLS = 16;

/** A part of a frame's time. */
const TURN_MS = 4;

let calls = 0;
let lastTurn = 0;

/**
 * What archives are asked for is known at once: so whoever goes on asking, as fs.promises.glob() does, would
 * keep all else waiting, and has to let others have their turn now and then.
 * @returns {Promise<void> | null} null: there is nothing to wait for
 */
function othersTurn() {
  if (++calls % CALLS !== 0) return null;
  const now = performance.now();
  if (now - lastTurn < TURN_MS) return null;
  lastTurn = now;
  return setImmediate();
}

module.exports = { othersTurn };
