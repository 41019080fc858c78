// @ts-check
'use strict';

const { test, describe } = require('node:test');
const assert = require('node:assert/strict');
const { inMain, runApp, startApp } = require('../support/app');

/** Logs the lifetime events of an app, in their order. */
const LOG_EVENTS = `
  const { app, BrowserWindow } = require('electron');
  const log = [];
  for (const name of ['will-finish-launching', 'ready', 'web-contents-created',
    'browser-window-created', 'window-all-closed', 'before-quit', 'will-quit']) {
    if (name !== 'window-all-closed') app.on(name, () => log.push(name));
  }
  app.on('quit', (event, code) => { log.push('quit ' + code); report(log); });
  const logWindow = (win) => {
    win.on('close', () => log.push('close'));
    win.on('closed', () => log.push('closed'));
    win.webContents.on('destroyed', () => log.push('destroyed'));
  };`;

describe('events', () => {
  test('come in Electron’s order, and the last window that closes quits', async (t) => {
    const { code, results, stderr } = await runApp(t, {
      'main.js': `${LOG_EVENTS}
        app.whenReady().then(async () => {
          log.push('whenReady');
          const win = new BrowserWindow();
          logWindow(win);
          await win.loadFile('page.html');
          win.close();
        });`,
    });
    assert.deepEqual(results[0], [
      'will-finish-launching',
      'ready',
      'whenReady',
      'web-contents-created',
      'browser-window-created',
      'close',
      'closed',
      'destroyed',
      'before-quit',
      'will-quit',
      'quit 0',
    ]);
    assert.equal(code, 0);
    assert.equal(stderr, '');
  });

  test('quit() asks before-quit, each window and will-quit; each may say no', async (t) => {
    const { code, results } = await runApp(t, {
      'main.js': `${LOG_EVENTS}
        const refuse = (emitter, name) => emitter.once(name, (event) => {
          event.preventDefault();
          log.push('no');
          setImmediate(() => app.quit());
        });
        app.whenReady().then(() => {
          const win = new BrowserWindow({ show: false });
          logWindow(win);
          refuse(app, 'before-quit');
          refuse(win, 'close');
          refuse(app, 'will-quit');
          app.quit();
        });`,
    });
    assert.deepEqual(results[0].slice(4), [
      ...['before-quit', 'no'],
      ...['before-quit', 'close', 'no'],
      ...['before-quit', 'close', 'closed', 'destroyed', 'will-quit', 'no'],
      ...['before-quit', 'will-quit', 'quit 0'],
    ]);
    assert.equal(code, 0);
  });

  test('an app that listens to window-all-closed goes on', async (t) => {
    const [result] = await inMain(
      t,
      `const win = new BrowserWindow({ show: false });
       const closed = once(app, 'window-all-closed');
       win.destroy();
       await closed;
       report(BrowserWindow.getAllWindows().length);`,
    );
    assert.equal(result, 0);
  });

  test('exit() asks nobody', async (t) => {
    const { code, results } = await runApp(t, {
      'main.js': `${LOG_EVENTS}
        app.whenReady().then(() => {
          const win = new BrowserWindow({ show: false });
          logWindow(win);
          app.exit(3);
        });`,
    });
    assert.deepEqual(results[0].slice(4), ['closed', 'destroyed', 'quit 3']);
    assert.equal(code, 3);
  });
});

describe('the end', () => {
  for (const [signal, code] of /** @type {const} */ ([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ])) {
    test(`${signal} asks the app to quit, and ends it with ${code}`, async (t) => {
      const { code: actual, results } = await runApp(t, {
        'main.js': `${LOG_EVENTS}
          app.whenReady().then(() => {
            new BrowserWindow({ show: false });
            process.kill(process.pid, '${signal}');
          });`,
      });
      assert.deepEqual(results[0].slice(4), ['before-quit', 'will-quit', `quit ${code}`]);
      assert.equal(actual, code);
    });
  }

  test('an app may handle a signal itself', async (t) => {
    const { code } = await runApp(t, {
      'main.js': `const { app } = require('electron');
        process.on('SIGTERM', () => app.exit(7));
        app.whenReady().then(() => process.kill(process.pid, 'SIGTERM'));`,
    });
    assert.equal(code, 7);
  });

  test('an exception in a listener ends it with 1 and a stack', async (t) => {
    const { code, stderr } = await runApp(t, {
      'main.js': `const { app, BrowserWindow } = require('electron');
        app.whenReady().then(() => {
          const win = new BrowserWindow({ show: false });
          win.webContents.on('dom-ready', () => { throw new Error('in a listener'); });
          win.loadFile('page.html');
        });`,
    });
    assert.equal(code, 1);
    assert.match(stderr, /Error: in a listener\n\s+at .*main\.js:4/);
  });

  test('an unhandled rejection is printed, and the app goes on', async (t) => {
    const { results, stderr } = await runApp(t, {
      'main.js': `const { app } = require('electron');
        app.whenReady().then(() => { throw new Error('unhandled'); });
        app.on('ready', () => setTimeout(() => { report('alive'); app.exit(0); }, 10));`,
    });
    assert.deepEqual(results, ['alive']);
    assert.match(stderr, /UnhandledPromiseRejectionWarning: Error: unhandled/);
  });
});

