'use strict';

/*
 * Errors in a worker's script, and what the console says. Functions passed to `page` run in a page,
 * those passed to `run` in a worker of it: test/support/lab.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { startLab } = require('../support/lab');

const FILES = {
  'throws.js': `postMessage('before');

// line 3
throw new Error('boom');`,
  'syntax.js': `const a = 1;
const b = ;`,
  'primitive.js': `throw 'a text';`,
  'rejects.mjs': `await null;
throw new RangeError('from a module');`,
  'imports.mjs': `import './missing.mjs';`,
  'syntax.mjs': `import fs from 'node:fs';
export const = 1;`,
  'handlers.js': `
    onmessage = ({ data }) => {
      if (data === 'throw') throw new TypeError('in a handler');        // line 3
      if (data === 'primitive') throw 42;
      if (data === 'nothing') throw undefined;
      if (data === 'object') throw { toString: () => 'an object' };
      if (data === 'timer') setTimeout(() => { throw new Error('in a timer'); }, 1);
      if (data === 'immediate') setImmediate(() => { throw new Error('in an immediate'); });
      if (data === 'tick') process.nextTick(() => { throw new Error('in a tick'); });
      if (data === 'microtask') queueMicrotask(() => { throw new Error('in a microtask'); });
      if (data === 'emitter') require('node:fs').readFile('/', () => { throw new Error('in fs'); });
      if (data === 'module') require('./deep.js').fail();
      if (data === 'event') new (require('node:events'))().emit('error', new Error('unheard'));
      if (data === 'report') reportError(new Error('reported'));
      postMessage(['after', data]);
    };
    addEventListener('message', ({ data }) => {
      if (data === 'throw') postMessage('another listener');
    });`,
  'deep.js': `
exports.fail = () => {
  throw new Error('in a module'); // line 3
};`,
  'handled.js': `
    onerror = (message, filename, lineno, colno, error) => {
      postMessage([message, filename === location.href, lineno, colno > 0, error.message]);
      return true;
    };
    onmessage = () => { throw new Error('handled'); }; // line 6`,
  'listened.js': `
    addEventListener('error', (event) => {
      postMessage([event instanceof ErrorEvent, event.message, event.error.message]);
      event.preventDefault();
    });
    onmessage = () => { throw new Error('listened'); };`,
  'handler-throws.js': `
    onerror = () => { throw new Error('in the error handler'); };
    onmessage = () => { throw new Error('first'); };`,
  'rejections.js': `
    onmessage = ({ data }) => {
      const silence = (event) => event.preventDefault();
      const tell = (event) => postMessage([event instanceof PromiseRejectionEvent,
        event.reason.message, event.promise instanceof Promise]);
      if (data !== 'now') addEventListener('unhandledrejection', data === 'listen' ? tell : silence);
      Promise.reject(new Error('rejected ' + data)); // line 7
      setTimeout(() => postMessage('alive'), 1);
    };`,
  'late.js': `
    addEventListener('unhandledrejection', (event) => event.preventDefault());
    addEventListener('rejectionhandled', ({ promise }) => postMessage(promise === rejected));
    const rejected = Promise.reject(new Error('late'));
    setTimeout(() => rejected.catch(() => {}), 5);`,
  'console.js': `
    console.log('log', { a: [1] }, 'é');     // line 2
    console.info('info');
    console.warn('warn');
    console.error('error');
    console.debug('debug');
    console.log('two\\nlines');
    console.log('%s is %d', 'format', 7);
    postMessage('done');`,
  'console.html': `<!doctype html>
<script src="page-tools.js"></script>
<script>
console.log('page log'); // line 4
console.warn('page warn', { b: 1 });
</script>`,
};

test('an error in a worker', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();
  await win.page(() => {
    /** Starts a worker, posts, and says what its error event says. */
    window.errorOf = async (file, message, options) => {
      const worker = new Worker(file, options);
      const event = next(worker, 'error');
      if (message !== undefined) worker.postMessage(message);
      const found = describeEvent(await event);
      worker.terminate();
      return found;
    };
  });

  await t.test('at the top level says message, file and line, and the worker lives', async () => {
    const found = await win.page(async () => {
      const worker = new Worker('throws.js');
      const before = next(worker);
      const error = next(worker, 'error').catch(() => {});
      const first = (await before).data;
      const event = await new Promise((resolve) => (worker.onerror = resolve));
      void error;
      worker.terminate();
      return [
        ...[first, event instanceof ErrorEvent, describeEvent(event), event.colno, event.cancelable],
      ];
    });
    assert.deepEqual(found, [
      ...['before', true],
      { type: 'error', message: 'Uncaught Error: boom', file: 'throws.js', lineno: 4 },
      ...[7, true],
    ]);
  });

  await t.test('of syntax says file and line', async () => {
    const found = await win.page(() => errorOf('syntax.js'));
    assert.match(found.message, /^Uncaught SyntaxError: Unexpected token ';'/);
    assert.deepEqual([found.file, found.lineno], ['syntax.js', 2]);
  });

  await t.test('in its address says which script is missing', async () => {
    const found = await win.page(() => errorOf('missing.js'));
    assert.equal(found.type, 'error');
    assert.match(found.message ?? 'missing.js', /missing\.js/);
    assert.equal(await win.page(() => runAlone(() => 'others start')), 'others start');
  });

  await t.test('that is a primitive is shown as Chromium shows it', async () => {
    assert.equal((await win.page(() => errorOf('primitive.js'))).message, 'Uncaught a text');
    assert.equal((await win.page(() => errorOf('handlers.js', 'primitive'))).message, 'Uncaught 42');
    assert.equal(
      (await win.page(() => errorOf('handlers.js', 'nothing'))).message,
      'Uncaught undefined',
    );
    assert.match(
      (await win.page(() => errorOf('handlers.js', 'object'))).message,
      /^Uncaught (an object|#<Object>)$/,
    );
  });

  await t.test('in a handler says its line, and the worker and its listeners live on', async () => {
    const found = await win.page(async () => {
      const worker = new Worker('handlers.js');
      const seen = [];
      worker.onmessage = ({ data }) => seen.push(data);
      worker.onerror = (event) => seen.push(describeEvent(event));
      worker.postMessage('throw');
      const answer = await new Promise((resolve) => {
        worker.addEventListener('message', ({ data }) => data[1] === 'go on' && resolve(data));
        worker.postMessage('go on');
      });
      worker.terminate();
      return { seen, answer };
    });
    const errors = found.seen.filter(({ type }) => type === 'error');
    const message = 'Uncaught TypeError: in a handler';
    assert.deepEqual(errors, [{ type: 'error', message, file: 'handlers.js', lineno: 3 }]);
    assert.ok(found.seen.includes('another listener'));
    assert.deepEqual(found.answer, ['after', 'go on']);
  });

  for (const [where, text] of Object.entries({
    timer: 'in a timer',
    immediate: 'in an immediate',
    tick: 'in a tick',
    microtask: 'in a microtask',
    emitter: 'in fs',
    event: 'unheard',
    report: 'reported',
  })) {
    await t.test(`${text} is an error event, and the worker lives on`, async () => {
      const found = await win.page(
        async (kind) => {
          const worker = new Worker('handlers.js');
          const error = new Promise((resolve) => (worker.onerror = resolve));
          worker.postMessage(kind);
          const event = describeEvent(await error);
          const lives = await new Promise((resolve) => {
            worker.onmessage = ({ data }) => data[1] === 'still' && resolve(data[0]);
            worker.postMessage('still');
          });
          worker.terminate();
          return [event, lives];
        },
        where,
      );
      assert.equal(found[0].message, `Uncaught Error: ${text}`);
      assert.equal(found[0].file, 'handlers.js');
      assert.equal(found[1], 'after');
    });
  }

  await t.test('in a required module says that module’s place', async () => {
    assert.deepEqual(await win.page(() => errorOf('handlers.js', 'module')), {
      ...{ type: 'error', message: 'Uncaught Error: in a module', file: 'deep.js', lineno: 3 },
    });
  });

  await t.test('of a module worker is one too: thrown, of syntax, of a missing import', async () => {
    const module = { type: 'module' };
    assert.deepEqual(
      await win.page((options) => errorOf('rejects.mjs', undefined, options), module),
      {
        ...{ type: 'error', message: 'Uncaught RangeError: from a module' },
        ...{ file: 'rejects.mjs', lineno: 2 },
      },
    );
    const syntax = await win.page((options) => errorOf('syntax.mjs', undefined, options), module);
    assert.match(syntax.message, /^Uncaught SyntaxError: /);
    assert.equal(syntax.file, 'syntax.mjs');
    const missing = await win.page((options) => errorOf('imports.mjs', undefined, options), module);
    assert.match(missing.message, /missing\.mjs/);
  });

  await t.test('of a blob script has that script’s address', async () => {
    const found = await win.page(async () => {
      const worker = fromText(`\n\nthrow new Error('in a blob');`);
      const event = await next(worker, 'error');
      return [event.message, event.filename.startsWith('blob:'), event.lineno];
    });
    assert.deepEqual(found, ['Uncaught Error: in a blob', true, 3]);
  });

  await t.test('goes to the worker’s own onerror first, which may handle it', async () => {
    const found = await win.page(async () => {
      const worker = new Worker('handled.js');
      const seen = [];
      worker.onerror = ({ message }) => seen.push(`page: ${message}`);
      const answer = new Promise((resolve) => (worker.onmessage = ({ data }) => resolve(data)));
      worker.postMessage('go');
      seen.push(...(await answer));
      const other = new Worker('listened.js');
      other.onerror = ({ message }) => seen.push(`page: ${message}`);
      const listened = new Promise((resolve) => (other.onmessage = ({ data }) => resolve(data)));
      other.postMessage('go');
      seen.push(...(await listened));
      return seen;
    });
    assert.deepEqual(found, [
      ...['Uncaught Error: handled', true, 6, true, 'handled'],
      ...[true, 'Uncaught Error: listened', 'listened'],
    ]);
  });

  await t.test('in the error handler itself reaches the page, and ends nothing', async () => {
    const messages = await win.page(async () => {
      const worker = new Worker('handler-throws.js');
      const seen = [];
      const both = new Promise((resolve) => {
        worker.onerror = ({ message }) => {
          seen.push(message);
          if (seen.length === 2) resolve();
        };
      });
      worker.postMessage('go');
      await both;
      worker.terminate();
      return seen.sort();
    });
    assert.deepEqual(messages, ['Uncaught Error: first', 'Uncaught Error: in the error handler']);
  });

  await t.test('does not touch other workers', async () => {
    const answer = await win.page(async () => {
      const other = startTool();
      await run(other, () => (globalThis.kept = 'kept'));
      await Promise.all(
        ['throws.js', 'syntax.js', 'missing.js', 'primitive.js'].map((file) => errorOf(file)),
      );
      return run(other, () => globalThis.kept);
    });
    assert.equal(answer, 'kept');
  });
  lab.main(({ app }) => app.exit(0)).catch(() => {});
  await lab.expectEnd();
  assert.equal(lab.stderr, '', 'errors of scripts are the console’s');
});

