'use strict';

/**
 * Between a worker and one that it has made, in their two threads: messages, and what the child
 * reports. (A page's worker has all that through its channel to the page.)
 *
 * @typedef {object} FamilyEvents each call is a task of its own
 * @property {(value: unknown, ports: object[]) => void} message
 * @property {() => void} messageError
 * @property {(report: object) => void} [report] of an error that nothing in the child handled
 * @property {(text: string) => void} [script] the child's own, where only its parent could read it
 * @property {() => void} [over] the other thread has ended
 */

const { makeUndecodable, toPacket } = require('../common/link/packet');
const { PacketOpener } = require('../common/link/packet-opener');
const { codec, isStopped } = require('./message-port');
const { PortEnd } = require('./message-port/end');
const { pack, unpack } = require('./message-port/thread');

class FamilyChannel {
  #native;
  #events;
  #end;

  /** @param {import('node:worker_threads').MessagePort} native @param {FamilyEvents} events */
  constructor(native, events) {
    const opener = new PacketOpener(codec);
    this.#native = native;
    this.#events = events;
    this.#end = new PortEnd({ attach() {}, start() {}, send() {}, close() {} });
    this.#end.own({
      isPump: false,
      onPacket: (packet) => opener.open(packet, (message) => this.#opened(message)),
      onOver: () => events.over?.(),
    });
    native.on('message', (message) => this.#received(message));
    native.on('messageerror', () => this.#end.receive(makeUndecodable(), true));
    native.on('close', () => this.#end.over());
  }

  /** From now on messages are delivered; those that have come first. */
  start() {
    this.#end.start();
  }

  /** Sends a message. Throws as the codec's encode(). */
  postMessage(value, transfer, where) {
    const packet = toPacket(codec, value, transfer, where);
    const moved = [];
    this.#native.postMessage({ packet: pack(packet, moved) }, moved);
  }

  sendReport(report) {
    this.#native.postMessage({ report });
  }

  sendScript(text) {
    this.#native.postMessage({ script: text });
  }

  /** Nothing is delivered any more; what was posted still arrives. */
  stop() {
    this.#end.close();
  }

  close() {
    this.#end.close();
    this.#native.close();
  }

  #received({ packet, report, script }) {
    if (packet !== undefined) this.#end.receive(unpack(packet), true);
    else if (script !== undefined) this.#events.script?.(script);
    else if (!isStopped()) this.#events.report?.(report);
  }

  #opened(message) {
    if (isStopped()) return;
    if (message === null) this.#events.messageError();
    else this.#events.message(message.value, message.ports);
  }
}

module.exports = { FamilyChannel };
