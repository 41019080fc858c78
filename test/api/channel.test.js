'use strict';

/*
 * Many messages, large messages, busy ends: nothing is lost, the order is kept, and nobody waits who
 * need not. Functions passed to `page` run in a page, those passed to `run` in a worker of it:
 * test/support/lab.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { startLab } = require('../support/lab');

/** How many messages go each way, of random sizes. */
const MESSAGE_COUNT = 100_000;
/** How many characters of them may be on their way at a time: it bounds the test's memory. */
const WINDOW_SIZE = 64 * 1024 * 1024;

const FILES = {
  'sizes.js': `
    /** Sizes from 0 to 300 KB, most of them small; the same sequence for the same seed. */
    function* sizes(seed) {
      let state = seed >>> 0;
      const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
      for (;;) {
        const kind = random();
        if (kind < 0.9) yield Math.floor(random() * 200);
        else if (kind < 0.98) yield Math.floor(random() * 4000);
        else if (kind < 0.998) yield Math.floor(random() * 70000);
        else yield Math.floor(random() * 300000);
      }
    }
    const filler = '0123456789abcdef'.repeat(300000 / 16 + 1);
    /** A message of about this size, with its number. */
    const makeMessage = (number, size) => ({ number, text: filler.slice(0, size) });
    /** Says what is wrong with a message; '' when nothing is. */
    function check({ number, text }, expectedNumber, size) {
      if (number !== expectedNumber) return 'number ' + number + ' instead of ' + expectedNumber;
      if (text.length !== size) return number + ' has ' + text.length + ' instead of ' + size;
      const last = text[size - 1];
      return size > 0 && last !== '0123456789abcdef'[(size - 1) % 16] ? number + ' is garbled' : '';
    }
    if (typeof module !== 'undefined') module.exports = { sizes, makeMessage, check };`,
  'page.html': `<!doctype html><script src="page-tools.js"></script>
    <script src="sizes.js"></script><body>page</body>`,
};

test('order', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();

  await t.test(`is kept over ${MESSAGE_COUNT} messages to the worker`, async () => {
    const wrong = await win.page(
      async (count, window) => {
        const worker = startTool();
        await run(
          worker,
          (total) => {
            const { sizes, check } = require('./sizes');
            const expected = sizes(1);
            let number = 0;
            let received = 0;
            addEventListener('message', ({ data }) => {
              if (data.number === undefined) return;
              const size = expected.next().value;
              received += size;
              const wrong = check(data, number++, size);
              if (wrong !== '' || number === total) postMessage({ done: wrong });
              else if (number % 100 === 0) postMessage({ received });
            });
          },
          count,
        );
        let acknowledged = 0;
        let wake = null;
        const done = new Promise((resolve) => {
          worker.onmessage = ({ data }) => {
            if (data.done !== undefined) resolve(data.done);
            if (data.received !== undefined) acknowledged = data.received;
            wake?.();
          };
        });
        const ahead = sizes(1);
        let sent = 0;
        for (let number = 0; number < count; number++) {
          const size = ahead.next().value;
          worker.postMessage(makeMessage(number, size));
          sent += size;
          while (sent - acknowledged > window) await new Promise((resolve) => (wake = resolve));
        }
        const wrong = await done;
        worker.terminate();
        return wrong;
      },
      MESSAGE_COUNT,
      WINDOW_SIZE,
    );
    assert.equal(wrong, '');
  });

  await t.test(`is kept over ${MESSAGE_COUNT} messages to the page`, async () => {
    const wrong = await win.page(
      async (count, window) => {
        const worker = startTool();
        await run(
          worker,
          (total, most) => {
            const { sizes, makeMessage } = require('./sizes');
            const ahead = sizes(2);
            let number = 0;
            let sent = 0;
            let acknowledged = 0;
            const send = () => {
              while (number < total && sent - acknowledged <= most) {
                const size = ahead.next().value;
                sent += size;
                postMessage(makeMessage(number++, size));
              }
            };
            addEventListener('message', ({ data }) => {
              if (data.received === undefined) return;
              acknowledged = data.received;
              send();
            });
          },
          count,
          window,
        );
        const expected = sizes(2);
        let number = 0;
        let received = 0;
        const done = new Promise((resolve) => {
          worker.onmessage = ({ data }) => {
            const size = expected.next().value;
            received += size;
            const wrong = check(data, number++, size);
            if (wrong !== '' || number === count) resolve(wrong);
            else if (number % 100 === 0) worker.postMessage({ received });
          };
        });
        worker.postMessage({ received: 0 });
        const wrong = await done;
        worker.terminate();
        return wrong;
      },
      MESSAGE_COUNT,
      WINDOW_SIZE,
    );
    assert.equal(wrong, '');
  });

  await t.test('is kept both ways at once, by several workers', async () => {
    const wrong = await win.page(async () => {
      const total = 5000;
      const talk = (seed) =>
        new Promise((resolve) => {
          const worker = fromText(`
            const { sizes, makeMessage, check } = require('./sizes');
            const [mine, theirs] = [sizes(${seed}), sizes(${seed + 100})];
            let number = 0;
            onmessage = ({ data }) => {
              const wrong = check(data, number, theirs.next().value);
              postMessage(wrong === '' ? makeMessage(number++, mine.next().value) : wrong);
            };`);
          const [mine, theirs] = [sizes(seed + 100), sizes(seed)];
          let number = 0;
          worker.onmessage = ({ data }) => {
            const wrong =
              typeof data === 'string' ? data : check(data, number, theirs.next().value);
            if (wrong === '' && ++number < total) return;
            worker.terminate();
            resolve(wrong);
          };
          for (let i = 0; i < total; i++) worker.postMessage(makeMessage(i, mine.next().value));
        });
      return Promise.all([1, 2, 3, 4].map(talk));
    });
    assert.deepEqual(wrong, ['', '', '', '']);
  });
  await lab.close();
});

