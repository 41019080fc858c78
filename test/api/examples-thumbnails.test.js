// @ts-check
'use strict';

/*
 * The thumbnails example: as a program, by what it prints and stores, and as a page, by what it shows
 * when it is cancelled and when the process of its workers crashes.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
// @ts-expect-error it has no types
const Database = require('better-sqlite3');
const { runApp, scratch } = require('../support/app');
const { EXAMPLES, openPage, inPage, row } = require('../support/examples');
const { startLab } = require('../support/lab');
const { makeAnimation, makePicture, FORMATS } = require('../support/pictures');
const { until, workerCount } = require('../support/processes');

const THUMBNAILS = path.join(EXAMPLES, 'thumbnails');
const WORKERS = 4;

const PNG = Buffer.from('\x89PNG', 'latin1');

const ODD_NAMES = [
  'with spaces.jpg',
  'Grüße aus Zürich.png',
  'a#b?c&d%41.webp',
  '100%.gif',
  'x[page=1].tiff',
  '\'quoted\' "twice".jpg',
  'CAPITALS.JPG',
  'in folders/of/any depth/é.png',
];

/** Pictures that can be read: of all formats and many sizes, with names of all sorts.
 * @param {string} folder @returns {Promise<string[]>} */
async function makePictures(folder) {
  const names = [
    ...ODD_NAMES,
    ...FORMATS.flatMap((format) => [1, 2, 3, 4].map((n) => `${format} ${n}.${format}`)),
  ];
  const files = names.map((name) => path.join(folder, name));
  for (const [i, file] of files.entries()) {
    await makePicture(file, i, 40 + ((i * 131) % 700), 40 + ((i * 89) % 500));
  }
  return [
    ...files,
    await makeAnimation(path.join(folder, 'moves.gif')),
    await makePicture(path.join(folder, 'tiny.png'), 99, 1, 1),
    await makePicture(path.join(folder, 'thin.png'), 98, 3000, 8),
  ];
}

/** Files that look like pictures and are none. @param {string} folder @param {string} good */
function makeBroken(folder, good) {
  const data = fs.readFileSync(good);
  const files = {
    'cut.jpg': data.subarray(0, data.length / 2),
    'empty.png': '',
    'text.webp': 'not a picture',
  };
  for (const [name, bytes] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), bytes);
  fs.writeFileSync(path.join(folder, 'notes.txt'), 'not looked at');
  fs.mkdirSync(path.join(folder, 'folder.jpg'));
  return Object.keys(files)
    .map((name) => path.join(folder, name))
    .sort();
}

/** @param {string} file @returns {Map<string, { width: number, height: number, image: Buffer }>} */
function storedIn(file) {
  const database = new Database(file, { readonly: true });
  const rows = database.prepare('SELECT * FROM thumbnails').all();
  assert.equal(database.pragma('integrity_check', { simple: true }), 'ok');
  database.close();
  return new Map(rows.map((/** @type {any} */ entry) => [entry.path, entry]));
}

const isWebP = (/** @type {Buffer | undefined} */ image) =>
  image?.subarray(0, 4).toString() === 'RIFF' && image.subarray(8, 12).toString() === 'WEBP';

test('thumbnails makes one of each picture, and names what is none', async (t) => {
  const home = scratch(t);
  const folder = path.join(scratch(t), 'Bilder & more #1');
  const picture = path.join(home, 'picture.png');
  const good = await makePictures(folder);
  const broken = makeBroken(folder, good[0]);
  const how = {
    args: ['--folder', folder, '--screenshot', picture, '--quit'],
    env: { XDG_CONFIG_HOME: home },
  };

  const first = await runApp(t, THUMBNAILS, how);
  assert.equal(first.code, 0, first.stderr);
  assert.equal(row(first.stdout, 'Folder'), folder);
  assert.equal(row(first.stdout, 'Pictures'), String(good.length + broken.length));
  assert.equal(row(first.stdout, 'Made'), String(good.length));
  assert.equal(row(first.stdout, 'Errors'), String(broken.length));
  for (const file of broken) assert.ok(first.stdout.includes(`\n  ${file}: `), first.stdout);
  assert.deepEqual(fs.readFileSync(picture).subarray(0, PNG.length), PNG);

  const stored = storedIn(path.join(home, 'Thumbnails/thumbnails.db'));
  assert.deepEqual([...stored.keys()].sort(), [...good].sort());
  for (const [file, { image }] of stored) assert.ok(isWebP(image), file);
  const thin = stored.get(path.join(folder, 'thin.png'));
  assert.deepEqual([thin?.width, thin?.height], [3000, 8]);

  // One has changed since.
  await makePicture(good[0], 77, 300, 200);
  fs.utimesSync(good[0], 1, 1);
  const second = await runApp(t, THUMBNAILS, how);
  assert.equal(row(second.stdout, 'Made'), '1', second.stdout + second.stderr);
  assert.equal(row(second.stdout, 'Stored'), `${good.length - 1} were in the database`);
  assert.equal(storedIn(path.join(home, 'Thumbnails/thumbnails.db')).get(good[0])?.width, 300);
});

