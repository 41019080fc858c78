'use strict';

/**
 * This document's line to the main process: a channel for all its IPC, made when it is first asked for.
 * lib/main/document-lines.js has the other end.
 */

const { IpcClient } = require('../common/ipc-client');
const { createCodec } = require('../common/structured-clone');
const { ChannelPort } = require('./channel-port');
const { PortBridges } = require('./message-port/bridges');

const { DOMException } = globalThis;

/** @type {IpcClient | null} */
let line = null;

function refuse() {
  throw new DOMException('#<SharedArrayBuffer> could not be cloned.', 'DataCloneError');
}

function open() {
  const codec = createCodec({ onlyPorts: true });
  const events = {
    __proto__: null,
    areTasks: true,
    message: (value, ports) => client.received(value, ports),
    messageError() {},
    exited() {}, // the window has gone, or main: nobody answers any more
  };
  const channel = new ChannelPort(codec, events, { carryShared: refuse, takeShared: refuse });
  channel.setBridges(new PortBridges(channel.link, { codec, mayRelease: false }));
  const client = new IpcClient(channel.link, (kind, target) => channel.waitFor(kind, target));
  channel.open((callbacks) => binding.openMainLine(callbacks));
  client.keepEarly();
  window.addEventListener('load', (event) => {
    if (event.isTrusted) client.dropEarly();
  });
  return client;
}

/** @returns {IpcClient} */
exports.openMainLine = () => (line ??= open());
