'use strict';

/*
 * The Worker object as script can inspect it: what web-platform-tests and WebIDL say of its
 * constructor, its members and its events. What it does is in worker.test.js. Functions passed to
 * `page` run in a page: test/support/lab.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { startLab } = require('../support/lab');

const FILES = {
  'echo.js': 'onmessage = ({ data }) => postMessage(data);',
  'location.js': 'postMessage([location.href, name]);',
  'sub/here.js': `postMessage('sub');`,
  'null': `postMessage('the file null');`,
  'undefined': `postMessage('the file undefined');`,
  'flood.js': 'for (let i = 0; i < 2000; i++) postMessage(i);',
};

/** Chromium's opening of each text. */
const NEW = "Failed to construct 'Worker': ";
const POST = "Failed to execute 'postMessage' on 'Worker': ";
const IN_OPTIONS = `Failed to read the 'transfer' property from 'StructuredSerializeOptions': `;

/** @param {string} name @param {string} message @param {number} [code] */
const error = (name, message, code) => ({ name, message, code });

test('Worker, the interface', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();

  await t.test('is a property of window as interfaces are', async () => {
    const found = await win.page(() => {
      const { value, ...attributes } = Object.getOwnPropertyDescriptor(window, 'Worker');
      const { value: prototype, ...ofPrototype } = Object.getOwnPropertyDescriptor(
        Worker,
        'prototype',
      );
      return {
        attributes,
        ofPrototype,
        length: Worker.length,
        name: Worker.name,
        own: Reflect.ownKeys(Worker).sort(),
        parent: Object.getPrototypeOf(Worker) === EventTarget,
        parentOfPrototype: Object.getPrototypeOf(prototype) === EventTarget.prototype,
        constructor: prototype.constructor === value,
      };
    });
    assert.deepEqual(found, {
      attributes: { writable: true, enumerable: false, configurable: true },
      ofPrototype: { writable: false, enumerable: false, configurable: false },
      ...{ length: 1, name: 'Worker', own: ['length', 'name', 'prototype'] },
      ...{ parent: true, parentOfPrototype: true, constructor: true },
    });
  });

  await t.test('has Chromium’s members in their order, as WebIDL describes them', async () => {
    const found = await win.page(() => {
      const all = Object.getOwnPropertyDescriptors(Worker.prototype);
      return Reflect.ownKeys(all).map((key) => {
        const { value, get, set, writable, enumerable, configurable } = all[key];
        const functions = [value, get, set].filter((one) => typeof one === 'function');
        const names = functions.map((fn) => `${fn.name}/${fn.length}`);
        const isMethod = functions.some((fn) => 'prototype' in fn && fn !== Worker);
        return [String(key), names.join(' '), enumerable, configurable, writable ?? '', isMethod];
      });
    });
    assert.deepEqual(found, [
      ['onmessage', 'get onmessage/0 set onmessage/1', true, true, '', false],
      ['postMessage', 'postMessage/1', true, true, true, false],
      ['terminate', 'terminate/0', true, true, true, false],
      ['constructor', 'Worker/1', false, true, true, false],
      ['onerror', 'get onerror/0 set onerror/1', true, true, '', false],
      ['onmessageerror', 'get onmessageerror/0 set onmessageerror/1', true, true, '', false],
      ['Symbol(Symbol.toStringTag)', '', false, true, false, false],
    ]);
  });

  await t.test('reads as native code, as the engine’s own functions do', async () => {
    const found = await win.page(() => {
      const text = (fn) => Function.prototype.toString.call(fn).replace(/\s+/g, ' ');
      const { get, set } = Object.getOwnPropertyDescriptor(Worker.prototype, 'onmessage');
      const own = Object.getOwnPropertyDescriptor(Function.prototype, 'toString');
      return {
        texts: [Worker, get, set, Worker.prototype.postMessage, Worker.prototype.terminate].map(text),
        text: `${Worker}`.replace(/\s+/g, ' '),
        // as lodash's isNative asks: like a function that certainly is, but for the name
        isLikeAnyOther: [Worker, Worker.prototype.postMessage].map(
          (fn) => `${fn}`.replace(fn.name, '') === `${EventTarget}`.replace('EventTarget', ''),
        ),
        toString: [text(own.value), own.value.length, own.enumerable, 'prototype' in own.value],
        others: [`${() => 1}`, text(class A {}), text(Map)],
        fails: thrownBy(() => Function.prototype.toString.call({}))?.name,
      };
    });
    const native = (/** @type {string} */ name) => `function ${name}() { [native code] }`;
    assert.deepEqual(found, {
      texts: ['Worker', 'get onmessage', 'set onmessage', 'postMessage', 'terminate'].map(native),
      text: native('Worker'),
      isLikeAnyOther: [true, true],
      toString: [native('toString'), 0, false, false],
      others: ['() => 1', 'class A {}', native('Map')],
      fails: 'TypeError',
    });
  });

  await t.test('its instances are Workers and EventTargets, and subclasses make their own', async () => {
    const found = await win.page(() => {
      class Sub extends Worker {
        constructor(...given) {
          super(...given);
          this.own = 1;
        }
        get answer() {
          return 42;
        }
      }
      const sub = new Sub('echo.js');
      const other = Reflect.construct(Worker, ['echo.js'], Sub);
      const plain = new Worker('echo.js');
      const all = [sub, other, plain];
      all.forEach((worker) => worker.terminate());
      return {
        tags: all.map((worker) => Object.prototype.toString.call(worker)),
        workers: all.every((one) => one instanceof Worker && one instanceof EventTarget),
        subs: all.map((one) => one instanceof Sub),
        answer: [sub.answer, other.answer, sub.own],
        keys: all.map((one) => Object.keys(one)),
        properties: [...(function* () { for (const key in plain) yield key; })()].sort(),
      };
    });
    assert.deepEqual(found, {
      tags: Array(3).fill('[object Worker]'),
      workers: true,
      subs: [true, true, false],
      answer: [42, 42, 1],
      keys: [['own'], [], []],
      properties: [
        ...['addEventListener', 'dispatchEvent', 'onerror', 'onmessage', 'onmessageerror'],
        ...['postMessage', 'removeEventListener', 'terminate'],
      ],
    });
  });

  await t.test('its members refuse objects that are no Worker', async () => {
    const found = await win.page(() => {
      const { prototype } = Worker;
      const { get, set } = Object.getOwnPropertyDescriptor(prototype, 'onerror');
      const targets = [{}, undefined, null, 1, prototype, Object.create(prototype), new EventTarget()];
      const calls = [prototype.postMessage, prototype.terminate, get, set];
      return calls.flatMap((fn) => targets.map((target) => thrownBy(() => fn.call(target, 1))));
    });
    assert.deepEqual(found, Array(28).fill(error('TypeError', 'Illegal invocation')));
  });
  await lab.close();
});

