'use strict';

const { EventEmitter } = require('node:events');
const { codec } = require('./codec');
const { PortEnd } = require('./port-end');
const { toPacket } = require('../common/link/packet');
const { PORT_TYPE, registerPlatformType } = require('../common/structured-clone/platform');

/** Electron's MessagePortMain. It stands for one end of a channel until it is transferred. */
class MessagePortMain extends EventEmitter {
  /** @type {PortEnd | null} */
  #end;

  static isOne = (object) => typeof object === 'object' && object !== null && #end in object;

  /** For this process's own code. @param {MessagePortMain} port @returns {PortEnd | null} */
  static endOf = (port) => port.#end;

  /** @param {PortEnd} end */
  constructor(end) {
    if (!(end instanceof PortEnd)) throw new TypeError('Illegal constructor');
    super();
    this.#end = end;
    end.owner = this;
  }

  /**
   * @param {any} message
   * @param {import('electron').MessagePortMain[]} [transfer] ArrayBuffers, too: Electron takes ports only
   */
  postMessage(message, transfer = []) {
    if (!Array.isArray(transfer)) {
      throw new TypeError('transferables must be an array of MessagePorts');
    }
    const source = transfer.indexOf(this);
    if (source !== -1) throw new Error(`Port at index ${source} contains the source port.`);
    const packet = packMessage(message, transfer);
    this.#end?.post(packet);
  }

  start() {
    this.#end?.start();
  }

  close() {
    this.#end?.close();
  }

  /** Takes the end from this port. @returns {MessagePortMain} another one, which has it */
  take() {
    const end = /** @type {PortEnd} */ (this.#end);
    this.#end = null;
    end.pause();
    return new MessagePortMain(end);
  }
}

registerPlatformType({
  id: PORT_TYPE,
  name: 'MessagePort',
  prototypes: [MessagePortMain.prototype],
  accepts: MessagePortMain.isOne,
  ports: 1,
  refuse: (port, index) => refusal(port, index),
  transfer: (port) => [port.take()],
  receive: (ports) => ports[0],
});

function refusal(port, index) {
  const end = MessagePortMain.endOf(port);
  return end === null || end.isClosed ? `Port at index ${index} is already neutered.` : null;
}

/** Electron's words for what can't be transferred. */
function checkTransfer(transfer) {
  transfer.forEach((item, index) => {
    const isPort = MessagePortMain.isOne(item);
    if (!isPort && !(item instanceof ArrayBuffer)) {
      throw new TypeError(`Port at index ${index} is not a valid port`);
    }
    if (transfer.indexOf(item) !== index) {
      throw new Error(`Port at index ${index} is a duplicate of an earlier port.`);
    }
    const reason = isPort ? refusal(item, index) : null;
    if (reason) throw new Error(reason);
  });
}

/**
 * Encodes a message, and takes what is in the transfer list.
 * @param {unknown} message
 * @param {(MessagePortMain | ArrayBuffer)[]} transfer
 * @returns {import('../common/link/packet').Packet}
 * @throws {DOMException} DataCloneError; nothing is taken then
 */
function packMessage(message, transfer) {
  checkTransfer(transfer);
  try {
    return toPacket(codec, message, transfer);
  } catch (cause) {
    if (!(cause instanceof DOMException)) throw cause; // from a getter
    throw new DOMException('An object could not be cloned.', { name: 'DataCloneError', cause });
  }
}

/** @returns {[MessagePortMain, MessagePortMain]} the ports of a new channel */
function createChannel() {
  const [one, two] = PortEnd.pair();
  return [new MessagePortMain(one), new MessagePortMain(two)];
}

module.exports = { MessagePortMain, createChannel, packMessage };
