'use strict';

/* Attacks on Weft's own script and messages, which share the page's realm or its engine. See tools.js. */

/** A secret of main's, wherever it would show. */
const SECRET = /\b[0-9a-f]{32}\b/;

/** All that a call of a replaced method is given: what is not the page's own. */
const seen = [];

function look(value, where) {
  try {
    if (typeof value === 'string' && SECRET.test(value)) seen.push(`${where}: a secret`);
    if (
      typeof value === 'function' &&
      /^(configure|sendSync|receive|openPort|openHost|spawn|attach)$/.test(value.name)
    ) {
      seen.push(`${where}: ${value.name}()`);
    }
    if (typeof value !== 'object' || value === null) return;
    for (const name of [
      'binding',
      'nodeIntegrationInWorker',
      'nodeInPage',
      'nodeInPreload',
      'preload',
      'appPath',
      'token',
    ]) {
      if (Object.prototype.hasOwnProperty.call(value, name))
        seen.push(`${where}: an object with ${name}`);
    }
  } catch {}
}

/** Replaces every method of the language by one that looks at what it is given; returns how to undo it. */
function spy() {
  const undo = [];
  const { apply, defineProperty, getOwnPropertyDescriptor, ownKeys } = Reflect;
  for (const name of [
    'Object',
    'Function',
    'Array',
    'String',
    'Promise',
    'Map',
    'Set',
    'WeakMap',
    'WeakRef',
    'FinalizationRegistry',
    'JSON',
    'Reflect',
    'RegExp',
    'Error',
    'ArrayBuffer',
    'DataView',
    'Uint8Array',
    'Symbol',
  ]) {
    for (const target of [window[name], window[name].prototype]) {
      for (const key of target ? ownKeys(target) : []) {
        const descriptor = getOwnPropertyDescriptor(target, key);
        const original = descriptor.value;
        if (typeof original !== 'function' || !descriptor.configurable || key === 'constructor')
          continue;
        let isInside = false;
        const wrapper = function (...args) {
          if (!isInside) {
            isInside = true;
            look(this, `${name}.${String(key)}`);
            for (let i = 0; i < args.length; i++) look(args[i], `${name}.${String(key)}`);
            isInside = false;
          }
          return new.target ? Reflect.construct(original, args) : apply(original, this, args);
        };
        defineProperty(target, key, { ...descriptor, value: wrapper });
        undo.push(() => defineProperty(target, key, descriptor));
      }
    }
  }
  return () => undo.forEach((one) => one());
}

/** Traps for what script of ours would read or write by name. */
function setTraps() {
  const undo = [];
  for (const name of [
    'then',
    'token',
    'options',
    'preload',
    'nodeInPage',
    'nodeIntegrationInWorker',
    'path',
    'source',
    'port',
    'data',
    'kind',
    'get',
    'value',
    'binding',
    'weft',
    'process',
    'require',
  ]) {
    const trap = {
      configurable: true,
      get: () => undefined,
      set(value) {
        look(value, `a setter of ${name}`);
        const own = {
          __proto__: null,
          value,
          writable: true,
          configurable: true,
          enumerable: true,
        };
        Object.defineProperty(this, name, own);
      },
    };
    Object.defineProperty(Object.prototype, name, { __proto__: null, ...trap });
    undo.push(() => delete Object.prototype[name]);
  }
  return () => undo.forEach((one) => one());
}

/** Makes Weft's script in this page run: everything that it wraps. */
async function exercise() {
  const frame = document.body.appendChild(document.createElement('iframe'));
  frame.contentWindow.location.reload();
  await probeWorker('', () => new Worker(texts('postMessage([])')));
  const { port1, port2 } = new MessageChannel();
  await heard(port1, () => (port1.start(), port2.postMessage([])));
  const channel = new BroadcastChannel('x');
  channel.postMessage(1);
  channel.close();
  structuredClone({ a: new Map() });
  try {
    window.open('about:blank')?.close();
  } catch {}
  for (const value of Object.values(window.bridge ?? {})) {
    try {
      await value(() => ({}), {});
    } catch {} // `throws`, and what is no function
  }
}

attacks['methods of the language that it replaces'] = async () => {
  seen.length = 0;
  const undo = spy();
  await exercise();
  undo();
  return [...new Set(seen)];
};

attacks['traps on Object.prototype'] = async () => {
  seen.length = 0;
  const undo = setTraps();
  await exercise();
  undo();
  return [...new Set(seen)];
};

attacks['options on Object.prototype'] = async () => {
  const switches = {
    nodeIntegration: true,
    nodeIntegrationInWorker: true,
    nodeInPage: true,
    nodeInPreload: true,
    sandbox: false,
    contextIsolation: false,
    preload: { path: '/x', source: 'window.ran = 1' },
    isSubframe: false,
  };
  Object.assign(Object.prototype, switches);
  const frame = await frameOf({ src: 'tells.html' });
  const found = [
    ...probe('frame', frame.contentWindow),
    ...probe('window', window),
    ...(await probeWorker('worker', () => new Worker(texts(PROBE_WORKER)))),
  ];
  if (frame.contentWindow.ran) found.push('a preload script of its own ran');
  for (const name of Object.keys(switches)) delete Object.prototype[name];
  return found;
};

attacks['messages to the main process'] = async () => {
  const found = [];
  const handlers = window.webkit?.messageHandlers;
  for (const name of [...Object.getOwnPropertyNames(handlers ?? {}), 'weft', 'console', 'main']) {
    try {
      const answer = await handlers[name].postMessage({
        kind: 'attach-host',
        token: '0'.repeat(32),
      });
      found.push(`a handler ${name} answers ${answer}`);
    } catch {}
  }
  for (const [key, value] of Object.entries(window.webkit ?? {})) {
    if (key !== 'messageHandlers') found.push(`window.webkit.${key}: ${typeof value}`);
  }
  return found;
};