test('the constructor', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();

  await t.test('throws Chromium’s errors for what is no address', async () => {
    const found = await win.page(() => {
      const errors = {
        none: thrownBy(() => new Worker()),
        call: thrownBy(() => Worker('echo.js')),
        invalid: thrownBy(() => new Worker('http:///')),
        port: thrownBy(() => new Worker('http://invalid:123$')),
        far: thrownBy(() => new Worker('https://example.com/w.js')),
        script: thrownBy(() => new Worker('javascript:postMessage(1)')),
        about: thrownBy(() => new Worker('about:blank')),
        scheme: thrownBy(() => new Worker('no-such-scheme:w.js')),
        ftp: thrownBy(() => new Worker('ftp://localhost/w.js')),
        otherBlob: thrownBy(() => new Worker('blob:https://example.com/1-2-3')),
        symbol: thrownBy(() => new Worker(Symbol('w'))).name,
      };
      try {
        new Worker({ toString() { throw 'of its own'; } });
      } catch (thrown) {
        errors.own = thrown;
      }
      return { errors, origin: self.origin };
    });
    const refused = (/** @type {string} */ url) =>
      error('SecurityError',
        `${NEW}Script at '${url}' cannot be accessed from origin '${found.origin}'.`, 18);
    assert.equal(found.origin, 'file://');
    assert.deepEqual(found.errors, {
      none: error('TypeError', `${NEW}1 argument required, but only 0 present.`),
      call: error('TypeError', `${NEW}Please use the 'new' operator, this DOM object constructor ` +
        'cannot be called as a function.'),
      invalid: error('SyntaxError', `${NEW}'http:///' is not a valid URL.`, 12),
      port: error('SyntaxError', `${NEW}'http://invalid:123$' is not a valid URL.`, 12),
      far: refused('https://example.com/w.js'),
      script: refused('javascript:postMessage(1)'),
      about: refused('about:blank'),
      scheme: refused('no-such-scheme:w.js'),
      ftp: refused('ftp://localhost/w.js'),
      otherBlob: refused('blob:https://example.com/1-2-3'),
      ...{ symbol: 'TypeError', own: 'of its own' },
    });
  });

  await t.test('makes a text of anything, relative to the document', async () => {
    const found = await win.page(async () => {
      const answers = [];
      for (const url of [null, undefined, ['sub/here.js'], { toString: () => 'sub/here.js' }]) {
        const worker = new Worker(url);
        answers.push((await next(worker)).data);
        worker.terminate();
      }
      return answers;
    });
    assert.deepEqual(found, ['the file null', 'the file undefined', 'sub', 'sub']);
  });

  await t.test('keeps query and fragment of the address, for blobs too', async () => {
    const found = await win.page(async () => {
      const blob = URL.createObjectURL(new Blob(['postMessage([location.href, name])']));
      const workers = [
        new Worker('location.js?a=1#b', { name: 'first' }),
        new Worker(`${blob}#part`),
      ];
      URL.revokeObjectURL(blob); // right after the constructor
      const [[file, name], [part]] = (await Promise.all(workers.map((one) => next(one)))).map(
        ({ data }) => data,
      );
      return [file.split('/').pop(), name, part === `${blob}#part`];
    });
    assert.deepEqual(found, ['location.js?a=1#b', 'first', true]);
  });

  await t.test('runs data: scripts, short and long', async () => {
    const found = await win.page(async () => {
      const answers = [];
      for (const text of [
        'data:text/javascript,postMessage("short é")',
        `data:text/javascript;base64,${btoa('postMessage("base64")')}`,
        `data:text/javascript,postMessage("long"); //${'x'.repeat(200_000)}`,
      ]) {
        const worker = new Worker(text);
        answers.push((await next(worker)).data);
        worker.terminate();
      }
      return answers;
    });
    assert.deepEqual(found, ['short é', 'base64', 'long']);
  });

  await t.test('a blob’s text is UTF-8 whatever its type says', async () => {
    const found = await win.page(async () => {
      const type = 'text/javascript;charset=iso-8859-1';
      const url = URL.createObjectURL(new Blob(['postMessage("é €")'], { type }));
      return (await next(new Worker(url))).data;
    });
    assert.equal(found, 'é €');
  });

  await t.test('reads its options as WebIDL does: all of them, in order, before the address', async () => {
    const found = await win.page(() => {
      const log = [];
      const read = (name, value) => ({ get: () => (log.push(name), value), enumerable: true });
      const options = Object.defineProperties({}, {
        type: read('type', { toString: () => (log.push('type text'), 'classic') }),
        name: read('name', { toString: () => (log.push('name text'), 'n') }),
        credentials: read('credentials', 'omit'),
        other: read('other', 1),
      });
      const url = { toString: () => (log.push('url text'), 'http:///') };
      const thrown = thrownBy(() => new Worker(url, options));
      return [...log, thrown.name];
    });
    assert.deepEqual(found, [
      ...['url text', 'credentials', 'name', 'name text', 'type', 'type text', 'SyntaxError'],
    ]);
  });

  await t.test('throws Chromium’s errors for options', async () => {
    const found = await win.page(() => {
      const of = (options) => thrownBy(() => new Worker('echo.js', options).terminate());
      return {
        fine: [undefined, null, {}, () => {}, [], { type: undefined, credentials: 'include' }].map(of),
        noObject: [1, 'module', true, 1n].map(of),
        type: of({ type: 'foo' }),
        typeNull: of({ type: null }),
        typeCase: of({ type: 'Module' }),
        credentials: of({ credentials: 'all' }),
        symbols: [of({ name: Symbol('n') }).name, of({ type: Symbol('t') }).name],
      };
    });
    const wrong = (/** @type {string} */ name, /** @type {string} */ value, /** @type {string} */ type) =>
      error('TypeError', `${NEW}Failed to read the '${name}' property from 'WorkerOptions': ` +
        `The provided value '${value}' is not a valid enum value of type ${type}.`);
    assert.deepEqual(found, {
      fine: Array(6).fill(null),
      noObject: Array(4).fill(
        error('TypeError', `${NEW}The provided value is not of type 'WorkerOptions'.`),
      ),
      type: wrong('type', 'foo', 'WorkerType'),
      typeNull: wrong('type', 'null', 'WorkerType'),
      typeCase: wrong('type', 'Module', 'WorkerType'),
      credentials: wrong('credentials', 'all', 'RequestCredentials'),
      symbols: ['TypeError', 'TypeError'],
    });
  });

  await t.test('makes a text of the name', async () => {
    const found = await win.page(async () => {
      const names = [];
      for (const name of ['n', '', null, undefined, 7, 'é\u{1f600}', ['a', 'b']]) {
        const worker = new Worker('location.js', { name });
        names.push((await next(worker)).data[1]);
        worker.terminate();
      }
      return names;
    });
    assert.deepEqual(found, ['n', '', 'null', '', '7', 'é\u{1f600}', 'a,b']);
  });

  await t.test('works after the page has broken what it could have used', async () => {
    const other = await lab.open();
    const found = await other.page(async () => {
      const answer = new Promise((resolve) => {
        window.URL = window.Event = window.MessageEvent = undefined;
        EventTarget.prototype.dispatchEvent = Array.prototype.push = undefined;
        String.prototype.startsWith = Reflect.construct = Reflect.apply = undefined;
        const worker = new Worker('echo.js', { name: 'n' });
        worker.onmessage = ({ data }) => resolve(data);
        const buffer = new ArrayBuffer(8);
        worker.postMessage({ buffer }, { transfer: [buffer] });
      });
      return (await answer).buffer.byteLength;
    });
    assert.equal(found, 8);
  });
  await lab.close();
});