test('thumbnails says in one line what it cannot do', async (t) => {
  const cases = [
    [['--folder', '/no/such/folder', '--quit'], 'Cannot read /no/such/folder: it does not exist'],
    [['--folder', __filename, '--quit'], `Cannot read ${__filename}: it is not a folder`],
    [['--quit', '--folder'], '--folder needs a folder'],
  ];
  for (const [args, message] of cases) {
    const { code, stderr } = await runApp(t, THUMBNAILS, { args: /** @type {string[]} */ (args) });
    assert.equal(code, 1);
    assert.equal(stderr.trim().split('\n').at(-1), `thumbnails: ${message}`);
  }
});

test('thumbnails asks for the packages that it needs', async (t) => {
  const app = path.join(scratch(t), 'copy');
  fs.cpSync(THUMBNAILS, app, { recursive: true });
  const { code, stderr } = await runApp(t, app, { args: ['--folder', app, '--quit'] });
  assert.equal(code, 1);
  const message = "Cannot find module 'sharp': run npm install in the folder of this app";
  assert.equal(stderr.trim().split('\n').at(-1), `thumbnails: ${message}`);
});

/**
 * A page that is about to make thumbnails of many pictures.
 * @param {import('node:test').TestContext} t
 */
async function openMany(t) {
  const folder = path.join(scratch(t), 'many');
  const database = path.join(scratch(t), 'thumbnails.db');
  const one = await makePicture(path.join(folder, '0000.jpg'), 1, 900, 700);
  const count = 120;
  for (let i = 1; i < count; i++) {
    fs.copyFileSync(one, path.join(folder, `${String(i).padStart(4, '0')}.jpg`));
  }
  const lab = await startLab(t);
  const win = await openPage(lab, THUMBNAILS, { folder, database, start: 'no' }, { show: true });
  return { lab, win, folder, database, count };
}

/**
 * Presses Start, and waits until what runs fulfils a condition.
 * @param {import('../support/examples').LabWindow} win @param {string} condition
 */
function startRun(win, condition) {
  return inPage(
    win,
    `(async () => {
      document.getElementById('start').click();
      while (!(${condition})) await new Promise((resolve) => setTimeout(resolve, 2));
      return run.summary();
    })()`,
  );
}

/**
 * What the grid shows from its top to its end, when the run has ended: the state of each picture,
 * and whether its thumbnail is there.
 * @param {import('../support/examples').LabWindow} win
 * @returns {Promise<Record<string, string>>}
 */
function shownPictures(win) {
  return inPage(
    win,
    `(async () => {
      const scroller = document.getElementById('pictures');
      const found = {};
      for (let top = 0; top < scroller.scrollHeight; top += scroller.clientHeight) {
        scroller.scrollTop = top;
        await grid.shown();
        for (const item of document.querySelectorAll('#grid li')) {
          const { naturalWidth } = item.querySelector('img');
          const isShown = item.classList.contains('shown') && naturalWidth > 0;
          const name = item.querySelector('.name').textContent;
          found[name] = isShown ? 'shown' : item.dataset.state;
        }
      }
      return found;
    })()`,
  );
}

/** @param {number} count */
const allShown = (count) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`${String(i).padStart(4, '0')}.jpg`, 'shown']),
  );