test('a worker that is busy', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.openShown();
  const MESSAGES = 50_000;

  await t.test('holds up neither the page nor 50 MB of messages to it', async () => {
    const { wrong, ticks, frames, longest } = await win.page(async (count) => {
      const worker = startTool();
      await run(
        worker,
        (total) => {
          let number = 0;
          let wrong = '';
          addEventListener('message', ({ data }) => {
            if (data.number === undefined) return;
            if (data.number !== number++ || data.text.length !== 1000) wrong ||= `at ${number}`;
            if (number === total) postMessage({ done: wrong });
          });
          addEventListener('message', ({ data }) => {
            if (data !== 'be busy') return;
            postMessage('busy');
            const end = Date.now() + 2000;
            while (Date.now() < end);
            postMessage('free');
          });
        },
        count,
      );
      await ask(worker, 'be busy');
      const free = next(worker);
      const text = 'x'.repeat(1000);
      // In slices, as a page that is to stay responsive has to post.
      let posted = 0;
      let longest = 0;
      while (posted < count) {
        const start = performance.now();
        for (let i = 0; i < 500 && posted < count; i++) {
          worker.postMessage({ number: posted++, text });
        }
        longest = Math.max(longest, performance.now() - start);
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      let busy = true;
      let ticks = 0;
      let frames = 0;
      free.then(() => (busy = false));
      const tick = () => {
        if (!busy) return;
        ticks++;
        setTimeout(tick, 1);
      };
      const frame = () => {
        if (!busy) return;
        frames++;
        requestAnimationFrame(frame);
      };
      tick();
      frame();
      await free;
      const { done } = (await next(worker)).data;
      worker.terminate();
      return { wrong: done, ticks, frames, longest };
    }, MESSAGES);
    assert.equal(wrong, '');
    assert.ok(ticks >= 10, `only ${ticks} timers in the page while the worker was busy`);
    assert.ok(frames >= 3, `only ${frames} frames in the page while the worker was busy`);
    assert.ok(longest < 2000, `500 posts took ${longest} ms`);
  });

  await t.test('gets what was posted in one go while it was busy', async () => {
    const wrong = await win.page(async (count) => {
      const worker = fromText(`
        postMessage('busy');
        const end = Date.now() + 500;
        while (Date.now() < end);
        let number = 0;
        let wrong = '';
        onmessage = ({ data }) => {
          if (data === 'end') postMessage(wrong + number);
          else if (data[0] !== number++ || data[1].length !== 1000) wrong ||= 'at ' + number + ', ';
        };`);
      await next(worker);
      const text = 'y'.repeat(1000);
      for (let i = 0; i < count; i++) worker.postMessage([i, text]);
      const answer = await ask(worker, 'end');
      worker.terminate();
      return answer;
    }, MESSAGES);
    assert.equal(wrong, `${MESSAGES}`);
  });
  await lab.close();
});

