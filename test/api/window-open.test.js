'use strict';

/*
 * Windows that pages open: setWindowOpenHandler(), did-create-window, what a child inherits, and how
 * both end. Functions passed to `page` run in a page: test/support/lab.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const path = require('node:path');
const { startLab, LabWindow, PAGE } = require('../support/lab');
const { until } = require('../support/processes');

const NODE = ['object', 'function'];
const WEB = ['undefined', 'undefined'];

const expose = (value) =>
  `require('electron').contextBridge.exposeInMainWorld('told', '${value}');`;

const FILES = {
  'preload.js': expose('one'),
  'preload.js2': expose('two'),
  'types.js': 'postMessage([typeof process, typeof require]);',
  'child.html': PAGE.replace('<title>Lab', '<title>Child'),
  'links.html': `${PAGE}<a id="blank" href="child.html" target="_blank">x</a>
    <form action="child.html" target="form"><input name="q" value="1"></form>`,
};

const NODE_WINDOW = { nodeIntegrationInWorker: true };

/** @type {import('../support/lab').Lab} */
let lab;

/** A server of a page that is not this machine's, as far as the rules go. */
const serveFar = async ({ require }) => {
  const server = require('node:http').createServer((request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>Far</title>');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.5', resolve));
  return `http://127.0.0.5:${server.address().port}/`;
};

const typesInWorker = async () => (await next(new Worker('types.js'))).data;

/** Sets a handler in the main process: the source of a function of `details` and the lab's scope. */
const handle = (win, handler) =>
  win.main(({ contents, emit, BrowserWindow }, id, source) => {
    const answer = eval(source);
    contents(id).setWindowOpenHandler((details) => {
      emit(`asked ${id}`, { ...details });
      return answer(details, { BrowserWindow });
    });
  }, `(${handler})`);

/** The next window that this one opens, as soon as its page has loaded. */
async function nextChild(win, { isLoaded = true } = {}) {
  const told = lab.event(`created ${win.id}`);
  await win.main(({ contents, emit, BrowserWindow }, id) => {
    contents(id).once('did-create-window', (window, details) =>
      emit(`created ${id}`, {
        ids: [window.id, BrowserWindow.fromWebContents(window.webContents).id],
        details: { ...details, options: { ...details.options, webContents: undefined } },
      }),
    );
  });
  return async () => {
    const { ids, details } = await told;
    assert.equal(ids[0], ids[1]);
    const child = new LabWindow(lab, ids[0]);
    if (isLoaded) await child.event('did-finish-load');
    return { child, details };
  };
}

const openHere = (...given) => {
  window.child = window.open(...given);
  return window.child !== null;
};

const close = (win) => win.main(({ BrowserWindow }, id) => BrowserWindow.fromId(id)?.destroy());

/** Opens a child with these overrides, and says what its workers have. */
async function childTypes(preferences, webPreferences, features = 'popup') {
  const win = await lab.open(preferences);
  await handle(
    win,
    `() => ({ action: 'allow', overrideBrowserWindowOptions: ${JSON.stringify({ webPreferences })} })`,
  );
  const created = await nextChild(win);
  await win.page(openHere, 'child.html', '', features);
  const { child } = await created();
  const types = await child.page(typesInWorker);
  const mine = await win.page(typesInWorker);
  await close(win);
  return [mine, types];
}