test('an error that no handler of the page took', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();

  await t.test('goes to the console with its place', async () => {
    await win.page(async () => {
      const worker = new Worker('throws.js');
      worker.addEventListener('error', () => {});
    });
    const { level, message, lineNumber, sourceId } = await win.event('console-message');
    assert.deepEqual([level, lineNumber], ['error', 4]);
    assert.match(message, /^Uncaught Error: boom/);
    assert.match(sourceId, /throws\.js$/);
  });

  await t.test('and is silent after preventDefault()', async () => {
    const later = await win.page(async () => {
      const worker = new Worker('throws.js');
      await new Promise((resolve) => {
        worker.addEventListener('error', (event) => {
          event.preventDefault();
          resolve();
        });
      });
      const other = new Worker('throws.js');
      await new Promise((resolve) => {
        other.onerror = () => {
          resolve();
          return true;
        };
      });
      const third = new Worker('throws.js');
      await new Promise((resolve) => {
        third.onerror = () => {
          resolve();
          return false;
        };
      });
      console.log('the next message');
      return true;
    });
    assert.ok(later);
    const messages = [];
    do messages.push((await win.event('console-message')).message);
    while (messages.at(-1) !== 'the next message');
    assert.ok(messages.length <= 2, messages.join('\n'));
  });
  await lab.close();
});

