'use strict';

/** Streams as what a page can transfer; WebKit's own ports carry none. */

const { registerStreams } = require('../common/transferable-streams');
const { joinEnds } = require('./message-port/ends');
const portGlobals = require('./message-port/globals');
const native = require('./message-port/natives');

registerStreams({
  makeChannel() {
    const channel = new native.MessageChannel();
    const ports = [native.port1Of(channel), native.port2Of(channel)];
    joinEnds(ports[0], ports[1]);
    return ports;
  },
  start: native.start,
  post: portGlobals.postMessage,
  close: portGlobals.close,
});
