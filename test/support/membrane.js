'use strict';

/*
 * Both ends of a membrane in one thread: the agent's in this realm, the page's in a realm of its own without
 * Node. Messages are bytes, as in a real channel.
 */

const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');
const { End, ValueTypes } = require('../../lib/common/membrane');
const { KINDS } = require('../../lib/common/link/kinds');

const ROOT = path.resolve(__dirname, '../..');

/** What the language does not have and pages do. */
const WEB = {
  AbortController,
  AbortSignal,
  DOMException,
  EventTarget,
  TextDecoder,
  URL,
  URLSearchParams,
};

/** A realm without Node that loads lib/common as the page extension does. */
function makeRealm() {
  const context = vm.createContext({ ...WEB });
  const modules = new Map();
  const load = (file) => {
    const known = modules.get(file);
    if (known) return known.exports;
    const module = { exports: {} };
    modules.set(file, module);
    const body = vm.runInContext(
      `(function (exports, require, module) {${fs.readFileSync(path.join(ROOT, file), 'utf8')}\n})`,
      context,
      { filename: path.join(ROOT, file) },
    );
    const resolve = (name) => `${path.posix.join(path.posix.dirname(file), name)}.js`;
    body(module.exports, (name) => load(resolve(name)), module);
    return module.exports;
  };
  return { load, run: (source) => vm.runInContext(`(${source})`, context) };
}

/** One end, and the messages that wait for it. */
class Side {
  /** @type {Side} */
  other;
  queue = [];
  /** Calls that wait here, the innermost last. */
  waiting = [];
  end;
  #isPage;

  constructor(End, realm, isPage) {
    this.#isPage = isPage;
    const transport = {
      send: (...message) => this.#send(...message),
      next: (call) => this.#next(call),
    };
    this.end = new End(realm, transport, !isPage);
  }

  #send(kind, target, value) {
    const { codec } = this.end;
    const size = codec.encode(value);
    const bytes = new Uint8Array(codec.scratch.slice(0, size));
    const buffers = [...codec.buffers].map(({ buffer }) => buffer.slice(0));
    this.other.queue.push({ kind, target, bytes, buffers });
  }

  /** The next message that may be handled now. */
  #take() {
    const call = this.waiting.at(-1);
    const mayHandle = ({ kind, target }) =>
      !this.#isPage || call === undefined || (kind === KINDS.MEMBRANE_REPLY && target === call);
    const at = this.queue.findIndex(mayHandle);
    if (at < 0) return null;
    const [{ kind, target, bytes, buffers }] = this.queue.splice(at, 1);
    const value = this.end.codec.decode(bytes, 0, bytes.length, { buffers });
    return { kind, target, value, lent: this.end.takeLent() };
  }

  #next(call) {
    this.waiting.push(call);
    try {
      for (;;) {
        const message = this.#take();
        if (message) return message;
        if (!this.other.turn()) throw new Error('both ends of the membrane wait');
      }
    } finally {
      this.waiting.pop();
    }
  }

  /** Handles one message. @returns {boolean} whether there was one */
  turn() {
    const message = this.#take();
    if (message) this.end.handle(message);
    return message !== null;
  }
}

function makeRealmHooks(Types, isPage) {
  return {
    isOpaque: () => false,
    isBuffer: (view) => !isPage && Buffer.isBuffer(view),
    toBuffer: (bytes) => (isPage ? bytes : Buffer.from(bytes.buffer)),
    lends: (fn) => fn.lends === true,
    valueTypes: new Types(),
    run: () => undefined,
    report: (error) => {
      throw error;
    },
  };
}

/**
 * @param {Record<string, unknown>} root what the agent offers: operations by name
 * @returns both ends; `run(source, ...)` runs a function in the page's realm with what the agent offers
 */
function makeMembrane(root) {
  const realm = makeRealm();
  const pageLibrary = realm.load('lib/common/membrane.js');
  const agent = new Side(
    End,
    { ...makeRealmHooks(ValueTypes, false), run: (name) => root[name] },
    false,
  );
  const page = new Side(pageLibrary.End, makeRealmHooks(pageLibrary.ValueTypes, true), true);
  agent.other = page;
  page.other = agent;
  const RUN = 11;
  const has = (name) => page.end.ask(RUN, name, realm.run('[]'));
  return {
    agent,
    page,
    run: (fn, ...given) =>
      realm.run(fn.toString())(new Proxy({}, { get: (_, name) => has(name) }), ...given),
    /** Handles what waits until there is nothing more. */
    async settle() {
      for (let idle = 0; idle < 3;) {
        const hadWork = agent.turn() || page.turn();
        await new Promise(setImmediate);
        idle = hadWork ? 0 : idle + 1;
      }
    },
  };
}

module.exports = { makeMembrane };