attacks['forged events and messages'] = async () => {
  const forged = [
    'attach-host',
    'attach-own-host',
    'main-line',
    'configure',
    'execute-javascript',
    'ipc',
  ];
  for (const kind of forged) {
    for (const data of [
      kind,
      { kind, token: '', id: 1 },
      { type: kind, channel: kind, args: [] },
    ]) {
      window.postMessage(data, '*');
      window.dispatchEvent(new CustomEvent(kind, { detail: data }));
      document.dispatchEvent(new CustomEvent(`weft-${kind}`, { detail: data }));
      document.dispatchEvent(new MessageEvent('message', { data }));
    }
  }
  console.log('weft', { configure: true });
  window.dispatchEvent(new FocusEvent('focus', { relatedTarget: document.createElement('a') }));
  await new Promise((resolve) => setTimeout(resolve, 0));
  return probe('after the messages', window);
};

attacks['stacks, callers and sources'] = () => {
  const found = [];
  const prepared = Error.prepareStackTrace;
  Error.prepareStackTrace = (error, sites) => {
    for (const site of Array.isArray(sites) ? sites : []) look(site.getThis?.(), 'a call site');
    return '';
  };
  for (const run of [
    () => new Worker(),
    () => new Worker('weft:x'),
    () => new MessageChannel().port1.postMessage(() => {}),
    () => window.bridge?.throws?.(),
  ]) {
    try {
      run();
    } catch (error) {
      for (const made of [error.constructor, error.constructor.constructor]) {
        if (made.constructor('return this')() !== window)
          found.push(`an error's ${made.name} is of another world`);
      }
    }
  }
  for (const fn of [Worker, window.open, MessagePort.prototype.postMessage]) {
    try {
      if (fn.caller || fn.arguments) found.push(`${fn.name}.caller`);
    } catch {}
  }
  Error.prepareStackTrace = prepared;
  return [...found, ...seen.splice(0)];
};

/** Notes what has not been made in this world: the constructors that it leads to make code there. */
function worlds(found, value, where, depth = 0) {
  if (depth > 4 || (typeof value !== 'object' && typeof value !== 'function') || value === null) {
    return;
  }
  for (let at = value; at !== null; at = Object.getPrototypeOf(at)) {
    const make = at.constructor?.constructor;
    if (typeof make === 'function' && make('return this')() !== window) {
      found.push(`${where} is of another world`);
      return;
    }
  }
  for (const key of Reflect.ownKeys(value)) {
    try {
      worlds(found, value[key], `${where}.${String(key)}`, depth + 1);
    } catch {}
  }
}

attacks['what nobody catches in the preload script'] = async () => {
  const found = [];
  if (!window.bridge) return found;
  const types = ['unhandledrejection', 'rejectionhandled', 'error'];
  const look = (event) => {
    for (const key in event) {
      if (/^(promise|reason|error|detail|message)$/.test(key))
        worlds(found, event[key], `${event.type}.${key}`);
    }
  };
  for (const type of types) addEventListener(type, look, true);
  window.onerror = (...all) => all.forEach((one) => worlds(found, one, 'onerror'));
  window.onunhandledrejection = look;
  bridge.lose();
  bridge.fail();
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setTimeout(resolve));
  for (const type of types) removeEventListener(type, look, true);
  return found;
};

attacks['functions of the preload script'] = async () => {
  const found = [];
  const { bridge } = window;
  if (!bridge) return found;
  worlds(found, bridge, 'bridge');
  worlds(
    found,
    bridge.echo({
      a: [() => 1],
      get b() {
        return 1;
      },
    }),
    'echo()',
  );
  worlds(found, await bridge.later({ a: 1 }), 'later()');
  await bridge.call((...args) => worlds(found, args, 'an argument of a callback'));
  for (const run of [
    () => bridge.throws(),
    () => bridge.echo(Symbol('x')),
    () => bridge.echo(window),
    () =>
      bridge.call(() => {
        throw {
          get message() {
            return bridge;
          },
        };
      }),
  ]) {
    try {
      await run();
    } catch (error) {
      worlds(found, error, 'an error');
    }
  }
  const Poisoned = function () {};
  Poisoned.prototype = new Proxy(
    {},
    { get: (target, key, self) => (worlds(found, self, `a proxy's ${String(key)}`), undefined) },
  );
  try {
    bridge.echo(new Poisoned());
  } catch {}
  return found;
};

attacks['its own address, as if it were another'] = async () => {
  const found = [];
  for (const address of ['file:///x', 'app://lab/x', 'http://127.0.0.1/', 'http://localhost/']) {
    try {
      history.pushState(null, '', address);
      if (!location.href.startsWith(new URL(location.href).origin)) found.push(address);
    } catch {}
    const base = document.head.appendChild(
      Object.assign(document.createElement('base'), { href: address }),
    );
    found.push(...(await probeWorker(`base ${address}`, () => new Worker(texts(PROBE_WORKER)))));
    base.remove();
  }
  for (const name of ['location', 'document', 'window', 'top']) {
    try {
      Object.defineProperty(window, name, {
        value: { protocol: 'file:', href: 'file:///x', ancestorOrigins: [] },
      });
      found.push(`window.${name} can be replaced`);
    } catch {}
  }
  window.origin = 'file://';
  found.push(...(await probeWorker('another origin', () => new Worker(texts(PROBE_WORKER)))));
  return found;
};
