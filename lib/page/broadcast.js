'use strict';

/**
 * BroadcastChannels of workers (lib/worker/broadcast-channel.js): the page has one of WebKit's for each,
 * which brings messages to and from all others of the origin, but never to itself.
 */

const P = require('../common/structured-clone/primordials');
const { KINDS } = require('../common/link/kinds');
const { PacketOpener } = require('../common/link/packet-opener');
const { makeUndecodable } = require('../common/link/packet');
const { createCodec } = require('../common/structured-clone');
const { showDescriptorAsNative } = require('./native-text');
const { dataOf } = require('./message-port/natives');
const { hasRecords } = require('./wrapped');

const { BroadcastChannel, DOMException, console } = globalThis;
const { prototype } = BroadcastChannel;
const postNatively = prototype.postMessage;
const post = P.uncurryThis(postNatively);
const close = P.uncurryThis(prototype.close);
const setOnMessage = P.uncurryThis(P.getOwnPropertyDescriptor(prototype, 'onmessage').set);
const warn = console.warn.bind(console);

const codec = createCodec();

/** The channels of one worker. */
class Broadcasts {
  #link;
  #channels = P.newSafeMap();
  #opener = new PacketOpener(codec);

  /** @param {import('../common/link').Link} link */
  constructor(link) {
    this.#link = link;
    link.handle(KINDS.BROADCAST_OPEN, (id, name) => this.#open(id, name));
    link.handle(KINDS.BROADCAST_CLOSE, (id) => this.#close(id));
    link.handlePackets(KINDS.BROADCAST, (id, packet) => this.#post(id, packet));
  }

  /** The worker has ended. */
  close() {
    this.#channels.forEach((channel) => close(channel));
    this.#channels.clear();
  }

  #open(id, name) {
    const channel = new BroadcastChannel(name);
    this.#channels.set(id, channel);
    setOnMessage(channel, (event) => this.#received(id, event));
  }

  #close(id) {
    const channel = this.#channels.get(id);
    if (channel === undefined) return;
    this.#channels.delete(id);
    close(channel);
  }

  #post(id, packet) {
    const channel = this.#channels.get(id);
    this.#opener.open(packet, (message) => {
      try {
        post(channel, message.value);
      } catch {
        warn('weft: a message of a BroadcastChannel in a worker could not be sent');
      }
    });
  }

  #received(id, event) {
    try {
      this.#link.send(KINDS.BROADCAST, id, dataOf(event), undefined, '');
    } catch {
      this.#link.forward(KINDS.BROADCAST, id, makeUndecodable()); // its sender has gone on
    }
  }
}

/** WebKit would copy memory that is shared with workers. */
const methods = {
  postMessage(message) {
    if (arguments.length > 0 && hasRecords()) {
      codec.encode(message, undefined, "Failed to execute 'postMessage' on 'BroadcastChannel'");
      if (codec.shared.length > 0) {
        throw new DOMException('#<SharedArrayBuffer> could not be cloned.', 'DataCloneError');
      }
    }
    P.apply(postNatively, this, arguments);
  },
};

exports.install = function install() {
  const native = P.getOwnPropertyDescriptor(prototype, 'postMessage');
  const descriptor = { ...native, value: methods.postMessage };
  showDescriptorAsNative(descriptor);
  P.defineProperty(prototype, 'postMessage', descriptor);
};

exports.Broadcasts = Broadcasts;
