'use strict';

/**
 * What a worker's thread (native-loads.js) and the supervisor (supervisor/thread-end.js) tell each other
 * in shared memory, as indices of an Int32Array. Each side stores its own word before it loads the other's,
 * and Atomics are sequentially consistent: so a load is seen by who ends the thread, or sees the end itself.
 */

module.exports = {
  /** Calls of process.dlopen that go on in the thread. */
  LOADS: 0,
  /** 1: the thread has, or has begun to load, a native module. */
  HAS_MODULES: 1,
  /** 1: the thread is to end, and loads nothing more. */
  STOPPING: 2,
  /** Stays 0: a thread that has stopped waits here for its end. */
  PARKED: 3,
  COUNT: 4,
};