describe('start', () => {
  test('argv, package and process are the app’s', async (t) => {
    const { results } = await runApp(
      t,
      {
        'package.json': '{"name":"n","productName":"The App","version":"4.5.6","main":"main.js"}',
        'main.js': `const { app } = require('electron');
          app.whenReady().then(() => {
            report([process.argv.slice(2), process.argv[1] === app.getAppPath(), process.type]);
            report([app.getName(), app.name, app.getVersion(), app.isPackaged, app.isReady()]);
            report([app.commandLine.hasSwitch('flag'), app.commandLine.getSwitchValue('key')]);
            report([app.getPath('userData'), app.getPath('appData'), require.main === module]);
            const { execFileSync } = require('node:child_process');
            const inherited = execFileSync('env', { encoding: 'utf8' });
            report(inherited.match(/^(WEFT|JSC|GIGACAGE).*/gm));
            app.quit();
          });
          report(app.isReady());`,
      },
      { args: ['one', '--flag', '--key=a=b', '--', '--not'] },
    );
    const [early, argv, names, switches, paths, env] = results;
    assert.equal(early, false);
    assert.deepEqual(argv, [['one', '--flag', '--key=a=b', '--', '--not'], true, 'browser']);
    assert.deepEqual(names, ['The App', 'The App', '4.5.6', false, true]);
    assert.deepEqual(switches, [true, 'a=b']);
    assert.equal(paths[0], `${paths[1]}/The App`);
    assert.equal(paths[2], true);
    assert.equal(env, null, 'what Weft tells WebKit is not the app’s, nor its children’s');
  });

  test('a module may import electron by name and await whenReady()', async (t) => {
    const { code, results } = await runApp(t, {
      'package.json': '{"name":"esm","main":"main.mjs"}',
      'main.mjs': `import { app, BrowserWindow } from 'electron';
        import electron from 'electron/main';
        await app.whenReady();
        report([electron.app === app, typeof BrowserWindow, app.isReady()]);
        app.exit(5);`,
    });
    assert.deepEqual(results, [[true, 'function', true]]);
    assert.equal(code, 5);
  });

  test('a package of type module, and one that only its syntax betrays', async (t) => {
    for (const more of ['"type":"module",', '']) {
      const { code } = await runApp(t, {
        'package.json': `{"name":"esm",${more}"main":"main.js"}`,
        'main.js': `import { app } from 'electron'; await app.whenReady(); app.exit(6);`,
      });
      assert.equal(code, 6);
    }
  });

  test('what is not there yet can be imported, and throws when it is used', async (t) => {
    const [messages] = await inMain(
      t,
      `const { Menu, Tray } = require('electron');
       const messages = [];
       for (const use of [() => Menu.setApplicationMenu(null), () => new Tray(''),
         () => app.relaunch()]) {
         try { use(); } catch (error) { messages.push(error.message); }
       }
       report(messages);`,
    );
    assert.deepEqual(messages, [
      'electron.Menu is not supported yet; see docs/api/README.md',
      'electron.Tray is not supported yet; see docs/api/README.md',
      'app.relaunch() is not supported yet; see docs/api/app.md',
    ]);
  });
});

describe('paths', () => {
  test('setPath() makes the folder, and names are checked', async (t) => {
    const [result] = await inMain(
      t,
      `const folder = require('node:path').join(app.getPath('temp'), 'weft-' + process.pid, 'a');
       app.setPath('userData', folder);
       const errors = [];
       for (const use of [() => app.getPath('nope'), () => app.setPath('userData', 'relative')]) {
         try { use(); } catch (error) { errors.push(error.message); }
       }
       const made = require('node:fs').existsSync(folder);
       require('node:fs').rmSync(require('node:path').dirname(folder), { recursive: true });
       report([app.getPath('userData') === folder, made, app.getPath('logs'), errors, folder]);`,
    );
    const [isSet, made, logs, errors, folder] = result;
    assert.ok(isSet && made);
    assert.equal(logs, `${folder}/logs`);
    assert.deepEqual(errors, ["Failed to get 'nope' path", 'Path must be absolute']);
  });
});

test('a window that is open and idle costs nothing', async (t) => {
  const app = startApp(t, {
    'main.js': `const { app, BrowserWindow } = require('electron');
      const { once } = require('node:events');
      const cpu = () => { const { user, system } = process.cpuUsage(); return user + system; };
      app.whenReady().then(async () => {
        const win = new BrowserWindow();
        await Promise.all([win.loadFile('page.html'), once(win, 'ready-to-show')]);
        setTimeout(() => {
          const before = cpu();
          setTimeout(() => { report(cpu() - before); app.exit(0); }, 2000);
        }, 1500);
      });`,
  });
  const microseconds = await app.next();
  assert.ok(microseconds < 20_000, `${microseconds} µs in 2 s`);
});
