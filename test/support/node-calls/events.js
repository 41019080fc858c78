'use strict';

const { EventEmitter, once, on, errorMonitor } = require('events');
const events = require('events');

class Counter extends EventEmitter {
  total = 0;

  add(n) {
    this.total += n;
    this.emit('added', n, this.total);
    return this;
  }
}

function record(emitter, ...names) {
  const seen = [];
  for (const name of names) emitter.on(name, (...given) => seen.push([name, ...given]));
  return seen;
}

module.exports = {
  'a class extends EventEmitter': () => {
    const counter = new Counter();
    const seen = record(counter, 'added');
    counter.add(2).add(3);
    return [seen, counter instanceof EventEmitter, counter.listenerCount('added')];
  },
  'order of listeners': () => {
    const emitter = new EventEmitter();
    const seen = [];
    emitter.on('x', () => seen.push('first'));
    emitter.prependListener('x', () => seen.push('before'));
    emitter.prependOnceListener('x', () => seen.push('once before'));
    emitter.once('x', () => seen.push('once'));
    return [emitter.emit('x'), emitter.emit('x'), seen];
  },
  'emit without listeners': () => new EventEmitter().emit('nothing', 1),
  'this is the emitter': () => {
    const emitter = new EventEmitter();
    let self;
    emitter.on('x', function () {
      self = this;
    });
    emitter.emit('x');
    return self === emitter;
  },
  'off takes one away': () => {
    const emitter = new EventEmitter();
    const seen = [];
    const listener = () => seen.push(1);
    emitter.on('x', listener).on('x', listener);
    emitter.off('x', listener);
    emitter.emit('x');
    return [seen, emitter.listeners('x').length];
  },
  'off of what is registered once': () => {
    const emitter = new EventEmitter();
    const listener = () => {};
    emitter.once('x', listener);
    const wrapped = emitter.rawListeners('x')[0].listener === listener;
    return [wrapped, emitter.off('x', listener).listenerCount('x')];
  },
  removeAllListeners: () => {
    const emitter = new EventEmitter();
    emitter.on('a', () => {}).on('b', () => {});
    emitter.removeAllListeners('a');
    const left = emitter.eventNames();
    return [left, emitter.removeAllListeners().eventNames()];
  },
  'eventNames with symbols': () => {
    const emitter = new EventEmitter();
    emitter.on('a', () => {}).on(Symbol.for('s'), () => {});
    return emitter.eventNames();
  },
  'newListener and removeListener': () => {
    const emitter = new EventEmitter();
    const seen = [];
    emitter.on('newListener', (name) => seen.push(`new ${name}`));
    emitter.on('removeListener', (name) => seen.push(`removed ${name}`));
    const listener = () => {};
    emitter.on('x', listener).off('x', listener);
    return seen;
  },
  'an error that nobody hears': () => new EventEmitter().emit('error', new RangeError('alone')),
  'an error that is none': () => new EventEmitter().emit('error', { reason: 'odd' }),
  'errorMonitor hears first': () => {
    const emitter = new EventEmitter();
    const seen = [];
    emitter.on(errorMonitor, (error) => seen.push(`monitor ${error.message}`));
    emitter.on('error', (error) => seen.push(`listener ${error.message}`));
    emitter.emit('error', new Error('e'));
    return seen;
  },
  'a listener must be a function': () => new EventEmitter().on('x', 5),
  setMaxListeners: () => {
    const emitter = new EventEmitter();
    const before = emitter.getMaxListeners();
    return [before, emitter.setMaxListeners(3).getMaxListeners(), events.defaultMaxListeners];
  },
  'a negative number of listeners': () => new EventEmitter().setMaxListeners(-1),
  'once gives a promise': async () => {
    const emitter = new EventEmitter();
    setTimeout(() => emitter.emit('ready', 1, 'two'), 1);
    return await once(emitter, 'ready');
  },
  'once rejects with the error': async () => {
    const emitter = new EventEmitter();
    setTimeout(() => emitter.emit('error', new TypeError('no')), 1);
    return await once(emitter, 'ready');
  },
  'once with a signal': async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 1);
    const { name, code } = await once(new EventEmitter(), 'x', abort).catch((error) => error);
    return [name, code];
  },
  'on iterates': async () => {
    const emitter = new EventEmitter();
    setTimeout(() => {
      for (const n of [1, 2, 3]) emitter.emit('n', n);
      emitter.emit('end');
    }, 1);
    const seen = [];
    for await (const [n] of on(emitter, 'n', { close: ['end'] })) seen.push(n);
    return seen;
  },
  captureRejections: async () => {
    const emitter = new EventEmitter({ captureRejections: true });
    emitter.on('x', async () => {
      throw new Error('late');
    });
    const heard = once(emitter, 'error').catch((error) => [error]);
    emitter.emit('x');
    return (await new Promise((resolve) => emitter.on('error', resolve)), await heard)[0];
  },
  getEventListeners: () => {
    const emitter = new EventEmitter();
    const listener = () => {};
    emitter.on('x', listener);
    return events.getEventListeners(emitter, 'x')[0] === listener;
  },
};
