'use strict';

/**
 * The page's end of the link to the main process: what ipcRenderer.postMessage() sends, and the
 * message ports that have one end there (lib/main/ipc-link.js).
 */

const P = require('../common/structured-clone/primordials');
const { LINK_CHANNEL, createFramer, readFrame } = require('../common/ipc-frame');
const { Link } = require('../common/link');
const { createCodec } = require('../common/structured-clone');
const { PortBridges } = require('./message-port/bridges');

const { DOMException } = globalThis;

/** Odd, and others than those of the documents before: their last messages may still be on the way. */
const FIRST_PORT = globalThis.crypto.getRandomValues(new Uint32Array(1))[0] >>> 1 | 1;

const fail = () => {
  throw new DOMException('#<SharedArrayBuffer> could not be cloned.', 'DataCloneError');
};

/**
 * @param {(value: unknown, ports: MessagePort[]) => void} onMessage
 * @returns {{link: Link, receive(frame: Uint8Array): void}}
 */
exports.createIpcLink = function createIpcLink(onMessage) {
  const adapter = createFramer((frame) => binding.ipcSend(LINK_CHANNEL, frame));
  adapter.carryPort = (port) => bridges.carry(port);
  adapter.takePort = (id) => bridges.take(id);
  adapter.carryShared = adapter.takeShared = fail;
  const codec = createCodec({ onlyPorts: true });
  const link = new Link(codec, adapter, onMessage, () => {});
  const bridges = new PortBridges(link, { codec, firstId: FIRST_PORT, mayRelease: false });
  return {
    link,
    receive(frame) {
      const message = readFrame(frame);
      if (message === null) return;
      const { buffers, offset, size } = message;
      link.receive(frame, offset, size, buffers.length === 0 ? undefined : buffers);
    },
  };
};