test('windows that pages open', async (t) => {
  lab = await startLab(t, FILES);

  await t.test('without a handler a window is made, and both pages know each other', async () => {
    const win = await lab.open({});
    const created = await nextChild(win);
    assert.equal(
      await win.page(openHere, 'child.html', 'kid', 'width=320,height=240,left=5'),
      true,
    );
    const { child, details } = await created();
    assert.match(details.url, /\/child\.html$/);
    assert.deepEqual(
      [details.frameName, details.features, details.disposition],
      ['kid', 'width=320,height=240,left=5', 'new-window'],
    );
    assert.match(details.referrer.url, /\/page\.html$/);
    const found = await child.main(({ BrowserWindow }, id) => {
      const one = BrowserWindow.fromId(id);
      return [one.getContentSize(), one.isVisible(), one.getTitle()];
    });
    assert.deepEqual(found, [[320, 240], true, 'Child']);
    assert.equal(await child.page(() => opener.document.title === 'Lab' && name === 'kid'), true);
    assert.equal(await win.page(() => window.child.document.title), 'Child');
    const facts = await child.main(
      ({ contents }, id, opener) => [
        contents(id).opener === contents(opener).mainFrame,
        contents(opener).opener,
      ],
      win.id,
    );
    assert.deepEqual(facts, [true, null]);

    await win.page(() => window.child.close());
    await lab.event(`closed ${child.id}`);
    assert.equal(await win.page(() => window.child.closed), true);
    await close(win);
  });

  await t.test('the console has nothing of ours when the opener loads again', async () => {
    const win = await lab.open({ nodeIntegration: true, contextIsolation: false });
    const created = await nextChild(win);
    await win.page(openHere, 'child.html');
    await created();
    const said = await win.main(async ({ contents }, id) => {
      const messages = [];
      const ended = new Promise((resolve) => {
        contents(id).on('console-message', ({ message }) => {
          messages.push(message);
          if (message === 'the end') resolve();
        });
      });
      await contents(id).loadURL(contents(id).getURL());
      await contents(id).executeJavaScript(`console.log('the end')`);
      await ended;
      return messages;
    });
    assert.deepEqual(said, ['the end']);
    await close(win);
  });

  await t.test('the handler hears of each, and decides', async () => {
    const win = await lab.open({});
    await handle(win, () => ({ action: 'deny' }));
    const asked = async () => {
      const { url, ...details } = await lab.event(`asked ${win.id}`);
      return [url.split('/').pop(), details.frameName, details.features, details.disposition];
    };
    assert.equal(await win.page(openHere, 'child.html?1', '_blank'), false);
    assert.deepEqual(await asked(), ['child.html?1', '', '', 'foreground-tab']);
    assert.equal(await win.page(openHere, '', 'x', 'popup'), false);
    assert.deepEqual((await asked()).slice(1), ['x', 'popup', 'new-window']);

    await win.load('links.html');
    await win.event('did-finish-load');
    await win.page(() => document.querySelector('#blank').click());
    assert.deepEqual(await asked(), ['child.html', '', '', 'foreground-tab']);
    await win.page(() => document.querySelector('form').submit());
    assert.equal((await asked())[0], 'child.html?q=1');

    for (const answer of ['() => 7', '() => null', '() => ({ action: "maybe" })']) {
      await handle(win, answer);
      assert.equal(await win.page(openHere, 'child.html'), false, answer);
    }
    assert.equal(await lab.main(({ BrowserWindow }) => BrowserWindow.getAllWindows().length), 1);
    await close(win);
  });

  await t.test('overrideBrowserWindowOptions are above what the page asks for', async () => {
    const win = await lab.open({});
    await handle(win, () => ({
      action: 'allow',
      overrideBrowserWindowOptions: { width: 400, show: false, title: 'Mine' },
    }));
    const created = await nextChild(win);
    await win.page(openHere, 'child.html', '', 'width=300,height=200,resizable=no,frame=yes');
    const { child, details } = await created();
    const found = await child.main(({ BrowserWindow }, id) => {
      const one = BrowserWindow.fromId(id);
      return [one.getContentSize(), one.isVisible(), one.isResizable()];
    });
    assert.deepEqual(found, [[400, 200], false, false]);
    assert.equal(details.options.title, 'Mine');
    await close(win);
  });

  await t.test('a child ends with its opener, unless outlivesOpener', async () => {
    for (const outlivesOpener of [false, true]) {
      const win = await lab.open({});
      await handle(win, `() => ({ action: 'allow', outlivesOpener: ${outlivesOpener} })`);
      const created = await nextChild(win);
      await win.page(openHere, 'child.html');
      const { child } = await created();
      const size = await child.main(({ BrowserWindow }, id) =>
        BrowserWindow.fromId(id).getContentSize(),
      );
      assert.deepEqual(size, [800, 600]);
      await close(win);
      await lab.event(`closed ${win.id}`);
      const isThere = await child.main(
        ({ BrowserWindow }, id) => BrowserWindow.fromId(id) !== null,
      );
      assert.equal(isThere, outlivesOpener);
      if (isThere) {
        assert.equal(await child.main(({ contents }, id) => contents(id).opener), null);
        assert.equal(await child.page(() => document.title), 'Child');
        await close(child);
      }
    }
  });

  await t.test(
    'createWindow makes the window itself, of the contents that it is given',
    async () => {
      const win = await lab.open({});
      await handle(win, (details, { BrowserWindow }) => ({
        action: 'allow',
        createWindow: (options) => {
          const own = new BrowserWindow({ ...options, show: false, title: 'own' });
          globalThis.ownWindow = own.id;
          return own.webContents;
        },
      }));
      assert.equal(await win.page(openHere, 'child.html'), true);
      await until('its page', () => win.page(() => window.child.document.title === 'Child'));
      await win.main(({ BrowserWindow }) => BrowserWindow.fromId(globalThis.ownWindow).destroy());
      await close(win);
    },
  );

  await t.test('a child follows its own options, not its opener’s', async () => {
    const open = { nodeIntegrationInWorker: true, sandbox: false };
    assert.deepEqual(await childTypes(NODE_WINDOW, {}), [NODE, WEB], 'nothing is passed on');
    assert.deepEqual(await childTypes(NODE_WINDOW, NODE_WINDOW), [NODE, NODE]);
    assert.deepEqual(
      await childTypes(NODE_WINDOW, { nodeIntegrationInWorker: false }),
      [NODE, WEB],
      'off under on',
    );
    assert.deepEqual(await childTypes({}, open), [WEB, NODE], 'on under off: the app says so');
    assert.deepEqual(await childTypes({}, NODE_WINDOW), [WEB, WEB], 'the sandbox is inherited');
  });

  await t.test('a page gives its child no more than it has', async () => {
    const asks =
      'nodeIntegration=yes,nodeIntegrationInWorker=yes,contextIsolation=no,sandbox=no,' +
      'webPreferences=x,preload=/x,width=-5,height=1e99,x=NaN';
    assert.deepEqual(await childTypes({}, undefined, asks), [WEB, WEB]);
    const win = await lab.open({});
    const created = await nextChild(win);
    await win.page(openHere, 'child.html', '', asks);
    const { child, details } = await created();
    const { contextIsolation, nodeIntegration, sandbox, ...others } =
      details.options.webPreferences;
    assert.deepEqual([contextIsolation, nodeIntegration, sandbox], [true, false, true]);
    assert.deepEqual(Object.keys(others).sort(), [
      'nodeIntegrationInSubFrames',
      'nodeIntegrationInWorker',
    ]);
    assert.equal(await child.page(() => typeof require), 'undefined');
    assert.equal(lab.processesNamed('weft-worker-host').length, 0);
    await close(win);
  });

  await t.test(
    'a window with Node opens pages of elsewhere in a process of their own',
    async () => {
      const url = await lab.main(serveFar);
      for (const [preferences, isShared] of [
        [NODE_WINDOW, false],
        [{}, true],
      ]) {
        const win = await lab.open(preferences);
        const created = await nextChild(win);
        assert.equal(await win.page(openHere, url), isShared);
        const { child } = await created();
        assert.equal(await child.page(() => document.title), 'Far');
        assert.equal(await child.page(() => opener !== null), isShared);
        assert.equal((await child.processId()) === (await win.processId()), isShared);
        await close(win);
      }
    },
  );

  await t.test(
    'a page of elsewhere opens no file, also where main loads what it opens',
    async () => {
      const far = await lab.main(serveFar);
      const cases = [
        [NODE_WINDOW, 'popup'],
        [{}, 'noopener'],
      ];
      for (const [preferences, features] of cases) {
        const win = await lab.open(preferences);
        const file = new URL('child.html', await win.page(() => location.href)).href;
        await win.main(({ contents }, id, url) => contents(id).loadURL(url), far);
        const created = await nextChild(win);
        await win.page(openHere, file, '', features);
        const { child } = await created();
        const url = await child.main(({ contents }, id) => contents(id).getURL());
        assert.deepEqual([url, new URL(file).protocol], ['about:blank', 'file:']);
        await close(win);
      }
    },
  );

  await t.test('a frame from elsewhere opens no file, and the page around it does', async () => {
    const far = await lab.main(serveFar);
    const win = await lab.open(NODE_WINDOW);
    await win.page(async (url) => {
      const frame = document.createElement('iframe');
      frame.src = url;
      document.body.append(frame);
      await new Promise((resolve) => (frame.onload = resolve));
    }, far);
    const file = new URL('child.html', await win.page(() => location.href)).href;
    const addressOf = async (created) => {
      const { child } = await created();
      return child.main(({ contents }, id) => contents(id).getURL());
    };
    for (const features of ['', 'noopener', 'popup']) {
      const created = await nextChild(win);
      const call = `void window.open(${JSON.stringify(file)}, '', '${features}')`;
      await win.main(
        ({ contents }, id, code) => contents(id).mainFrame.frames[0].executeJavaScript(code),
        call,
      );
      assert.equal(await addressOf(created), 'about:blank', features);
    }
    const created = await nextChild(win);
    await win.page((url) => void window.open(url), file);
    assert.equal(await addressOf(created), file);
    await close(win);
  });

  await t.test(
    'a child that goes elsewhere leaves its opener’s process, and stays itself',
    async () => {
      const far = await lab.main(serveFar);
      const preload = path.join(lab.app.home, 'app/preload.js');
      const win = await lab.open({ ...NODE_WINDOW, preload });
      await handle(
        win,
        `() => ({
      action: 'allow',
      overrideBrowserWindowOptions: { webPreferences: { preload: ${JSON.stringify(preload)}2 } },
    })`.replace('"2', '2"'),
      );
      const created = await nextChild(win);
      assert.equal(await win.page(openHere, 'child.html', '', 'popup'), true);
      const { child } = await created();
      const told = [() => window.told];
      assert.deepEqual([await win.page(...told), await child.page(...told)], ['one', 'two']);
      assert.equal(await child.processId(), await win.processId());

      // Both ways of going, and both windows: in another process a page has another number.
      await child.page((url) => void setTimeout(() => (location.href = url)), far);
      await child.event('did-finish-load');
      assert.notEqual(await child.processId(), await win.processId());
      assert.equal(await child.page(...told), 'two');
      await win.main(({ contents }, id, url) => contents(id).loadURL(url), far);
      await win.event('did-finish-load');
      await win.load('page.html');
      await win.event('did-finish-load');
      assert.equal(await win.page(...told), 'one');
      assert.deepEqual(await win.page(typesInWorker), NODE);
      await child.load('child.html');
      await child.event('did-finish-load');
      assert.equal(await child.page(...told), 'two');
      assert.deepEqual(await child.page(typesInWorker), WEB);
      await close(win);
    },
  );

  await t.test('noopener gives a window whose page knows nobody', async () => {
    const win = await lab.open({});
    const created = await nextChild(win);
    assert.equal(
      await win.page(openHere, 'child.html', '', 'noopener,width=200,height=100'),
      false,
    );
    const { child } = await created();
    assert.equal(await child.page(() => opener), null);
    await close(win);
  });

  await t.test('a handler that closes the opener opens nothing', async () => {
    const win = await lab.open({});
    await win.main(({ contents, BrowserWindow }, id) => {
      contents(id).setWindowOpenHandler(() => {
        BrowserWindow.fromId(id).destroy();
        return { action: 'allow' };
      });
    });
    win.page(openHere, 'child.html').catch(() => {});
    await lab.event(`closed ${win.id}`);
    assert.equal(await lab.main(({ BrowserWindow }) => BrowserWindow.getAllWindows().length), 0);
  });

  await t.test('an app that throws opens nothing', async () => {
    const win = await lab.open({});
    await lab.main(({ emit, require }) => {
      globalThis.onError = ({ message }) => emit('thrown', message);
      require('node:process').on('uncaughtException', globalThis.onError);
    });
    const throws = () => {
      throw new Error('no');
    };
    const other = `() => ({ action: 'allow', createWindow: () => ({}) })`;
    for (const [handler, text] of [
      [throws, /^no$/],
      [`() => ({ action: 'allow', createWindow: ${throws} })`, /^no$/],
      [other, /^Invalid webContents\. Created window should be connected/],
    ]) {
      await handle(win, handler);
      assert.equal(await win.page(openHere, 'child.html', '', 'popup'), false);
      assert.match(await lab.event('thrown'), text);
    }
    const left = await lab.main(({ webContents, require }) => {
      require('node:process').off('uncaughtException', globalThis.onError);
      return webContents.getAllWebContents().length;
    });
    assert.equal(left, 1);
    await close(win);
  });

  await t.test('window.close() closes a window that the app has made, too', async () => {
    const win = await lab.open({});
    await win.load('links.html');
    await win.event('did-finish-load');
    win.page(() => setTimeout(() => window.close())).catch(() => {});
    await lab.event(`closed ${win.id}`);
  });

  lab.main(({ app }) => app.exit(0)).catch(() => {});
  await lab.expectEnd();
});
