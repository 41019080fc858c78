'use strict';

/**
 * A port that is bound to the page through worker A goes to worker B, or one whose other end is in B goes
 * through A to the page. In the end B has its own channel with the page, and A may end or be busy:
 *
 *   A passes on what comes from either side (join), and gives B a key
 *   B says `moved`, its last message through A; what it sends from now on waits
 *   A tells the page PORT_MOVED, behind B's messages; the page answers with PORT_ENDED (its own last
 *     message through A) and keeps what comes next, or PORT_STAY: it has other plans for this port
 *   A passes on `ended`, and B asks the page for the port by PORT_CLAIM, under an id of its own link
 *
 * With `stay`, everything stays as it is, through A. When A dies meanwhile, B claims at once: if the page
 * has not heard of the key, both ends are closed.
 */

const { randomUUID } = require('node:crypto');
const { KINDS } = require('../../common/link/kinds');

/** A: by the id of the port at the page. @type {Map<number, Relay>} */
const relays = new Map();

/** At A. */
class Relay {
  #links;
  #id;
  #key;
  #thread;
  #hasMoved = false;
  #isClaimed = false;
  #onStay = null;

  /**
   * @param {import('./link').Links} links
   * @param {number} id of the port at the page @param {string} key
   * @param {import('./thread').ThreadRoute} thread to B
   */
  constructor(links, id, key, thread) {
    this.#links = links;
    this.#id = id;
    this.#key = key;
    this.#thread = thread;
    relays.set(id, this);
    thread.onControl = ({ control }) => this.#heard(control);
  }

  /** The page has said that the port's both ends are at workers. @returns {boolean} whether to go on */
  release(again) {
    if (this.#hasMoved) {
      this.#onStay = again; // the page will not let it move
      return false;
    }
    this.stay();
    return true;
  }

  /** It goes on through this thread. */
  stay() {
    relays.delete(this.#id);
    this.#thread.onControl = null;
    this.#thread.sendControl({ control: 'stay' });
    this.#onStay?.();
  }

  /** The page's last message has come. */
  ended() {
    relays.delete(this.#id);
    this.#thread.sendControl({ control: 'ended' });
    this.#thread.onClosed = () => {
      const value = { key: this.#key };
      if (!this.#isClaimed) this.#links.send(KINDS.PORT_CLOSED, this.#id, value);
    };
  }

  /** The page has closed the port. */
  closed() {
    relays.delete(this.#id);
    if (!this.#hasMoved) this.#links.send(KINDS.PORT_MOVED, this.#id, { key: this.#key });
  }

  #heard(control) {
    if (control === 'claimed') {
      this.#isClaimed = true;
    } else if (control === 'moved' && relays.get(this.#id) === this) {
      this.#hasMoved = true;
      this.#links.send(KINDS.PORT_MOVED, this.#id, { key: this.#key });
    }
  }
}

/** The route of an end at B. */
class MovingRoute {
  #links;
  #end;
  #key;
  #thread;
  #id = 0;
  #outbox = [];
  #isClosed = false;

  constructor(links, end, key, thread) {
    this.#links = links;
    this.#end = end;
    this.#key = key;
    this.#thread = thread;
    thread.onControl = ({ control }) => (control === 'stay' ? this.#stay() : this.#ended(false));
    thread.onClosed = () => this.#ended(true);
    thread.start();
    thread.sendControl({ control: 'moved' });
  }

  attach() {}

  start() {}

  send(packet) {
    this.#outbox.push(packet);
  }

  close() {
    this.#isClosed = true;
  }

  /** The page has given us the port. */
  claimed() {
    const route = this.#links.makeRoute(this.#id);
    for (const packet of this.#outbox) route.send(packet);
    this.#thread.onClosed = null;
    this.#thread.sendControl({ control: 'claimed' });
    this.#thread.close();
    if (this.#isClosed) route.close();
    else if (this.#end.route === this) this.#end.reroute(route);
  }

  #ended(isOrphan) {
    if (this.#id !== 0) return;
    this.#id = this.#links.claim(this, this.#end, { key: this.#key, isOrphan });
  }

  #stay() {
    const thread = this.#thread;
    thread.onControl = thread.onClosed = null;
    for (const packet of this.#outbox) thread.send(packet);
    if (this.#isClosed) thread.close();
    else if (this.#end.route === this) this.#end.reroute(thread);
  }
}

/** B has an end that shall have its own way to the page. */
function startMove(links, end, key, thread) {
  if (end.route === thread) end.reroute(new MovingRoute(links, end, key, thread));
}

module.exports = { Relay, makeKey: randomUUID, relays, startMove };