test('postMessage()', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();

  await t.test('takes a sequence of objects, or options with one', async () => {
    const found = await win.page(async () => {
      const worker = new Worker('echo.js');
      const sizes = [];
      for (const make of [
        (buffer) => [buffer],
        (buffer) => new Set([buffer]),
        (buffer) => (function* () { yield buffer; })(),
        (buffer) => ({ transfer: [buffer] }),
        (buffer) => ({ transfer: new Set([buffer]) }),
        (buffer) => Object.assign(() => {}, { transfer: [buffer] }),
        (buffer) => ({ transfer: [buffer], [Symbol.iterator]: null }),
        () => undefined,
        () => null,
        () => ({}),
        () => ({ transfer: undefined }),
        () => [],
      ]) {
        const buffer = new ArrayBuffer(8);
        const { byteLength } = await ask(worker, buffer, make(buffer));
        sizes.push([buffer.byteLength, byteLength]);
      }
      return sizes;
    });
    assert.deepEqual(found, [...Array(7).fill([0, 8]), ...Array(5).fill([8, 8])]);
  });

  await t.test('throws Chromium’s errors for other things, and sends nothing', async () => {
    const found = await win.page(async () => {
      const worker = new Worker('echo.js');
      const of = (...given) => thrownBy(() => worker.postMessage(...given));
      const buffer = new ArrayBuffer(8);
      const errors = {
        none: of(),
        primitives: [5, 'text', true, 1n].map((one) => of(1, one)),
        elements: [[1], [undefined], new Set(['a'])].map((one) => of(1, one)),
        elementsInOptions: of(1, { transfer: [null] }),
        transfer: [null, 5, 'text'].map((one) => of(1, { transfer: one })),
        noIterator: of(1, { transfer: {} }),
        notCallable: of(1, { [Symbol.iterator]: 1 }),
        symbol: of(Symbol('s')),
        twice: of(1, [buffer, buffer]),
        object: of(1, [{}]),
        getter: of({ get a() { throw new RangeError('mine'); } }, [buffer]),
      };
      return { errors, size: buffer.byteLength, answer: await ask(worker, 'the first') };
    });
    const type = (/** @type {string} */ text) => error('TypeError', `${POST}${text}`);
    const clone = (/** @type {string} */ text) => error('DataCloneError', `${POST}${text}`, 25);
    assert.deepEqual(found, {
      errors: {
        none: type('1 argument required, but only 0 present.'),
        primitives: Array(4).fill(type('Overload resolution failed.')),
        elements: Array(3).fill(type(`Failed to convert value to 'object'.`)),
        elementsInOptions: type(`${IN_OPTIONS}Failed to convert value to 'object'.`),
        transfer: Array(3).fill(
          type(`${IN_OPTIONS}The provided value cannot be converted to a sequence.`),
        ),
        noIterator: type(`${IN_OPTIONS}The object must have a callable @@iterator property.`),
        notCallable: type('@@iterator must be a function'),
        symbol: clone('Symbol(s) could not be cloned.'),
        twice: clone('ArrayBuffer at index 1 is a duplicate of an earlier ArrayBuffer.'),
        object: clone('Value at index 0 does not have a transferable type.'),
        getter: error('RangeError', 'mine'),
      },
      ...{ size: 8, answer: 'the first' },
    });
  });

  await t.test('of a worker’s scope takes and refuses the same', async () => {
    const found = await win.page(async () => {
      const worker = fromText(`
        const of = (...given) => {
          try {
            postMessage(...given);
            return 'sent';
          } catch ({ name, message }) {
            return name + ': ' + message;
          }
        };
        const buffer = new ArrayBuffer(8);
        const errors = [of(), of(1, 5), of(1, [1]), of(1, { transfer: null }), of(Symbol('s'))];
        postMessage({ buffer }, new Set([buffer]));
        postMessage([errors, buffer.byteLength]);`);
      const { buffer } = (await next(worker)).data;
      return [buffer.byteLength, ...(await next(worker)).data];
    });
    const where = POST.replace('Worker', 'DedicatedWorkerGlobalScope');
    assert.deepEqual(found, [
      8,
      [
        `TypeError: ${where}1 argument required, but only 0 present.`,
        `TypeError: ${where}Overload resolution failed.`,
        `TypeError: ${where}Failed to convert value to 'object'.`,
        `TypeError: ${where}${IN_OPTIONS}The provided value cannot be converted to a sequence.`,
        `DataCloneError: ${where}Symbol(s) could not be cloned.`,
      ],
      0,
    ]);
  });

  await t.test('after terminate() delivers nothing that was on its way', async () => {
    const found = await win.page(async () => {
      const worker = new Worker('flood.js');
      const seen = [];
      await new Promise((resolve) => {
        worker.onmessage = ({ data }) => {
          seen.push(data);
          if (data === 10) {
            worker.terminate();
            resolve();
          }
        };
        worker.onerror = worker.onmessageerror = () => seen.push('event');
      });
      await runAlone(() => {});
      return seen;
    });
    assert.deepEqual(found, Array.from({ length: 11 }, (_, i) => i));
  });
  await lab.close();
});

