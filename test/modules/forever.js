'use strict';

/*
 * Repeats one step of work for ever, for a worker that is to be terminated in the middle of it.
 *
 * Workers with an even index let their event loop turn between two steps; those with an odd one do
 * not, unless the step itself is asynchronous: they are never at the end of a turn, so that only a
 * hard end of their thread stops them.
 */

const { setImmediate: turn } = require('node:timers/promises');

/** Steps of one turn. */
const STEPS = 20;

/** @param {number} index @param {() => void} step */
exports.repeat = async (index, step) => {
  for (;;) {
    for (let i = 0; i < STEPS; i++) step();
    if (index % 2 === 0) await turn();
  }
};

/** Keeps several asynchronous steps under way. @param {number} lanes @param {() => Promise<any>} step */
exports.overlap = (lanes, step) =>
  Promise.all(
    Array.from({ length: lanes }, async () => {
      for (;;) await step();
    }),
  );
