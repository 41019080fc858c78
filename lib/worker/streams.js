'use strict';

/** Registers streams as what a worker can transfer: this is loaded when the first is. */

const { registerStreams } = require('../common/transferable-streams');
const { MessageChannel } = require('./message-port');

registerStreams({
  makeChannel() {
    const { port1, port2 } = new MessageChannel();
    return [port1, port2];
  },
  start: (port) => port.start(),
  post: (port, message) => port.postMessage(message),
  close: (port) => port.close(),
});
