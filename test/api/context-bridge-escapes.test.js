'use strict';

/*
 * A hostile page and a preload script: nothing of the isolated world reaches the page, and nothing
 * of the page reaches the preload script but copies. Functions passed to `page` run in a page
 * (test/support/lab.js), with the tools of spy.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const path = require('node:path');
const { startLab } = require('../support/lab');

/** The isolated world: `seen` is what it met that is not its own. */
const PRELOAD = `
const { contextBridge, ipcRenderer } = require('electron');
globalThis.secret = 'secret';
Object.prototype.ofPreload = 'leak';
const seen = [];
const isOwn = (value) => {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return true;
  let last = value;
  for (let p = value; p !== null; p = Object.getPrototypeOf(p)) last = p;
  return last === Object.prototype;
};
/** Everything that can be reached from a value. */
function look(value, known = new Set()) {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function') || known.has(value)) return;
  known.add(value);
  if (!isOwn(value)) seen.push(String(value));
  for (const key of Reflect.ownKeys(value)) {
    const { value: member, get } = Object.getOwnPropertyDescriptor(value, key);
    if (get !== undefined && known.size === 1) seen.push('a getter: ' + String(key));
    look(member, known);
  }
}
for (const type of ['message', 'attack', 'error', 'unhandledrejection']) {
  window.addEventListener(type, (event) => {
    for (const name of ['data', 'detail', 'error', 'reason', 'promise', 'state']) look(event[name]);
  });
}
contextBridge.exposeInMainWorld('api', {
  take: (...given) => { given.forEach((value) => look(value)); return given.length; },
  echo: (value) => value,
  make: () => ({ list: [{}, () => ({})], date: new Date(), map: new Map([[1, {}]]), bytes: new Uint8Array(2) }),
  call: (callback, ...given) => {
    try {
      const result = callback(() => 'inner', { object: {} }, [[]], new Date(), document.body, ...given);
      look(result);
      return result;
    } catch (error) {
      look(error);
      throw error;
    }
  },
  callLater: async (callback) => {
    await null;
    return api.call(callback);
  },
  use: (value) => [value?.foo, value?.length, value?.[0], [...(Array.isArray(value) ? value : [])].length],
  fail: () => { throw new TypeError('fails'); },
  failLater: async () => { throw new TypeError('fails later'); },
  failUnseen: () => { setTimeout(() => { Promise.reject({ ofPreload: () => secret }); }); },
  throwUnseen: () => { setTimeout(() => { throw new Error('unseen'); }); },
  failStrangely: (thrown) => { throw { get message() { throw new Error('strange'); } }; },
  throwInMap: () => new Map([[1, { get a() { throw { ofPreload: () => secret }; } }]]),
  nodes: () => ({ body: document.body, text: document.createTextNode('') }),
  element: (element) => [typeof element.expando, typeof element.querySelector, Object.hasOwn(element, 'querySelector')],
  polluted: () => [typeof {}.ofPage, typeof [].ofPage, typeof (() => 0).ofPage, Object.hasOwn(Array.prototype, 'ofPage')],
  define: () => customElements?.define('of-preload', class extends HTMLElement {}),
  click: (id) => clickOn(id),
  inMain: (...args) => contextBridge.executeInMainWorld({ func: (...given) => given.map((one) => look(one)), args }),
  handlers: () => { window.onkeydown = () => secret; document.body.onclick = () => secret; },
  seen: () => seen.splice(0),
});
const api = { call: (callback) => callback(() => 'inner', {}) };
function clickOn(id) { document.getElementById(id).click(); }
`;

const SPY = `
window.foreign = [];
const { apply, construct, defineProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;
const root = Object.prototype;
function isOwnHere(value) {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return true;
  let last = value;
  for (let p = value; p !== null; p = getPrototypeOf(p)) last = p;
  return last === root || last === value;
}
/** What can be reached from a value must be the page's own. */
function look(value, what = '', known = new Set()) {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function') || known.has(value)) return;
  known.add(value);
  if (!isOwnHere(value)) foreign.push(what);
  try {
    if (value.constructor?.constructor?.('return typeof secret')() !== 'undefined') foreign.push(what + ': world');
  } catch {}
  if (known.size > 500) return;
  for (const key of ownKeys(value)) {
    const { value: member, get, set } = getOwnPropertyDescriptor(value, key);
    for (const one of [member, get, set]) look(one, what + '.' + String(key), known);
  }
}
/** Runs a function; what it gives or throws is looked at. */
function attempt(what, fn) {
  try {
    const value = fn();
    look(value, what);
    return value;
  } catch (error) {
    look(error, what + ' throws');
    return error;
  }
}
async function attemptLater(what, fn) {
  try {
    const value = await fn();
    look(value, what);
    return value;
  } catch (error) {
    look(error, what + ' rejects');
    return error;
  }
}
/** All that the page did not make, in one place. */
const found = () => [...foreign.splice(0), ...api.seen()];
`;

