'use strict';

/** The calls of both ends, as one of them sees them (see ../membrane.js). */

const P = require('../structured-clone/primordials');
const { KINDS } = require('../link/kinds');
const { serve } = require('./serve');
const { OP, REPLY } = require('./words');

const { RangeError } = globalThis;

/** Calls in calls: more is a recursion without end. */
const DEPTH_MAX = 256;

class Calls {
  #end;
  #transport;
  #nestsCalls;
  #last = 0;
  #depth = 0;
  /** The call of the other end's that is being served: ours are part of it. */
  #serving = 0;

  /** @param {import('./end').End} end; the others as there */
  constructor(end, transport, nestsCalls) {
    this.#end = end;
    this.#transport = transport;
    this.#nestsCalls = nestsCalls;
  }

  /** Whether a call of the other end's is being served. */
  get isServing() {
    return this.#serving !== 0;
  }

  /**
   * Calls the other end, and waits for the answer.
   * @param {unknown[]} message an OP and its operands
   * @param {boolean} [lends] whether what is called writes into buffers of the message
   * @throws what it threw
   */
  call(message, lends = false) {
    const answer = this.#answer(this.#start(message, lends));
    if (answer[0] !== REPLY.THROWN) return answer[1];
    this.#end.realm.raise?.(answer[1]); // not in the `try`: its `finally` would throw it anew
    throw answer[1];
  }

  #answer(id) {
    this.#depth++;
    try {
      for (;;) {
        const reply = this.#transport.next(id);
        const { kind, target, value } = reply;
        if (kind === KINDS.MEMBRANE_REPLY && target === id && value[0] !== REPLY.CALL) return value;
        this.#end.handle(reply);
      }
    } finally {
      this.#depth--;
    }
  }

  #start(message, lends) {
    if (this.#end.failure !== null) throw this.#end.failure;
    if (this.#depth >= DEPTH_MAX) throw new RangeError('Maximum call stack size exceeded');
    const id = ++this.#last;
    const outer = this.#end.isLending;
    this.#end.isLending = lends;
    try {
      this.#sendCall(id, message);
    } finally {
      this.#end.isLending = outer;
    }
    return id;
  }

  #sendCall(id, message) {
    if (!this.#nestsCalls || this.#serving === 0) {
      this.#transport.send(KINDS.MEMBRANE_CALL, id, message);
    } else {
      const call = [REPLY.CALL, id, message];
      this.#transport.send(KINDS.MEMBRANE_REPLY, this.#serving, call);
    }
  }

  /** Does what the other end has called for. @param {object[]} lent buffers of the message */
  serve(id, message, lent) {
    const outer = this.#serving;
    this.#serving = id;
    try {
      let reply;
      try {
        const result = serve(this.#end, message);
        reply = lent.length === 0 ? [REPLY.DONE, result] : [REPLY.DONE, result, asArray(lent)];
      } catch (error) {
        reply = [REPLY.THROWN, error];
      }
      this.#reply(id, reply, message[0] === OP.DESCRIBE);
    } finally {
      this.#serving = outer;
    }
  }

  #reply(id, reply, isDescription) {
    this.#end.isPinning = isDescription;
    try {
      this.#transport.send(KINDS.MEMBRANE_REPLY, id, reply);
    } catch (error) {
      this.#end.isPinning = false;
      if (this.#end.failure !== null) return;
      this.#transport.send(KINDS.MEMBRANE_REPLY, id, [REPLY.THROWN, error]);
    } finally {
      this.#end.isPinning = false;
    }
  }
}

function asArray(list) {
  const array = [];
  for (let i = 0; i < list.length; i++) P.createDataProperty(array, i, list[i]);
  return array;
}

module.exports = { Calls };
