'use strict';

/* Both ends of the membrane in one thread (test/support/membrane.js): what crosses, and how long it lives. */

const assert = require('node:assert/strict');
const { EventEmitter } = require('node:events');
const { describe, test } = require('node:test');
const { setFlagsFromString } = require('node:v8');
const vm = require('node:vm');
const { makeMembrane } = require('../support/membrane');

setFlagsFromString('--expose-gc');
const gc = vm.runInNewContext('gc');

describe('values', () => {
  const values = [
    ['a string', 'text €'],
    ['numbers', [0, -0, 1.5, NaN, -Infinity, 2 ** 40]],
    ['a bigint', 2n ** 70n],
    ['plain data', { a: [1, { b: null }], c: undefined }],
    ['a date', new Date(5)],
    ['a regular expression', /x(y)/gi],
    ['a map', new Map([['a', { b: 1 }]])],
    ['a set', new Set([1, 'two'])],
    ['bytes', new Uint8Array([1, 2, 3])],
    ['many bytes', new Uint8Array(100_000).fill(7)],
    ['an object without prototype', { __proto__: null, x: 1 }],
    ['an address', new URL('file:///a%20b')],
  ];
  for (const [name, value] of values) {
    test(`${name} goes there and back`, () => {
      let got;
      const { run } = makeMembrane({
        value,
        take: (given) => void (got = given),
      });
      run((agent) => agent.take(agent.value));
      assert.deepEqual(got, value);
      assert.equal(got === value, typeof value !== 'object');
    });
  }

  test('a part of a buffer goes as that part', () => {
    const { run } = makeMembrane({ length: (view) => view.buffer.byteLength });
    assert.equal(
      run((agent) => agent.length(new Uint8Array(1000).subarray(10, 13))),
      3,
    );
  });

  test('copies keep what is the same object, and cycles', () => {
    const { run } = makeMembrane({
      isSame: ({ a, b, self }) => [a === b, self.self === self],
    });
    const same = run((agent) => {
      const a = {};
      const object = { a, b: a };
      object.self = object;
      return agent.isSame(object);
    });
    assert.deepEqual([...same], [true, true]);
  });

  test('errors have their class, code, cause and stack, and are known again', () => {
    const error = Object.assign(new TypeError('no', { cause: new RangeError('why') }), {
      code: 'E_NO',
      errno: -2,
    });
    const { run } = makeMembrane({
      fail() {
        throw error;
      },
      isError: (given) => given === error,
    });
    const told = run((agent) => {
      try {
        agent.fail();
      } catch (e) {
        const isOurs = e instanceof TypeError && e.cause instanceof RangeError;
        return [
          isOurs,
          e.message,
          e.code,
          e.errno,
          e.cause.message,
          e.stack,
          agent.isError(e),
        ].join('|');
      }
    });
    assert.equal(told, ['true', 'no', 'E_NO', -2, 'why', error.stack, true].join('|'));
  });
});