test('event handlers', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();

  await t.test('keep objects, and take anything else for null', async () => {
    const found = await win.page(() => {
      const worker = new Worker('echo.js');
      const fn = () => {};
      const object = { handleEvent() {} };
      return ['onmessage', 'onmessageerror', 'onerror'].map((name) =>
        [fn, object, [], 1, 'text', undefined, Symbol(), null].map((value) => {
          worker[name] = value;
          return worker[name] === value ? 'kept' : worker[name];
        }),
      );
    });
    const kept = ['kept', 'kept', 'kept', null, null, null, null, 'kept'];
    assert.deepEqual(found, [kept, kept, kept]);
  });

  await t.test('do not call handleEvent, and have their place from when they were set', async () => {
    const found = await win.page(async () => {
      const worker = new Worker('echo.js');
      const seen = [];
      const listen = (name) => worker.addEventListener('message', () => seen.push(name));
      worker.onmessage = { handleEvent: () => seen.push('handleEvent') };
      listen('first');
      worker.onmessage = () => seen.push('in the object’s place');
      await ask(worker, 1);
      worker.onmessage = null;
      listen('second');
      worker.onmessage = () => seen.push('set again');
      await ask(worker, 2);
      return seen;
    });
    assert.deepEqual(found, [
      ...['in the object’s place', 'first', 'first', 'second', 'set again'],
    ]);
  });

  await t.test('get the event, with the worker as `this`; false cancels', async () => {
    const found = await win.page(async () => {
      const seen = [];
      for (const answer of [true, false, undefined]) {
        const worker = new Worker('echo.js');
        const over = new Promise((resolve) => {
          worker.onerror = function (...given) {
            seen.push(this === worker, given.length);
            return answer;
          };
          worker.addEventListener('error', ({ defaultPrevented }) => resolve(defaultPrevented));
        });
        worker.dispatchEvent(new ErrorEvent('error', { message: 'm', cancelable: true }));
        seen.push(await over);
        worker.terminate();
      }
      return seen;
    });
    assert.deepEqual(found, [true, 1, false, true, 1, true, true, 1, false]);
  });

  await t.test('of a worker’s scope follow the same rules', async () => {
    const found = await win.page(() =>
      runAlone(() => {
        const seen = [];
        const object = { handleEvent: () => seen.push('handleEvent') };
        const kept = [object, () => {}, 1, null].map((value) => {
          self.onlanguagechange = value;
          return self.onlanguagechange === value;
        });
        self.onlanguagechange = object;
        addEventListener('languagechange', () => seen.push('first'));
        dispatchEvent(new Event('languagechange'));
        self.onlanguagechange = null;
        self.onlanguagechange = function (event) {
          seen.push(this === self, event.type);
        };
        dispatchEvent(new Event('languagechange'));
        return { kept, seen };
      }),
    );
    assert.deepEqual(found, {
      kept: [true, true, false, true],
      seen: ['first', 'first', true, 'languagechange'],
    });
  });

  await t.test('one that throws is reported to the window', async () => {
    const found = await win.page(async () => {
      const worker = new Worker('echo.js');
      const reported = next(window, 'error');
      window.onerror = () => true;
      worker.onmessage = () => {
        throw new Error('in a handler');
      };
      await ask(worker, 1);
      window.onerror = null;
      return (await reported).error.message;
    });
    assert.equal(found, 'in a handler');
  });
  await lab.close();
});

