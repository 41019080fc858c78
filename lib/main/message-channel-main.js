'use strict';

const { createChannel } = require('./message-port-main');

/** Electron's MessageChannelMain. */
class MessageChannelMain {
  port1;
  port2;

  constructor() {
    [this.port1, this.port2] = createChannel();
  }
}

module.exports = { MessageChannelMain };
