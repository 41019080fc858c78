'use strict';

/*
 * contextBridge: what a value is on the other side. Functions passed to `page` run in a page
 * (test/support/lab.js), where `api` is what preload.js exposes.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const path = require('node:path');
const { startLab } = require('../support/lab');

const PRELOAD = `
const { contextBridge, ipcRenderer } = require('electron');

class Point {
  x = 1;
  get norm() { return 2; }
  move() {}
}
const cycle = { value: 1 };
cycle.self = cycle;
const symbol = Symbol('key');
const make = (name, ...args) => new (globalThis[name])(...args);
const describe = (value) => [
  Object.prototype.toString.call(value),
  value instanceof (globalThis[value?.constructor?.name] ?? Array),
];

contextBridge.exposeInMainWorld('number', 123);
contextBridge.exposeInMainWorld('nothing', null);
contextBridge.exposeInMainWorld('call', (fn, ...args) => fn(...args));
contextBridge.exposeInMainWorld('api', {
  data: {
    text: 'text', yes: true, big: 10n, list: [1, [null, undefined]], 7: 'seven', [symbol]: 'by symbol',
    get computed() { return 'computed'; },
  },
  bytes: new Uint8Array([1, 2, 3]),
  promise: Promise.resolve({ deep: () => 'from a promise' }),
  rejected: () => Promise.reject(new TypeError('rejected')),
  rejectedText: () => Promise.reject('just text'),
  later: async (value) => value,
  symbol, cycle, point: new Point(), date: new Date(7), pattern: /a/gi,
  error: () => new RangeError('an error'),
  oddError: () => Object.assign(new Error('x'), { message: { not: 'text' } }),
  map: () => new Map([[1, { when: new Date(5) }]]),
  make, describe,
  isSame: (a, b) => a === b,
  isSymbol: (value) => value === symbol,
  back: (value) => value,
  keys: (value) => Reflect.ownKeys(value).map(String),
  describeElement: (element) => [element.tagName, element instanceof HTMLElement, element.id],
  elements: () => ({
    body: document.body, document, text: document.createTextNode('t'),
    svg: document.createElementNS('http://www.w3.org/2000/svg', 'svg'),
  }),
  shadow() {
    const root = document.createElement('div').attachShadow({ mode: 'closed' });
    root.innerHTML = '<b>in the shadow</b>';
    return root.firstChild;
  },
  throws: () => { throw new TypeError('thrown'); },
  throwsText: () => { throw 'no error'; },
  throwsInGetter: () => ({ get bad() { throw new Error('getter'); } }),
  uncloneable: {
    returned: () => Object(Symbol('s')), inList: () => [new WeakMap()], inObject: () => ({ a: new WeakSet() }),
    resolved: async () => Object(Symbol('s')), rejected: async () => { throw Object(Symbol('s')); },
    taken: () => 'taken',
  },
  textOf: (blob) => blob.text(),
  expose: (name, value) => {
    try {
      contextBridge.exposeInMainWorld(name, value);
      return 'exposed';
    } catch (error) {
      return error.message;
    }
  },
  electron: () => ipcRenderer,
  window: () => window,
  all: () => document.all,
  inMain: (source, ...args) => contextBridge.executeInMainWorld({ func: eval('(' + source + ')'), args }),
  inMainBadly: (script) => contextBridge.executeInMainWorld(script),
  inMainResult: () => {
    const made = contextBridge.executeInMainWorld({ func: () => ({ list: [1] }) });
    return made instanceof Object && made.list instanceof Array;
  },
  inMainDisguised: () => {
    const func = () => 'as written';
    func.toString = () => '() => "as it says"';
    return contextBridge.executeInMainWorld({ func });
  },
});
`;

/** [name, what the page does, what it gets] */
const CASES = [
  [
    'primitives',
    () => [number, nothing, api.data.text, api.data.yes, `${api.data.big}`, api.data[7]],
    [123, null, 'text', true, '10', 'seven'],
  ],
  ['undefined in lists', () => api.data.list[1].map(String), ['null', 'undefined']],
  ['arrays', () => [Array.isArray(api.data.list), api.data.list instanceof Array], [true, true]],
  [
    'getters are values',
    () => Object.getOwnPropertyDescriptor(api.data, 'computed').value,
    'computed',
  ],
  [
    'symbols, and what they name',
    () => [api.isSymbol(api.symbol), api.data[api.symbol]],
    [true, 'by symbol'],
  ],
  [
    'what is exposed is frozen',
    () => {
      'use strict';
      const attempts = [
        () => api.data.list.push(1),
        () => {
          api.data.text = 1;
        },
        () => {
          api.more = 1;
        },
        () => {
          api.make.more = 1;
        },
        () => {
          window.api = 1;
        },
        () => {
          delete window.api;
        },
      ];
      return attempts.filter((attempt) => thrownBy(attempt)?.name === 'TypeError').length;
    },
    6,
  ],
  [
    'what a function gives is not',
    () => {
      const list = api.back([1]);
      list.push(2);
      return list;
    },
    [1, 2],
  ],
  [
    'class instances lose their prototype',
    () => [
      Object.keys(api.point),
      Object.getPrototypeOf(api.point) === Object.prototype,
      typeof api.point.move,
    ],
    [['x'], true, 'undefined'],
  ],
  ['cycles', () => api.cycle.self.self === api.cycle, true],
  [
    'functions',
    () => [api.isSame.name, api.isSame instanceof Function, api.isSame(1, 1)],
    ['', true, true],
  ],
  [
    'a function that comes back is the original',
    () => {
      const fn = () => 1;
      return api.back(fn) === fn && api.back({ fn }).fn === fn;
    },
    true,
  ],
  [
    'one argument given twice is one',
    () => {
      const object = {};
      return api.isSame(object, object);
    },
    true,
  ],
  [
    'callbacks of callbacks',
    () =>
      call(
        (second) => second((n) => n + 1),
        (third) => third(41),
      ),
    42,
  ],
  [
    'promises',
    async () => [(await api.promise).deep(), await api.later([1]), api.promise instanceof Promise],
    ['from a promise', [1], true],
  ],
  ['promises of the page', () => api.back(Promise.resolve(api.later('nested'))), 'nested'],
  [
    'rejections',
    async () => {
      const error = await api.rejected().catch((reason) => reason);
      return [
        error instanceof Error,
        error.constructor === Error,
        error.message,
        await api.rejectedText().catch((reason) => reason),
      ];
    },
    [true, true, 'rejected', 'just text'],
  ],
  [
    'errors keep their message',
    () => [api.error() instanceof Error, api.error().message, typeof api.oddError().message],
    [true, 'an error', 'string'],
  ],
  [
    'thrown errors',
    () => [
      thrownBy(api.throws),
      thrownBy(api.throwsText).message,
      thrownBy(api.throwsInGetter).message,
    ],
    [
      { name: 'Error', message: 'thrown', code: undefined },
      'An unknown exception occurred in the isolated context, an error occurred but a valid exception was not thrown.',
      'getter',
    ],
  ],
  [
    'errors of callbacks',
    () =>
      thrownBy(() =>
        call(() => {
          throw new Error('of the page');
        }),
      ).message,
    'of the page',
  ],
  [
    'values that cannot be cloned',
    async () => {
      const { returned, inList, inObject, taken, resolved, rejected } = api.uncloneable;
      const thrown = [returned, inList, inObject, () => taken(new WeakMap())].map(thrownBy);
      const reasons = [await resolved().catch((e) => e), await rejected().catch((e) => e)];
      return [...thrown, ...reasons].every(
        ({ name, message }) => name === 'Error' && message === 'An object could not be cloned.',
      );
    },
    true,
  ],
  [
    'depth',
    () => {
      const nest = (depth) => {
        let list = [];
        for (let i = 0; i < depth; i++) list = [list];
        return list;
      };
      api.uncloneable.taken(nest(999));
      return thrownBy(() => api.uncloneable.taken(nest(1000)));
    },
    {
      code: undefined,
      name: 'TypeError',
      message:
        'Electron contextBridge recursion depth exceeded.  Nested objects deeper than 1000 are not supported.',
    },
  ],
  [
    'dates, patterns, maps, bytes',
    () => [
      api.date instanceof Date && api.date.getTime(),
      api.pattern instanceof RegExp && `${api.pattern}`,
      api.map() instanceof Map,
      api.map().get(1) instanceof Object,
      api.map().get(1).when instanceof Date,
      api.bytes instanceof Uint8Array,
      api.bytes.buffer instanceof ArrayBuffer,
      [...api.bytes],
    ],
    [7, '/a/gi', true, true, true, true, true, [1, 2, 3]],
  ],
  [
    'objects of the page, in the preload script',
    () =>
      [new Map(), new Date(), new Blob([]), new Uint8Array(), [], {}, document.body].map(
        api.describe,
      ),
    [
      ['[object Map]', true],
      ['[object Date]', true],
      ['[object Blob]', true],
      ['[object Uint8Array]', true],
      ['[object Array]', true],
      ['[object Object]', true],
      ['[object HTMLBodyElement]', true],
    ],
  ],
  [
    'elements are the same elements',
    () => {
      const { body, document: page, text, svg } = api.elements();
      document.body.id = 'of-the-page';
      return [
        body === document.body,
        page === document,
        text instanceof Text,
        svg instanceof SVGElement,
        api.back(document.body) === document.body,
        api.describeElement(document.body),
      ];
    },
    [true, true, true, true, true, ['BODY', true, 'of-the-page']],
  ],
  [
    'elements of a shadow tree',
    () => [api.shadow().textContent, api.shadow() instanceof HTMLElement],
    ['in the shadow', true],
  ],
  [
    'blobs and files',
    async () => {
      const blob = api.make('Blob', ['ab', 'cd']);
      const file = api.make('File', ['x'], 'name.txt');
      return [
        blob instanceof Blob,
        await blob.text(),
        await api.textOf(new Blob(['12', '34'])),
        file instanceof File,
        file.name,
      ];
    },
    [true, 'abcd', '1234', true, 'name.txt'],
  ],
  [
    'pictures and shapes',
    () => {
      const rect = api.make('DOMRect', 1, 2, 3, 4);
      const image = api.make('ImageData', 2, 3);
      return [rect instanceof DOMRect, rect.width, image instanceof ImageData, image.height];
    },
    [true, 3, true, 3],
  ],
  [
    'an event that a careless listener passes on',
    () => api.keys(new MouseEvent('click')),
    ['isTrusted'],
  ],
  [
    'windows, document.all and ipcRenderer are nothing',
    () => [Object.keys(api.window()), typeof api.all(), Object.keys(api.electron())],
    [[], 'undefined', []],
  ],
  [
    'a name that the page has already',
    () => [
      api.expose('api', 1),
      api.expose('document', 1),
      api.expose('late', { now: 1 }),
      late.now,
      api.expose('late', 2),
    ],
    [
      ...Array(2).fill('Cannot bind an API on top of an existing property on the window object'),
      'exposed',
      1,
      'Cannot bind an API on top of an existing property on the window object',
    ],
  ],
  [
    'names are strings',
    () => api.expose(5, 1),
    'Error processing argument at index 0, conversion failure',
  ],
  [
    'executeInMainWorld',
    () => [
      api.inMain('(x) => { window.given = x; return [typeof require, x.f(20)]; }', {
        f: (n) => n * 2,
      }),
      window.given instanceof Object,
      api.inMainResult(),
      api.inMainDisguised(),
    ],
    [['undefined', 40], true, true, 'as written'],
  ],
  [
    'executeInMainWorld: errors',
    () => [
      thrownBy(() => api.inMain('() => { throw new Error("inside"); }')).message,
      thrownBy(() => api.inMainBadly({})).message,
      thrownBy(() => api.inMainBadly({ func: () => 1, args: 1 })).message,
    ],
    [
      'inside',
      'contextBridge.executeInMainWorld: executionScript.func must be a function',
      'contextBridge.executeInMainWorld: executionScript.args must be an array',
    ],
  ],
];