test('an unhandled rejection', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();

  await t.test('is an event in the worker, and a line on the console', async () => {
    const found = await win.page(async () => {
      const worker = new Worker('rejections.js');
      const seen = [];
      worker.onerror = ({ message }) => seen.push(`page: ${message}`);
      const alive = new Promise((resolve) => {
        worker.onmessage = ({ data }) => (data === 'alive' ? resolve() : seen.push(data));
      });
      worker.postMessage('listen');
      await alive;
      worker.terminate();
      return seen;
    });
    assert.deepEqual(found, [[true, 'rejected listen', true]]);
    const { level, message, lineNumber, sourceId } = await win.event('console-message');
    assert.match(level, /^(error|warning)$/);
    assert.match(message, /^Uncaught \(in promise\) Error: rejected listen/);
    assert.equal(lineNumber, 7);
    assert.match(sourceId, /rejections\.js$/);
  });

  await t.test('is silent after preventDefault(), and the worker lives', async () => {
    await win.page(async () => {
      const worker = new Worker('rejections.js');
      for (const data of ['silent', 'again']) {
        const alive = next(worker);
        worker.postMessage(data);
        await alive;
      }
      console.log('the next message');
    });
    assert.equal((await win.event('console-message')).message, 'the next message');
  });

  await t.test('that is handled later is rejectionhandled', async () => {
    assert.equal(await win.page(async () => (await next(new Worker('late.js'))).data), true);
  });
  await lab.close();
});

