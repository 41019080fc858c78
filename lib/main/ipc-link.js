'use strict';

const { codec } = require('./codec');
const { viewOf } = require('./live-view');
const { MessagePortMain, createChannel, packMessage } = require('./message-port-main');
const { LINK_CHANNEL, createFramer, readFrame } = require('../common/ipc-frame');
const { Link } = require('../common/link');
const { KINDS } = require('../common/link/kinds');

/** Ports that this process made have even ids; never the same twice, for documents come and go. */
let lastPort = 0;

/** @type {WeakMap<object, IpcLink>} */
const links = new WeakMap();

/**
 * The link to the document of a webContents: its lib/page/ipc-link.js is not trusted.
 */
class IpcLink {
  #link;
  /** What the document has an end of. @type {Map<number, import('./port-end').PortEnd>} */
  #ends = new Map();
  #isOpen = true;

  /** @param {object} contents */
  constructor(contents) {
    const framer = createFramer((frame) => viewOf(contents).sendMessage(LINK_CHANNEL, frame));
    const refuse = () => {
      throw new DOMException('#<SharedArrayBuffer> could not be cloned.', 'DataCloneError');
    };
    const adapter = {
      attach: framer.attach,
      detachAll: framer.detachAll,
      send: framer.send,
      carryPort: (/** @type {MessagePortMain} */ port) => this.#carry(port),
      takePort: (/** @type {number} */ id) => this.#take(id),
      carryShared: refuse,
      takeShared: refuse,
    };
    const { posted } = require('./page-messages');
    const received = (value, ports) => posted(contents, value, ports ?? []);
    this.#link = new Link(codec, adapter, received, () => {});
    this.#link.handlePackets(KINDS.PORT_MESSAGE, (id, packet) => this.#received(id, packet));
    this.#link.handle(KINDS.PORT_CLOSED, (id) => this.#closed(id));
  }

  /** @param {string} channel @param {unknown} message @param {any[]} transfer */
  post(channel, message, transfer) {
    this.#link.forward(KINDS.MESSAGE, 0, packMessage([channel, message], transfer));
  }

  /** @param {Uint8Array} frame */
  receive(frame) {
    const message = readFrame(frame);
    if (!message) return;
    const { buffers, offset, size } = message;
    this.#link.receive(frame, offset, size, buffers.length > 0 ? buffers : undefined);
  }

  /** The document has gone. */
  close() {
    this.#isOpen = false;
    for (const end of this.#ends.values()) end.close();
    this.#ends.clear();
  }

  #carry(port) {
    lastPort += 2;
    const id = lastPort;
    const end = /** @type {import('./port-end').PortEnd} */ (MessagePortMain.endOf(port));
    this.#ends.set(id, end);
    // What waits in it goes behind the message that brings it.
    queueMicrotask(() => end.carry(this.#carrier(id)));
    return id;
  }

  #take(id) {
    if (id % 2 === 0 || this.#ends.has(id)) throw new Error('weft: a page gave a port twice');
    const [port, theirs] = createChannel();
    const end = /** @type {import('./port-end').PortEnd} */ (MessagePortMain.endOf(theirs));
    this.#ends.set(id, end);
    end.carry(this.#carrier(id));
    return port;
  }

  /** @returns {import('./port-end').Carrier} */
  #carrier(id) {
    return {
      send: (packet) => {
        if (this.#isOpen) this.#link.forward(KINDS.PORT_MESSAGE, id, packet);
      },
      close: () => {
        if (this.#isOpen && this.#ends.delete(id)) this.#link.send(KINDS.PORT_CLOSED, id, undefined);
      },
    };
  }

  #received(id, packet) {
    const end = this.#ends.get(id);
    if (end) end.post(packet);
    else for (const port of Array.from(packet.ports)) port.close();
  }

  #closed(id) {
    this.#ends.get(id)?.close();
    this.#ends.delete(id);
  }
}

/** @param {object} contents @returns {IpcLink} */
function linkOf(contents) {
  const known = links.get(contents);
  if (known) return known;
  const link = new IpcLink(contents);
  links.set(contents, link);
  return link;
}

/** The document of a webContents has gone. @param {object} contents */
function closeLink(contents) {
  links.get(contents)?.close();
  links.delete(contents);
}

module.exports = { linkOf, closeLink };