test('events', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();

  await t.test('a message event is a MessageEvent in all that script can ask', async () => {
    const found = await win.page(async () => {
      const worker = new Worker('echo.js');
      const answer = next(worker);
      worker.postMessage('data');
      const event = await answer;
      const names = [];
      for (const name in event) names.push(name);
      return {
        is: [event instanceof MessageEvent, event instanceof Event, event.constructor === MessageEvent],
        tag: Object.prototype.toString.call(event),
        fields: ['type', 'data', 'origin', 'lastEventId', 'source', 'bubbles', 'cancelable', 'composed',
          'defaultPrevented'].map((name) => event[name]),
        targets: [event.target, event.srcElement].map((one) => one === worker),
        ports: [Array.isArray(event.ports), event.ports.length, Object.isFrozen(event.ports)],
        sameports: event.ports === event.ports,
        time: event.timeStamp > 0,
        missing: Object.keys(Object.getOwnPropertyDescriptors(MessageEvent.prototype)).filter(
          (name) => name !== 'constructor' && !names.includes(name),
        ),
        json: JSON.stringify(event),
      };
    });
    assert.deepEqual(found, {
      is: [true, true, true],
      tag: '[object MessageEvent]',
      fields: ['message', 'data', '', '', null, false, false, false, false],
      targets: [true, true],
      ports: [true, 0, true],
      ...{ sameports: true, time: true, missing: [], json: '{"isTrusted":false}' },
    });
  });

  await t.test('a message that transferred ports has them, in a frozen list', async () => {
    const found = await win.page(async () => {
      const worker = fromText(`onmessage = ({ data, ports }) => {
        const { port1, port2 } = new MessageChannel();
        port2.onmessage = ({ data }) => port2.postMessage(['back', data]);
        const list = [ports.length, Object.isFrozen(ports), ports[0] === data.port];
        postMessage(list, [port1]);
      };`);
      const { port1: port } = new MessageChannel();
      const answer = next(worker);
      worker.postMessage({ port }, [port]);
      const { data, ports } = await answer;
      ports[0].start();
      return [data, ports.length, Object.isFrozen(ports), ports[0] instanceof MessagePort,
        await ask(ports[0], 1)];
    });
    assert.deepEqual(found, [[1, true, true], 1, true, true, ['back', 1]]);
  });

  await t.test('a message event can be made anew, and then dispatched', async () => {
    const found = await win.page(async () => {
      const worker = new Worker('echo.js');
      const seen = [];
      worker.addEventListener('message', (event) => {
        event.initMessageEvent('other', true, true, 'changed'); // not while it is dispatched
        seen.push(event.type, event.data);
      });
      const answer = next(worker);
      worker.postMessage('data');
      const event = await answer;
      await new Promise((resolve) => setTimeout(resolve)); // the dispatch is over
      event.initMessageEvent('again', false, true, { x: 1 }, 'https://a.example', 'id', null, []);
      worker.addEventListener('again', ({ data, origin, lastEventId, cancelable, type }) =>
        seen.push(type, data.x, origin, lastEventId, cancelable),
      );
      worker.dispatchEvent(event);
      return seen;
    });
    assert.deepEqual(found, ['message', 'data', 'again', 1, 'https://a.example', 'id', true]);
  });

  await t.test('an error event has place and message, and no error object', async () => {
    const found = await win.page(async () => {
      const worker = fromText(`\nthrow new RangeError('out of it');`);
      const event = await next(worker, 'error');
      const { message, filename, lineno, colno, error, bubbles, cancelable } = event;
      return [
        ...[event instanceof ErrorEvent, event.target === worker, message],
        ...[filename.startsWith('blob:'), lineno, colno, error, bubbles, cancelable],
      ];
    });
    assert.deepEqual(found, [
      ...[true, true, 'Uncaught RangeError: out of it', true, 2, 7, null, false, true],
    ]);
  });

  await t.test('an error that the worker’s handlers leave goes on to the window', async () => {
    const found = await win.page(async () => {
      const seen = [];
      const start = () => fromText(`\nthrow new RangeError('out of it');`);
      const told = new Promise((resolve) => {
        window.onerror = (message, filename, lineno, colno, error) => {
          seen.push([message, filename.startsWith('blob:'), lineno, colno, error]);
          resolve();
          return true;
        };
      });
      const handled = start();
      handled.onerror = () => false;
      await next(handled, 'error');
      start();
      await told;
      window.onerror = null;
      return seen;
    });
    assert.deepEqual(found, [['Uncaught RangeError: out of it', true, 2, 7, null]]);
  });

  await t.test('a script that cannot be loaded is a plain error event', async () => {
    const found = await win.page(async () => {
      const gone = URL.createObjectURL(new Blob(['']));
      URL.revokeObjectURL(gone);
      const events = [];
      for (const [url, type] of [['missing.js'], ['missing.mjs', 'module'], [gone], [gone, 'module']]) {
        const event = await next(new Worker(url, { type }), 'error');
        const { bubbles, cancelable } = event;
        events.push([Object.prototype.toString.call(event), bubbles, cancelable, 'message' in event]);
      }
      return events;
    });
    assert.deepEqual(found, Array(4).fill(['[object Event]', false, true, false]));
  });
  await lab.close();
});