const WORLDS = `
const { contextBridge } = require('electron');
const attempt = (...given) => {
  try {
    contextBridge.exposeInIsolatedWorld(...given);
    return 'exposed';
  } catch (error) {
    return error.message;
  }
};
globalThis.secret = 1;
const found = [1004, 1004, 0, 999, -1, 1.5, 'x'].map((id) => attempt(id, 'example', {
  n: 123, call: (fn) => fn({ list: [document.body] }),
}));
contextBridge.exposeInMainWorld('found', found);
contextBridge.exposeInIsolatedWorld(1005, 'other', 1);
`;

test('contextBridge', async (t) => {
  const lab = await startLab(t, { 'preload.js': PRELOAD, 'worlds.js': WORLDS });
  const preload = path.join(lab.app.home, 'app/preload.js');
  const win = await lab.open({ preload });

  for (const [name, run, expected] of CASES) {
    await t.test(name, async () => assert.deepEqual(await win.page(run), expected));
  }

  await t.test('exposeInIsolatedWorld', async () => {
    const other = await lab.open({ preload: path.join(lab.app.home, 'app/worlds.js') });
    const inWorld = (worldId, fn) =>
      other.main(
        ({ contents }, id, world, code) =>
          contents(id).executeJavaScriptInIsolatedWorld(world, [{ code }]),
        worldId,
        `(${fn})()`,
      );
    const taken = 'Cannot bind an API on top of an existing property on the window object';
    const refused = (id) => `There is no other world with the number ${id}`;
    const results = ['exposed', taken, 'exposed', ...[999, -1, 1.5, 'x'].map(refused)];
    assert.deepEqual(await other.page(() => [found, example.n, typeof other]), [
      results,
      123,
      'undefined',
    ]);
    const look = () => {
      const given = example.call((value) => value);
      return [
        example.n,
        given instanceof Object,
        given.list[0] === document.body,
        typeof other,
        typeof secret,
        example.call.constructor('return typeof secret')(),
      ];
    };
    assert.deepEqual(await inWorld(1004, look), [
      123,
      true,
      true,
      'undefined',
      'undefined',
      'undefined',
    ]);
    assert.deepEqual(await inWorld(1005, () => [typeof example, other]), ['undefined', 1]);
  });
  await lab.close();
});
