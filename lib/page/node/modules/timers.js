'use strict';

/** `timers`: the page's own clocks, as Node's objects. A page has no loop that a timer could keep open. */

require('../dispose');
const { checkFunction } = require('../errors');
const { lazy } = require('../../../common/lazy');

const { MessageChannel, clearInterval, clearTimeout, setInterval, setTimeout } = globalThis;
const { apply } = Reflect;
const { toPrimitive } = Symbol;

/** @type {Map<number, Timeout>} by the page's number */
const timeouts = new Map();

/** What would keep a loop of Node's from ending; here it is only remembered. */
class Referenced {
  #isReferenced = true;

  ref() {
    this.#isReferenced = true;
    return this;
  }

  unref() {
    this.#isReferenced = false;
    return this;
  }

  hasRef() {
    return this.#isReferenced;
  }
}

class Timeout extends Referenced {
  #run;
  #delay;
  #repeats;
  #number = 0;

  constructor(callback, delay, given, repeats) {
    super();
    checkFunction('callback', callback);
    this.#delay = delay;
    this.#repeats = repeats;
    this.#run = () => {
      if (!repeats) timeouts.delete(this.#number);
      apply(callback, this, given);
    };
    this.#start();
  }

  #start() {
    this.#number = (this.#repeats ? setInterval : setTimeout)(this.#run, this.#delay);
    timeouts.set(this.#number, this);
  }

  #stop() {
    timeouts.delete(this.#number);
    (this.#repeats ? clearInterval : clearTimeout)(this.#number);
  }

  close() {
    this.#stop();
    return this;
  }

  refresh() {
    this.#stop();
    this.#start();
    return this;
  }

  [toPrimitive]() {
    return this.#number;
  }

  [Symbol.dispose]() {
    this.#stop();
  }
}

class Immediate extends Referenced {
  callback;
  given;

  constructor(callback, given) {
    super();
    checkFunction('callback', callback);
    this.callback = callback;
    this.given = given;
  }

  [Symbol.dispose]() {
    immediates.delete(this);
  }
}

/** In order of their making. @type {Set<Immediate>} */
const immediates = new Set();
const { port1, port2 } = new MessageChannel();

/** One a task: what a callback makes comes after what was there. */
port1.onmessage = () => {
  const [first] = immediates;
  if (first === undefined) return;
  immediates.delete(first);
  apply(first.callback, first, first.given);
};

const timers = {
  setTimeout: (callback, delay, ...given) => new Timeout(callback, delay, given, false),
  setInterval: (callback, delay, ...given) => new Timeout(callback, delay, given, true),
  clearTimeout: (timer) => clear(timer),
  clearInterval: (timer) => clear(timer),

  setImmediate(callback, ...given) {
    const immediate = new Immediate(callback, given);
    immediates.add(immediate);
    port2.postMessage(null);
    return immediate;
  },

  clearImmediate: (immediate) => void immediates.delete(immediate),
};

function clear(timer) {
  if (timer instanceof Timeout) timer.close();
  else if (timer !== undefined && timer !== null) {
    timeouts.get(+timer)?.close();
    clearTimeout(+timer);
  }
}

lazy(timers, 'promises', () => require('./timers-promises'));

module.exports = timers;