const ATTACKS = {
  'what functions give, throw and reject with'() {
    for (const name of ['make', 'nodes', 'fail', 'failStrangely', 'throwInMap', 'define', 'handlers'])
      attempt(name, () => api[name]());
    look(api, 'api');
    return attemptLater('failLater', () => api.failLater());
  },

  'what callbacks are given'() {
    attempt('call', () => api.call((...given) => given.forEach((one) => look(one, 'given'))));
    attempt('call of inner', () => api.call((inner) => look(inner(), 'inner')));
    return attemptLater('callLater', () => api.callLater((...given) => look(given, 'given later')));
  },

  'who calls a callback'() {
    const sloppy = (0, eval)(`(function sloppy() {
      look([sloppy.caller, sloppy.arguments, arguments.callee.caller], 'caller');
      if (!isOwnHere(this)) foreign.push('this');
    })`);
    const button = document.body.appendChild(document.createElement('button'));
    button.id = 'button';
    button.onclick = sloppy;
    attempt('call', () => api.call(sloppy));
    attempt('click', () => api.click('button'));
    attempt('caller of ours', () => api.call.caller);
    attempt('arguments of ours', () => api.call.arguments);
    if (typeof sloppy.caller === 'function') foreign.push('caller');
  },

  'errors that throw when they are read'() {
    const bad = {
      get message() {
        throw {
          get message() {
            throw 1;
          },
        };
      },
      toString() {
        throw 1;
      },
    };
    attempt('thrown', () =>
      api.call(() => {
        throw bad;
      }),
    );
    attempt('given', () =>
      api.take(
        Object.assign(new Error(), {
          get cause() {
            throw bad;
          },
        }),
      ),
    );
    attempt('proxy', () =>
      api.call(() => {
        throw new Proxy(new Error('x'), {
          get() {
            throw bad;
          },
        });
      }),
    );
    attempt('primitive', () =>
      api.call(() => {
        throw {
          [Symbol.toPrimitive]() {
            throw bad;
          },
        };
      }),
    );
    attempt('undefined', () =>
      api.call(() => {
        throw undefined;
      }),
    );
  },

  'promises with a constructor of their own'() {
    const executors = [];
    class Evil extends Promise {
      constructor(executor) {
        look(executor, 'executor');
        executors.push(executor);
        super(executor);
      }
      then(...given) {
        look(given, 'then');
        return super.then(...given);
      }
    }
    const promise = Promise.resolve({});
    promise.constructor = {
      [Symbol.species]: function (executor) {
        look([executor, new.target], 'species');
        executor(
          () => {},
          () => {},
        );
      },
    };
    const own = Promise.resolve(1);
    own.then = (...given) => look(given, 'own then');
    Object.defineProperty(own, 'constructor', {
      get() {
        throw new Error('constructor');
      },
    });
    attempt('promises', () =>
      api.take(promise, own, new Evil((done) => done({})), Evil.reject({}), {
        then: (...given) => look(given, 'thenable'),
      }),
    );
    return attemptLater('echo', async () =>
      look(await api.echo(Promise.resolve(api.echo(new Evil((done) => done({})))))),
    );
  },

  'a thenable that a promise has become'() {
    const late = {};
    const promise = Promise.resolve(late);
    late.then = (...given) =>
      given.forEach((one) => {
        look(one, 'thenable');
        one({});
      });
    return attemptLater('late thenable', () =>
      Promise.race([api.echo(promise), new Promise((done) => setTimeout(done, 50))]),
    );
  },

  'lists with members of their own'() {
    const list = Object.assign([1, 2], {
      foo: 1,
      map: (...given) => look(given, 'map'),
      constructor: { [Symbol.species]: (...given) => look(given, 'species') },
      [Symbol.iterator]: (...given) => look(given, 'iterator'),
    });
    attempt('list', () => api.take(list));
    if (String(api.use(list)) !== ',2,1,2') foreign.push('members of a list: ' + api.use(list));
    attempt('length', () =>
      api.take(
        new Proxy([], { get: (target, key) => (key === 'length' ? { valueOf: () => 1 } : {}) }),
      ),
    );
  },

  'proxies with every trap'() {
    const traps = {};
    for (const name of Object.getOwnPropertyNames(Reflect)) {
      traps[name] = (...given) => {
        look(given, 'trap ' + name);
        return Reflect[name](...given);
      };
    }
    for (const target of [
      { a: {} },
      [1, {}],
      () => ({}),
      new Map(),
      Promise.resolve(),
      new Error('x'),
      document.body,
    ]) {
      attempt('proxy', () => api.take(new Proxy(target, traps)));
      attempt('proxy given back', () => api.call(() => new Proxy(target, traps)));
    }
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    attempt('revoked', () => api.take(proxy));
    attempt('prototype', () => api.take(Object.create(new Proxy({}, traps))));
  },

  'getters, and what they do meanwhile'() {
    let depth = 0;
    const object = {
      get again() {
        return depth++ < 50 ? api.echo(object) : api.make();
      },
    };
    attempt('again', () => api.take(object));
    attempt('in a map', () =>
      api.take(
        new Map([
          [
            1,
            {
              get a() {
                look(api.make());
                return api.nodes();
              },
            },
          ],
        ]),
      ),
    );
    attempt('throws in a map', () =>
      api.take(
        new Map([
          [
            1,
            {
              get a() {
                throw {};
              },
            },
          ],
        ]),
      ),
    );
  },

  'a stack that is full'() {
    const errors = new Set();
    /** Fills the stack, and runs the function where there is little left of it. */
    const dig = (fn) => {
      let left = 0;
      try {
        left = dig(fn) + 1;
      } catch (error) {
        errors.add(error);
      }
      if (left > 100) return left;
      try {
        look(fn(), 'deep');
      } catch (error) {
        errors.add(error);
      }
      return left;
    };
    for (const fn of [
      api.fail,
      api.make,
      api.nodes,
      () => api.call(() => {}),
      () => api.take(new Map()),
      () => api.take({ a: [] }),
      () => api.take(Promise.resolve()),
    ]) {
      try {
        dig(fn);
      } catch (error) {
        errors.add(error);
      }
    }
    for (const error of errors) look(error, 'full stack');
    if (errors.size === 0) foreign.push('the stack was never full');
  },

  'functions as constructors'() {
    attempt('new', () => new api.make());
    attempt('construct', () => Reflect.construct(api.make, [], class {}));
    attempt('extends', () => new (class extends api.make {})());
    attempt('apply', () => Reflect.apply(api.echo, api, [{}]));
    attempt('bind', () => api.make.bind(null)());
    attempt('class', () => api.call(class {}));
  },

  'expandos of elements'() {
    document.body.expando = () => {};
    document.body.querySelector = () => {};
    const kinds = String(api.element(document.body));
    if (kinds !== 'undefined,function,false') foreign.push('expandos: ' + kinds);
    delete document.body.querySelector;
    attempt('handlers', () =>
      [window.onkeydown, document.body.onclick].forEach((one) => look(one, 'handler')),
    );
  },

  async 'events that carry objects'() {
    const evil = { map: (fn) => look(fn, 'map of an event') };
    dispatchEvent(new MessageEvent('message', { data: evil }));
    dispatchEvent(new CustomEvent('attack', { detail: evil }));
    dispatchEvent(new ErrorEvent('error', { error: evil }));
    dispatchEvent(new PopStateEvent('attack', { state: evil }));
    dispatchEvent(
      new PromiseRejectionEvent('unhandledrejection', { promise: Promise.resolve(), reason: evil }),
    );
    Promise.reject(evil);
    const told = new Promise((done) =>
      addEventListener(
        'error',
        (event) => {
          look(event.error, 'error event');
          event.preventDefault();
          done();
        },
        { once: true },
      ),
    );
    const unhandled = (event) => {
      event.preventDefault();
      look([event.promise, event.reason], 'unhandledrejection');
      if (event.reason !== evil) foreign.push('a rejection of the preload script');
    };
    addEventListener('unhandledrejection', unhandled);
    api.failUnseen();
    api.throwUnseen();
    await told;
    removeEventListener('unhandledrejection', unhandled);
  },

  'custom elements'() {
    if (customElements.get('of-preload')) foreign.push('customElements.get');
    attempt('whenDefined', () => customElements.get('of-preload'));
    customElements.define(
      'of-page',
      class extends HTMLElement {
        connectedCallback() {
          look(arguments, 'connected');
        }
      },
    );
    attempt('created', () =>
      api.take(document.body.appendChild(document.createElement('of-page'))),
    );
  },

  'what a function in the page is given'() {
    attempt('given', () => api.inMain({}, () => ({}), [new Date()], document.body));
  },

  'intrinsics that spy'() {
    const spied = [];
    const setters = [];
    let undo = null;
    let count = 0;
    const note = (...what) =>
      defineProperty(spied, count++, { __proto__: null, value: what, enumerable: true });
    const spy = (holder, name) => {
      for (const key of ownKeys(holder)) {
        const descriptor = getOwnPropertyDescriptor(holder, key);
        if (
          !descriptor.configurable ||
          typeof descriptor.value !== 'function' ||
          key === 'constructor'
        )
          continue;
        const native = descriptor.value;
        const value = function (...given) {
          if (!isOwnHere(this)) note(name, key, 'this');
          for (let i = 0; i < given.length; i++) if (!isOwnHere(given[i])) note(name, key, i);
          return new.target ? construct(native, given, new.target) : apply(native, this, given);
        };
        if (native.prototype) value.prototype = native.prototype;
        for (const own of ownKeys(native)) {
          if (getOwnPropertyDescriptor(value, own)?.configurable !== false) {
            defineProperty(value, own, getOwnPropertyDescriptor(native, own));
          }
        }
        undo = { __proto__: null, next: undo, holder, key, descriptor };
        defineProperty(holder, key, { __proto__: null, value, writable: true, configurable: true });
      }
    };
    const restore = () => {
      for (let i = 0; i < setters.length; i++) delete setters[i][0][setters[i][1]];
      for (; undo; undo = undo.next) defineProperty(undo.holder, undo.key, undo.descriptor);
      delete Array.prototype.ofPage;
      delete Function.prototype.ofPage;
    };
    const setter = (holder, key) =>
      defineProperty(holder, key, {
        __proto__: null,
        configurable: true,
        get() {
          if (!isOwnHere(this)) note('get', key);
        },
        set(value) {
          if (!isOwnHere(this) || !isOwnHere(value)) note('set', key);
        },
      });
    const names = [
      'Array',
      'Object',
      'Function',
      'Map',
      'WeakMap',
      'Set',
      'Promise',
      'Error',
      'TypeError',
      'Symbol',
      'String',
      'Date',
      'RegExp',
      'ArrayBuffer',
      'Uint8Array',
      'EventTarget',
      'Event',
      'CustomEvent',
      'FocusEvent',
      'Node',
      'Document',
      'Blob',
    ];
    for (const name of names) spy(window[name].prototype, name);
    for (const name of names) spy(window[name], name);
    spy(Reflect, 'Reflect');
    for (const key of [
      'ofPage',
      'value',
      'get',
      'set',
      'then',
      'error',
      'detail',
      'relatedTarget',
      'promise',
      'resolve',
      'message',
      'writable',
      'kind',
      'original',
      'realm',
      'bubbles',
    ])
      setters.push([Object.prototype, key]);
    for (const key of [0, 1, 2, 3]) setters.push([Array.prototype, key]);
    for (let i = 0, all = setters; i < 20; i++) setter(all[i][0], all[i][1]);
    Array.prototype.ofPage = Function.prototype.ofPage = 1;

    for (const name of ['make', 'nodes', 'fail', 'failStrangely', 'failLater'])
      try {
        api[name]();
      } catch {}
    try {
      api.call(
        (...given) => given.length,
        {},
        [1],
        new Map(),
        new Date(),
        Promise.resolve({}),
        new Error('x'),
      );
    } catch {}
    try {
      api.take(
        { a: [1, { b() {} }] },
        document.body,
        new Blob([]),
        new Uint8Array(2),
        Promise.reject(1),
      );
    } catch {}
    if (String(api.polluted()) !== 'undefined,undefined,undefined,false') note('polluted');
    for (let i = 0; i < count; i++)
      defineProperty(foreign, i, {
        __proto__: null,
        value: spied[i][0] + ' ' + String(spied[i][1]),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    return restore();
  },
};

test('nothing leaks between a page and its preload script', async (t) => {
  const lab = await startLab(t, {
    'preload.js': PRELOAD,
    'spy.js': SPY,
    'page.html':
      '<!doctype html><script src="page-tools.js"></script><script src="spy.js"></script><body>',
  });
  const preload = path.join(lab.app.home, 'app/preload.js');
  const win = await lab.open({ preload });

  await t.test('the tools see a leak', async () => {
    const told = await win.page(() => {
      const frame = document.body.appendChild(document.createElement('iframe'));
      look({ inside: frame.contentWindow.eval('({})') }, 'leak');
      frame.remove();
      return foreign.splice(0);
    });
    assert.deepEqual(told, ['leak.inside']);
  });

  for (const [name, attack] of Object.entries(ATTACKS)) {
    await t.test(name, async () => {
      const source = `${attack}`.replace(/^(async )?'[^']*'/, '$1function');
      const told = await win.main(
        ({ contents }, id, code) => contents(id).executeJavaScript(code),
        `(async () => { await (${source})(); await new Promise((done) => setTimeout(done)); return found(); })()`,
      );
      assert.deepEqual(told, []);
    });
  }
  await lab.close();
});