test('thumbnails is cancelled in the middle, and goes on where it was', async (t) => {
  const { lab, win, database, count } = await openMany(t);
  await startRun(win, 'run.made >= 12');
  const cancelled = await inPage(win, `document.getElementById('cancel').click(); run.ended`);
  assert.equal(cancelled.state, 'cancelled');
  assert.ok(cancelled.made >= 12 && cancelled.made < count, `${cancelled.made} made`);
  const host = lab.processesNamed('weft-worker-host')[0].pid;
  await until('its workers have ended', () => workerCount(host) <= 2); // a reader, and a spare
  const shown = Object.values(await shownPictures(win));
  assert.equal(shown.filter((state) => state === 'shown').length, cancelled.made);
  assert.equal(shown.filter((state) => state === 'waiting').length, count - cancelled.made);

  const kept = storedIn(database).size;
  assert.ok(kept >= cancelled.made, 'what is done is kept');
  const second = await startRun(win, '!run.isRunning');
  assert.deepEqual([second.state, second.stored, second.made], ['done', kept, count - kept]);
  assert.deepEqual(await shownPictures(win), allShown(count));
  assert.equal(storedIn(database).size, count);
  await lab.close();
});

test('a crash of the workers’ process costs nothing that was done', async (t) => {
  const { lab, win, database, count } = await openMany(t);
  await startRun(win, 'run.made >= 8');
  const host = lab.processesNamed('weft-worker-host')[0].pid;
  await inPage(win, `document.getElementById('crash').click()`);
  const summary = await inPage(win, 'run.ended');
  assert.deepEqual([summary.state, summary.crashes, summary.errors], ['done', 1, []]);
  assert.equal(summary.made + summary.stored, count);
  assert.ok(
    lab.processesNamed('weft-worker-host').every(({ pid }) => pid !== host),
    'a new one',
  );

  const banner = await inPage(
    win,
    `({ isHidden: banner.hidden, text: document.getElementById('banner-text').textContent })`,
  );
  assert.equal(banner.isHidden, false);
  assert.match(banner.text, /crashed \(SIGSEGV\)/);
  assert.deepEqual(await shownPictures(win), allShown(count));
  assert.equal(storedIn(database).size, count);
  await lab.close({ hostsGone: 1 });
});

test('a picture at which the process crashes each time is left out', async (t) => {
  const { lab, win, count } = await openMany(t);
  // Stands for a picture that a native module cannot bear.
  const summary = await inPage(
    win,
    `(async () => {
      const give = Maker.prototype.give;
      Maker.prototype.give = function (picture) {
        give.call(this, picture);
        if (picture.name === '0050.jpg') this.crash();
      };
      document.getElementById('start').click();
      return run.ended;
    })()`,
  );
  assert.equal(summary.state, 'done');
  assert.deepEqual(
    summary.errors.map((/** @type {any} */ { path: file, message }) => [path.basename(file), message]),
    [['0050.jpg', 'the process crashes when it is read']],
  );
  assert.equal(summary.made + summary.stored, count - 1);
  assert.deepEqual(await shownPictures(win), { ...allShown(count), '0050.jpg': 'unreadable' });
  await lab.close({ hostsGone: 2 });
});

test('thumbnails suggests folders while a path is typed', async (t) => {
  const lab = await startLab(t);
  const folder = scratch(t);
  for (const name of ['Fotos #1', 'fotos 10', 'fotos 2', 'Other', '.fotos']) {
    fs.mkdirSync(path.join(folder, name));
  }
  fs.writeFileSync(path.join(folder, 'fotos.txt'), 'a file');
  const database = path.join(folder, 'thumbnails.db');
  const win = await openPage(lab, THUMBNAILS, { folder, database, start: 'no' });
  const suggested = await inPage(
    win,
    `new Promise((resolve) => {
      const list = document.getElementById('folders');
      new MutationObserver(() => resolve([...list.options].map(({ value }) => value))).observe(list, {
        childList: true,
      });
      document.getElementById('folder').value += '/fot';
      document.getElementById('folder').dispatchEvent(new Event('input'));
    })`,
  );
  const expected = ['Fotos #1', 'fotos 2', 'fotos 10'].map((name) => path.join(folder, name));
  assert.deepEqual(suggested, expected);
  await lab.close();
});

test('each of the workers has sharp for itself, and all share SQLite', async (t) => {
  const { lab, win } = await openMany(t);
  const { modules, workers } = await startRun(win, '!run.isRunning');
  assert.equal(workers, WORKERS);
  assert.deepEqual(
    modules.map((/** @type {any} */ { name, mode }) => [name, mode]),
    [
      ['better-sqlite3', 'share'],
      ['sharp', 'private'],
    ],
  );
  const footer = await inPage(win, `document.getElementById('modules').textContent`);
  assert.equal(footer, 'better-sqlite3 shared · sharp private');
  await lab.close();
});