describe('references', () => {
  test('what is given back is what it was', () => {
    class Thing {}
    const thing = new Thing();
    const { run } = makeMembrane({
      thing: () => thing,
      is: (given) => given === thing,
      echo: (given) => given,
    });
    const result = run((agent) => {
      const own = new (class {})();
      const fn = () => {};
      return [
        agent.thing() === agent.thing(),
        agent.is(agent.thing()),
        agent.echo(own) === own,
        agent.echo(fn) === fn,
      ].join();
    });
    assert.equal(result, 'true,true,true,true');
  });

  test('classes: methods, accessors, statics, instanceof, inheritance', () => {
    class Base {
      static make() {
        return new this();
      }
      get size() {
        return this.n * 2;
      }
      set size(value) {
        this.n = value / 2;
      }
      grow(by = 1) {
        this.n += by;
        return this;
      }
    }
    class Thing extends Base {
      n = 3;
    }
    const { run } = makeMembrane({ Thing, Base });
    const result = run((agent) => {
      const { Thing, Base } = agent;
      const thing = new Thing();
      thing.grow().grow(2);
      thing.size = thing.size + 2;
      return [
        thing.n,
        thing instanceof Thing,
        thing instanceof Base,
        Thing.make() instanceof Thing,
        Thing.name,
        thing.constructor === Thing,
        Object.keys(thing).join(),
        'grow' in thing,
        'nothing' in thing,
        thing.nothing,
        Object.getPrototypeOf(Thing) === Base,
      ].join('|');
    });
    assert.equal(result, '7|true|true|true|Thing|true|n|true|false||true');
  });

  test('a method that an object has in place of its class is the one that is called', () => {
    class Thing {
      name() {
        return 'the class';
      }
    }
    const thing = new Thing();
    Object.defineProperty(thing, 'name', { value: () => 'its own' });
    const { run } = makeMembrane({ thing, other: new Thing() });
    assert.equal(
      run((agent) => `${agent.thing.name()}, ${agent.other.name()}`),
      'its own, the class',
    );
  });

  test('a class of the page extends one of Node, and overrides its methods for Node too', () => {
    const { run } = makeMembrane({
      EventEmitter,
      emit: (emitter) => emitter.emit('x', 1),
    });
    const result = run((agent) => {
      class Mine extends agent.EventEmitter {
        #secret = 5;
        field = { kept: true };
        constructor() {
          super();
          this.on('x', (n) => this.seen.push(n));
          this.seen = [];
        }
        emit(name, value) {
          return super.emit(name, value + this.#secret);
        }
      }
      const mine = new Mine();
      agent.emit(mine);
      mine.emit('x', 10);
      return [
        mine.seen.join(),
        mine instanceof Mine,
        mine instanceof agent.EventEmitter,
        mine.field.kept,
        mine.listenerCount('x'),
      ].join('|');
    });
    assert.equal(result, '6,15|true|true|true|1');
  });

  test('listeners are called with what emits, and can be removed', () => {
    const emitter = new EventEmitter();
    const { run } = makeMembrane({
      emitter: () => emitter,
      emit: (value) => emitter.emit('x', value),
    });
    const result = run((agent) => {
      const emitter = agent.emitter();
      const seen = [];
      function listener(value) {
        seen.push(`${value}${this === emitter}`);
      }
      emitter.on('x', listener);
      emitter.once('x', listener);
      agent.emit('a');
      emitter.off('x', listener);
      agent.emit('b');
      return seen.join();
    });
    assert.equal(result, 'atrue,atrue');
  });

  test('exceptions pass through both ends', () => {
    const { run } = makeMembrane({ call: (fn) => fn() });
    const isSame = run((agent) => {
      const mine = new Error('mine');
      try {
        agent.call(() => {
          throw mine;
        });
      } catch (error) {
        return error === mine;
      }
    });
    assert.equal(isSame, true);
  });

  test('calls nest', () => {
    const { run } = makeMembrane({
      down: (n, fn) => (n === 0 ? 'end' : fn(n - 1)),
    });
    const result = run((agent) => {
      const back = (n) => agent.down(n, back);
      return agent.down(20, back);
    });
    assert.equal(result, 'end');
  });

  test('a recursion without end is a RangeError', () => {
    const { run } = makeMembrane({ call: (fn) => fn() });
    const result = run((agent) => {
      const back = () => agent.call(back);
      try {
        back();
      } catch (error) {
        return error instanceof RangeError;
      }
    });
    assert.equal(result, true);
  });

  test('promises are promises', async () => {
    let resolve;
    const { run, settle } = makeMembrane({
      later: () => new Promise((done) => (resolve = done)),
      fail: async () => {
        throw new TypeError('no');
      },
    });
    const result = run(async (agent) => {
      const later = agent.later();
      const isOurs = later instanceof Promise;
      const message = await agent.fail().catch((error) => error.message);
      return [isOurs, message, (await later).x].join();
    });
    await settle();
    resolve({ x: 5 });
    await settle();
    assert.equal(await result, 'true,no,5');
  });

  test('async iterators and generators', async () => {
    const { run, settle } = makeMembrane({
      async *many() {
        yield 1;
        yield { two: 2 };
      },
      *few() {
        yield 1;
        yield 2;
      },
    });
    const result = run(async (agent) => {
      const seen = [...agent.few()];
      for await (const one of agent.many()) seen.push(one.two ?? one);
      return seen.join();
    });
    await settle();
    assert.equal(await result, '1,2,1,2');
  });

  test('symbols', () => {
    const own = Symbol('own');
    const { run } = makeMembrane({
      own: () => own,
      is: (given) => given === own,
      echo: (given) => given,
    });
    const result = run((agent) => {
      const mine = Symbol('mine');
      return [
        agent.own() === agent.own(),
        agent.is(agent.own()),
        agent.echo(mine) === mine,
        agent.echo(Symbol.iterator) === Symbol.iterator,
        agent.echo(Symbol.for('x')) === Symbol.for('x'),
      ].join();
    });
    assert.equal(result, 'true,true,true,true,true');
  });

  test('an aborted signal aborts the one that stands for it', () => {
    let signal;
    const { run } = makeMembrane({
      take: (options) => ({ signal } = options) && undefined,
    });
    run((agent) => {
      const controller = new AbortController();
      agent.take({ signal: controller.signal });
      controller.abort(new Error('enough'));
    });
    assert.equal(signal.aborted, true);
    assert.equal(signal.reason.message, 'enough');
  });

  test('functions that write into buffers', async () => {
    const fill = Object.assign((view, n) => view.fill(n) && view.length, {
      lends: true,
    });
    let late;
    const later = Object.assign((view, done) => (late = () => done(view.fill(9))) && undefined, {
      lends: true,
    });
    const { run, settle } = makeMembrane({
      fill,
      later,
      isKept: (view) => view[0],
    });
    const result = run((agent) => {
      const view = new Uint8Array(4);
      const outer = new Uint8Array(8);
      const n = agent.fill(view, 5);
      agent.fill(outer.subarray(2, 4), 1);
      const told = [n, view.join(''), outer.join('')];
      agent.later(view, (same) => told.push(same === view, view.join('')));
      return told;
    });
    setImmediate(late);
    await settle();
    assert.equal(result.join('|'), '4|5555|00110000|true|9999');
  });

  test('what an app puts on an object stays in the page, and what is known goes to Node', () => {
    class Thing {
      mode = 1;
      hook() {
        return 'node';
      }
      callHook() {
        return this.hook();
      }
    }
    const thing = new Thing();
    const { run } = makeMembrane({ thing: () => thing });
    const result = run((agent) => {
      const thing = agent.thing();
      const data = { cyclic: null };
      data.cyclic = data;
      thing.data = data;
      thing.count = 1;
      thing.count++;
      thing.mode = 2;
      thing.hook = () => 'page';
      return [thing.data === data, thing.count, thing.mode, thing.callHook(), thing.hook()].join();
    });
    assert.equal(result, 'true,2,2,page,page');
    assert.deepEqual(Object.keys(thing), ['mode', 'hook']);
  });

  test('data of an object is the same while it does not change', () => {
    class Thing {
      list = { a: [1] };
    }
    const thing = new Thing();
    const { run } = makeMembrane({
      thing: () => thing,
      change: () => thing.list.a.push(2),
    });
    const result = run((agent) => {
      const thing = agent.thing();
      const { list } = thing;
      list.mine = 1;
      const isSame = list === thing.list;
      agent.change();
      return [isSame, thing.list === list, thing.list.a.join()].join('|');
    });
    assert.equal(result, 'true|false|1,2');
  });
});

describe('lifetimes', () => {
  const ROUNDS = 100;
  const CALLS = 1000;

  test('listeners that name what they listen to go when it has closed', async () => {
    const emitters = new Set();
    const { run, agent, page, settle } = makeMembrane({
      make() {
        const emitter = new EventEmitter();
        emitters.add(emitter);
        return emitter;
      },
      emit: (emitter, name) => emitter.emit(name),
    });
    const seen = run((agent) => {
      const seen = [];
      for (let i = 0; i < 100; i++) {
        const emitter = agent.make();
        emitter.on('x', () => seen.push(emitter));
      }
      const kept = agent.make();
      kept.on('x', () => kept && seen.push('kept'));
      globalThis.kept = kept;
      return seen;
    });
    for (const emitter of emitters) agent.end.tellClosed(emitter);
    const last = [...emitters].at(-1);
    emitters.clear();
    for (let i = 0; i < 10; i++) {
      await settle();
      gc();
    }
    await settle();
    const { given, received } = page.end.counts;
    assert.ok(given < 20 && received < 20, JSON.stringify([agent.end.counts, page.end.counts]));
    last.emit('x');
    await settle();
    assert.deepEqual([...seen], ['kept']);
  });

  test('100,000 calls with callbacks, objects and errors leave nothing', async () => {
    class Thing {}
    const { run, agent, page, settle } = makeMembrane({
      call: (fn) => fn(new Thing()),
      make: () => new Thing(),
      later: async () => new Thing(),
      fail() {
        throw new Error('no');
      },
    });
    const round = run((agent, calls) => {
      const { call, make, later, fail } = agent;
      return () => {
        for (let i = 0; i < calls / 5; i++) {
          call((thing) => thing);
          make();
          later();
          try {
            fail();
          } catch {}
          call(() => make());
        }
      };
    }, CALLS);
    for (let i = 0; i < ROUNDS; i++) {
      round();
      await settle();
    }
    for (let i = 0; i < 10; i++) {
      gc();
      await settle();
    }
    const counts = [agent.end.counts, page.end.counts];
    for (const { given, received, promises } of counts) {
      assert.ok(given < 60 && received < 60 && promises === 0, JSON.stringify(counts));
    }
  });
});