test('the console of workers and pages', async (t) => {
  await t.test('is the page’s console-message event, with file and line', async (t) => {
    const lab = await startLab(t, FILES);
    const win = await lab.open(undefined, 'console.html');
    const found = [];
    for (let i = 0; i < 2; i++) found.push(await win.event('console-message'));
    await win.page(async () => void (await next(new Worker('console.js'))));
    for (let i = 0; i < 7; i++) found.push(await win.event('console-message'));
    const lines = found.map(({ level, message, lineNumber, sourceId }) => [
      ...[level, message, `${sourceId.split('/').pop()}:${lineNumber}`],
    ]);
    assert.deepEqual(lines[0], ['info', 'page log', 'console.html:4']);
    assert.deepEqual([lines[1][0], lines[1][2]], ['warning', 'console.html:5']);
    assert.deepEqual(lines.slice(2), [
      ['info', "log { a: [ 1 ] } é", 'console.js:2'],
      ['info', 'info', 'console.js:3'],
      ['warning', 'warn', 'console.js:4'],
      ['error', 'error', 'console.js:5'],
      ['debug', 'debug', 'console.js:6'],
      ['info', 'two\nlines', 'console.js:7'],
      ['info', 'format is 7', 'console.js:8'],
    ]);
    await lab.close(); // nothing on stderr
  });

  await t.test('has nothing of Node’s about how Weft runs scripts', async (t) => {
    const lab = await startLab(t, FILES);
    const win = await lab.open();
    await win.page(async () => {
      await runAlone(async () => void (await import('node:fs')));
      await runAlone(() => process.emitWarning('of the script'));
      await runAlone(() => console.log('the last'));
    });
    const messages = [];
    do messages.push((await win.event('console-message')).message);
    while (messages.at(-1) !== 'the last');
    assert.match(messages[0], /^\(node:\d+\) Warning: of the script/);
    assert.deepEqual(messages.filter((text) => /Experimental|vm\./.test(text)), []);
    await lab.close();
  });

  await t.test('goes to stderr with --enable-logging, with file and line', async (t) => {
    const lab = await startLab(t, FILES, { options: ['--enable-logging'] });
    const win = await lab.open(undefined, 'console.html');
    await win.page(async () => void (await next(new Worker('console.js'))));
    await win.page(async () => void (await next(new Worker('throws.js'), 'error')));
    await win.page(async () => ask(new Worker('rejections.js'), 'now'));
    lab.main(({ app }) => app.exit(0)).catch(() => {});
    await lab.expectEnd();
    for (const [level, line, text, file] of [
      ['INFO', 4, 'page log', 'console.html'],
      ['WARNING', 5, 'page warn', 'console.html'],
      ['INFO', 2, 'log { a: [ 1 ] } é', 'console.js'],
      ['WARNING', 4, 'warn', 'console.js'],
      ['ERROR', 5, 'error', 'console.js'],
      ['ERROR', 4, 'Uncaught Error: boom', 'throws.js'],
      ['ERROR', 7, 'Uncaught (in promise) Error: rejected now', 'rejections.js'],
    ]) {
      const start = `:${level}:CONSOLE(${line})] "${text}`;
      const found = lab.stderr.split('\n').find((candidate) => candidate.includes(start));
      assert.match(found ?? `no line with ${start}`, /^\[\d+:\d{4}\/\d{6}\.\d{6}:/);
      assert.match(found ?? '', new RegExp(`, source: file:///.*/${file} \\(${line}\\)$`));
    }
  });
});

test('texts that are too long for a report are cut, and the worker goes on', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();
  const [error, answer] = await win.page(async () => {
    const worker = startTool();
    await run(worker, () => console.log('x'.repeat(1e6)));
    worker.addEventListener('error', (event) => event.preventDefault());
    await run(worker, () => void setTimeout(() => { throw new Error('y'.repeat(1e6)); }));
    const { message } = await next(worker, 'error');
    return [message, await run(worker, () => 'goes on')];
  });
  assert.match(error, /^Uncaught Error: y{1000,}… \(1000016 characters\)$/);
  assert.equal(answer, 'goes on');
  await lab.close();
});
