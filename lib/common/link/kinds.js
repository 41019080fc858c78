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
  IPC_SEND: 12, // of a page or a worker and the main process, either way (lib/common/ipc-client.js)
  IPC_INVOKE: 13, // the target is the question's number, as of the next two
  IPC_SYNC: 14,
  IPC_REPLY: 15,
  IPC_TO_HOST: 16,
  MEMBRANE_CALL: 18, // of a page and its Node thread (lib/common/membrane.js); the target is the call's number
  MEMBRANE_REPLY: 19,
  MEMBRANE_NOTE: 20,
  MEMBRANE_TURN: 21, // the page's task in which there were calls is over
  MEMBRANE_TICKS: 22, // the page has ticks, for when Node's script is through
  PORT_MOVED: 24, // its owner gives it to another worker (lib/worker/message-port/move.js)
  PORT_STAY: 25,
  PORT_CLAIM: 26,
  PORT_CLAIMED: 27,
  NESTED_SPAWN: 32, // a worker's worker is to be started
  NESTED_REFUSED: 33,
};

/** Of ipcRenderer's calls: each is an argument of the listener's, too, and the stack must hold them. */
const IPC_ARGUMENTS_MAX = 8192;

module.exports = { KINDS, IPC_ARGUMENTS_MAX };
