'use strict';

const { _tickCallback: tickCallback, _fatalException: fatalException } = process;

/**
 * Runs ticks and microtasks, as Node does between two callbacks of one kind. What a listener threw
 * comes out of a tick; it must not pass through the native callback that we are in, which would
 * find its async context covered by the tick's, and abort.
 */
function runTicks() {
  try {
    tickCallback.call(process);
  } catch (error) {
    if (!fatalException.call(process, error)) process.exit(1);
  }
}

module.exports = { runTicks };