test('a page that is busy', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.openShown();

  await t.test('holds up neither the worker nor 50 MB of messages from it', async () => {
    const [wrong, whileBusy] = await win.page(async () => {
      const worker = startTool();
      await run(worker, () => {
        globalThis.ticks = 0;
        setInterval(() => ticks++, 1);
        addEventListener('message', ({ data }) => {
          if (data !== 'go') return;
          for (let i = 0; i < 50000; i++) postMessage([i, 'z'.repeat(1000)]);
          ticks = 0;
          postMessage('end');
        });
      });
      let number = 0;
      let wrong = '';
      const ended = new Promise((resolve) => {
        worker.onmessage = ({ data }) => {
          if (data === 'end') resolve();
          else if (data[0] !== number++ || data[1].length !== 1000) wrong ||= `at ${number}`;
        };
      });
      worker.postMessage('go');
      const end = Date.now() + 2000;
      while (Date.now() < end);
      await ended;
      worker.onmessage = null;
      const ticks = await run(worker, () => globalThis.ticks);
      worker.terminate();
      return [wrong + number, ticks];
    });
    assert.equal(wrong, '50000');
    assert.ok(whileBusy >= 10, `only ${whileBusy} timers in the worker while the page was busy`);
  });
  await lab.close();
});

test('the page between messages', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.openShown();

  await t.test('has its timers while a worker floods it', async () => {
    const { timers, messages } = await win.page(async () => {
      const worker = fromText(`
        let acknowledged = 0;
        let sent = 0;
        const send = () => { while (sent - acknowledged < 20000) postMessage(sent++); };
        onmessage = ({ data }) => { acknowledged = data; send(); };
        send();`);
      let received = 0;
      worker.onmessage = ({ data }) => {
        received++;
        if (data % 5000 === 0) worker.postMessage(data);
      };
      await next(worker);
      let count = 0;
      for (; count < 50; count++) await new Promise((resolve) => setTimeout(resolve, 0));
      const found = { timers: count, messages: received };
      worker.terminate();
      return found;
    });
    assert.equal(timers, 50);
    assert.ok(messages > 0);
  });

  await t.test('gets one worker’s messages while another floods it', async () => {
    const answers = await win.page(async () => {
      const flood = fromText('const again = () => { for (let i = 0; i < 200; i++) postMessage(i);' +
        ' setImmediate(again); }; again();');
      let floods = 0;
      flood.onmessage = () => floods++;
      await next(flood);
      const quiet = startTool();
      const found = [];
      for (let i = 0; i < 20; i++) found.push(await run(quiet, (n) => n, i));
      flood.terminate();
      return floods > 0 ? found : [];
    });
    assert.deepEqual(answers, Array.from({ length: 20 }, (_, i) => i));
  });
  await lab.close();
});

test('the main process is not on the path of a message', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.openShown();
  await win.page(() => {
    window.worker = fromText('onmessage = ({ data }) => postMessage(data);');
    window.stamps = [];
    worker.onmessage = ({ data }) => {
      stamps.push(Date.now());
      worker.postMessage(data + 1);
    };
    worker.postMessage(0);
  });
  const blocked = await lab.main(() => {
    const from = Date.now();
    while (Date.now() < from + 3000);
    return { from, to: Date.now() };
  });
  const { during, late } = await win.page(({ from, to }) => {
    const inside = stamps.filter((time) => time > from && time < to);
    worker.terminate();
    return { during: inside.length, late: inside.filter((time) => time > (from + to) / 2).length };
  }, blocked);
  assert.ok(during > 100, `${during} round trips while main was blocked`);
  assert.ok(late > 0, 'none in the later half of that time');

  await t.test('and workers start and end while it is blocked', async () => {
    await win.page(() => {
      window.started = [];
      const again = async () => {
        const worker = startTool();
        await run(worker, () => {});
        started.push(Date.now());
        worker.terminate();
        if (started.length < 1000 && !window.isOver) setTimeout(again, 0);
      };
      again();
    });
    const span = await lab.main(() => {
      const from = Date.now();
      while (Date.now() < from + 2000);
      return { from, to: Date.now() };
    });
    const count = await win.page(({ from, to }) => {
      window.isOver = true;
      return started.filter((time) => time > from && time < to).length;
    }, span);
    assert.ok(count > 3, `${count} workers have started and ended`);
  });
  await lab.close();
});
