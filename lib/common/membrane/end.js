'use strict';

/**
 * One end of a membrane: what it gave and received, and its calls (see ../membrane.js).
 *
 * @typedef {object} Realm what differs between the engines
 * @property {(view: Uint8Array) => boolean} isBuffer
 * @property {(object: object) => boolean} isOpaque whether it is more than its properties say
 * @property {(bytes: Uint8Array) => Uint8Array} toBuffer
 * @property {(fn: Function) => boolean} lends whether it writes into buffers that it is given
 * @property {import('./values').ValueTypes} valueTypes
 * @property {(name: string, given: unknown[]) => unknown} run
 * @property {(error: unknown) => void} report an error that nobody has caught
 * @property {(error: unknown) => never} [raise] throws what a call of the other end has thrown
 *
 * @typedef {object} Message
 * @property {number} kind of KINDS @property {number} target @property {any} value
 * @property {object[]} lent buffers in it that are to be written
 *
 * @typedef {object} Transport
 * @property {(kind: number, target: number, value: unknown) => void} send
 * @property {(call: number) => Message} next blocks until there is something for who waits for this call
 */

const P = require('../structured-clone/primordials');
const { KINDS } = require('../link/kinds');
const { createCodec } = require('../structured-clone');
const { Calls } = require('./calls');
const { MembraneDecoder } = require('./decoder');
const { MembraneEncoder } = require('./encoder');
const { Given } = require('./given');
const { Listeners } = require('./listeners');
const { Marks } = require('./marks');
const { Promises } = require('./promises');
const { ReceivedTable } = require('./received');
const { Releases } = require('./releases');
const { onAbort, reasonOf } = require('./signals');
const { StandIns } = require('./stand-ins');
const { NOTE, OP, REPLY } = require('./words');

const NOTHING = P.freeze(P.safeArray());

class End {
  given = new Given();
  #releases = new Releases((list) => this.#tell(list));
  received = new ReceivedTable((id, count) => this.#releases.add(id, count));
  promises = new Promises();
  standIns = new StandIns(this);
  marks = new Marks(this.received);
  realm;
  codec;
  /** While a call of a function that writes into its arguments is written. */
  isLending = false;
  /** While a description is written: what it names is never released. */
  isPinning = false;
  /** Buffers of the message that is being read. */
  lent = P.safeArray();

  #listeners = new Listeners(this.given);
  #transport;
  #calls;
  #failure = null;

  /**
   * @param {Realm} realm
   * @param {Transport} transport
   * @param {boolean} nestsCalls whether the other end serves calls while it waits only if they are part of what it waits for
   */
  constructor(realm, transport, nestsCalls) {
    this.realm = realm;
    this.#transport = transport;
    this.#calls = new Calls(this, transport, nestsCalls);
    this.codec = createCodec({
      makeEncoder: () => new MembraneEncoder(this),
      makeDecoder: () => new MembraneDecoder(this),
    });
  }

  // --- what things are

  isStandIn(value) {
    const canBe = (typeof value === 'object' && value !== null) || typeof value === 'function';
    return canBe && this.received.idOf(value) !== 0;
  }

  // --- calls

  get isServing() {
    return this.#calls.isServing;
  }

  /** Calls the other end, and waits for the answer. @throws what it threw */
  ask(operation, ...operands) {
    const message = [operation];
    for (let i = 0; i < operands.length; i++) P.createDataProperty(message, i + 1, operands[i]);
    return this.#calls.call(message);
  }

  /** @param {boolean} lends whether the function writes into buffers */
  apply(fn, self, given, lends) {
    const there = self === globalThis ? undefined : self;
    const result = this.#calls.call([OP.APPLY, fn, there, given], lends);
    if (hasFunction(given)) {
      const listened = this.standIns.isLive(self) ? self : result;
      if (this.standIns.isLive(listened)) this.#listeners.add(listened, given);
    }
    return result;
  }

  // --- what the other end says

  /** What was lent by the message that has just been read. */
  takeLent() {
    if (this.lent.length === 0) return NOTHING;
    const { lent } = this;
    this.lent = P.safeArray();
    return lent;
  }

  /** @param {Message} message */
  handle({ kind, target, value, lent }) {
    if (kind === KINDS.MEMBRANE_CALL) this.#calls.serve(target, value, lent);
    else if (kind === KINDS.MEMBRANE_NOTE) this.#note(value);
    else if (value[0] === REPLY.CALL) this.#calls.serve(value[1], value[2], lent);
  }

  #note(value) {
    switch (value[0]) {
      case NOTE.RELEASE:
        for (let i = 1; i < value.length; i += 2) this.given.release(value[i], value[i + 1]);
        break;
      case NOTE.SETTLE:
        this.promises.settle(value[1], value[2], value[3]);
        break;
      case NOTE.ERROR:
        this.realm.report(value[1]);
        break;
      case NOTE.CLOSED:
        this.#closed(this.received.peek(value[1]));
        break;
    }
  }

  #closed(standIn) {
    if (standIn !== undefined) this.#listeners.close(standIn);
  }

  #tell(value) {
    if (this.#failure === null) this.#transport.send(KINDS.MEMBRANE_NOTE, 0, value);
  }

  /** An error of this end that nobody has caught: the other end is where somebody reads of it. */
  tellError(error) {
    this.#tell([NOTE.ERROR, error]);
  }

  // --- lifetimes

  /** An object of this end's has emitted what is most likely its last. */
  tellClosed(object) {
    const id = this.given.idOf(object);
    if (id !== 0) this.#tell([NOTE.CLOSED, id]);
  }

  /** @param {Promise<unknown>} promise that is given @returns {number} its id */
  followPromise(promise) {
    const id = this.given.give(promise);
    Promises.follow(promise, (isFulfilled, value) => this.#tellSettled(id, isFulfilled, value));
    return id;
  }

  #tellSettled(id, isFulfilled, value) {
    try {
      this.#tell([NOTE.SETTLE, id, isFulfilled, value]);
    } catch (error) {
      this.#tell([NOTE.SETTLE, id, false, error]);
    }
  }

  /** @param {AbortSignal} signal that is given @returns {number} its id */
  followSignal(signal) {
    const isNew = !this.given.has(signal);
    const id = this.given.give(signal);
    if (isNew) onAbort(signal, () => this.#failure ?? this.ask(OP.ABORT, id, reasonOf(signal)));
    return id;
  }

  /** The other end is gone. @param {Error} error what calls throw from now on */
  fail(error) {
    if (this.#failure !== null) return;
    this.#failure = error;
    this.promises.rejectAll(error);
  }

  /** What calls throw, once the other end is gone. @returns {Error | null} */
  get failure() {
    return this.#failure;
  }

  /** For tests and diagnosis. */
  get counts() {
    return {
      given: this.given.size,
      received: this.received.size,
      promises: this.promises.size,
    };
  }
}

function hasFunction(list) {
  for (let i = 0; i < list.length; i++) if (typeof list[i] === 'function') return true;
  return false;
}

module.exports = { End };
