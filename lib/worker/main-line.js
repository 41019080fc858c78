'use strict';

/**
 * This worker's own line to the main process, made when it is first used: a channel whose other end
 * goes up the leash of the host. lib/main/worker-lines.js has that end.
 */

const { IpcClient } = require('../common/ipc-client');
const { createCodec } = require('../common/structured-clone');
const { ChannelEnd } = require('../node/channel-end');
const binding = require('./binding');
const { MainPorts } = require('./main-ports');
const { addChannel } = require('./page-memory');
const supervisor = require('./supervisor-line');

const refuse = () => {
  throw new DOMException('#<SharedArrayBuffer> could not be cloned.', 'DataCloneError');
};

/** @type {IpcClient | null} */
let line = null;

/** @returns {IpcClient} */
function openLine() {
  const ports = new MainPorts();
  const events = {
    message: (value, given) => client.received(value, given),
    messageError() {},
    broken: (text) => process.stderr.write(`weft: ${text}\n`),
    closed: () => ports.close(),
  };
  const channel = new ChannelEnd(createCodec({ onlyPorts: true }), events, {
    carryPort: (port) => ports.carry(port),
    takePort: (id) => ports.take(id),
    carryShared: refuse,
    takeShared: refuse,
  });
  ports.open(channel.link);
  const client = new IpcClient(channel.link, (kind, target) => channel.waitFor(kind, target));
  channel.open((callbacks) => binding.makeChannel(callbacks));
  const { native } = channel;
  addChannel(native);
  process.on('exit', () => native.flush());
  supervisor.send('line', native.peerKey);
  channel.start();
  return client;
}

/** @returns {IpcClient} */
function getMainLine() {
  return (line ??= openLine());
}

module.exports = { getMainLine };
