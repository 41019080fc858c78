'use strict';

/** What a message is about. The first are those of ports; `target` is a port's id there. */
const KINDS = {
  __proto__: null,
  MESSAGE: 0, // of the Worker object and the worker's scope
  PORT_MESSAGE: 1,
  PORT_CLOSED: 2,
  PORT_RELEASE: 3,
  PORT_RELEASED: 4,
  PORT_ENDED: 5,
  BROADCAST: 6,
  BROADCAST_OPEN: 7,
  BROADCAST_CLOSE: 8,
  REQUEST: 9,
  ANSWER: 10,
  ENVIRONMENT: 11, // what the page's navigator says now
  NESTED_SPAWN: 32, // a worker's worker is to be started
  NESTED_REFUSED: 33,
};

module.exports = { KINDS };
