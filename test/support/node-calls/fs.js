'use strict';

const fs = require('fs');
const path = require('path');
const { promisify } = require('util');

/** What of fs.Stats is the same for two files made alike. */
function kind(stats) {
  return {
    size: stats.size,
    mode: stats.mode.toString(8),
    file: stats.isFile(),
    folder: stats.isDirectory(),
    link: stats.isSymbolicLink(),
    times: stats.mtime instanceof Date && stats.mtime.getTime() === Math.floor(stats.mtimeMs),
    isStats: stats instanceof fs.Stats,
  };
}

const callback = (start) =>
  new Promise((resolve) => {
    start((...given) => resolve(given));
  });

module.exports = {
  'writeFileSync, readFileSync': ({ file }) => {
    fs.writeFileSync(file('a'), 'häß');
    return [fs.readFileSync(file('a')), fs.readFileSync(file('a'), 'utf8')];
  },
  'readFileSync gives a Buffer': ({ file }) => {
    fs.writeFileSync(file('a'), Buffer.from([0, 255, 128]));
    const bytes = fs.readFileSync(file('a'));
    return [Buffer.isBuffer(bytes), bytes instanceof Uint8Array, bytes.readUInt8(1)];
  },
  'readFileSync in other encodings': ({ file }) => {
    fs.writeFileSync(file('a'), 'abc');
    return ['hex', 'base64', 'latin1', 'utf16le'].map((each) => fs.readFileSync(file('a'), each));
  },
  'readFileSync of nothing': ({ file }) => fs.readFileSync(file('none')),
  'readFileSync of a folder': ({ folder }) => fs.readFileSync(folder),
  'readFileSync of no path': () => fs.readFileSync(true),
  'readFileSync in an unknown encoding': ({ file }) => fs.readFileSync(file('a'), 'nope'),
  'readFile with a callback': async ({ file }) => {
    fs.writeFileSync(file('a'), 'text');
    return await callback((done) => fs.readFile(file('a'), 'utf8', done));
  },
  'readFile of nothing': ({ file }) => callback((done) => fs.readFile(file('none'), done)),
  'readFile without a callback': ({ file }) => fs.readFile(file('a')),
  'promisify(readFile)': async ({ file }) => {
    fs.writeFileSync(file('a'), 'x');
    return await promisify(fs.readFile)(file('a'));
  },
  'promisify(fs.read) has names': async ({ file }) => {
    fs.writeFileSync(file('a'), 'abcdef');
    const descriptor = fs.openSync(file('a'));
    const { bytesRead } = await promisify(fs.read)(descriptor, Buffer.alloc(3), 0, 3, 1);
    fs.closeSync(descriptor);
    return bytesRead;
  },
  'promises.readFile': async ({ file }) => {
    await fs.promises.writeFile(file('a'), 'x');
    return await fs.promises.readFile(file('a'), 'utf8');
  },
  'promises.readFile of nothing': ({ file }) => fs.promises.readFile(file('none')),
  'fs/promises is fs.promises': () => require('fs/promises') === fs.promises,
  'an address as a path': ({ file }) => {
    fs.writeFileSync(file('a b'), 'spaced');
    return fs.readFileSync(require('url').pathToFileURL(file('a b')), 'utf8');
  },
  'a Buffer as a path': ({ file }) => {
    fs.writeFileSync(Buffer.from(file('a')), 'x');
    return fs.existsSync(file('a'));
  },
  appendFileSync: ({ file }) => {
    fs.appendFileSync(file('a'), 'one');
    fs.appendFileSync(file('a'), 'two');
    return fs.readFileSync(file('a'), 'utf8');
  },
  'writeFileSync with flags and mode': ({ file }) => {
    fs.writeFileSync(file('a'), 'x', { mode: 0o600 });
    fs.writeFileSync(file('a'), 'y', { flag: 'a' });
    return [fs.readFileSync(file('a'), 'utf8'), kind(fs.statSync(file('a')))];
  },
  'writeFileSync fails with wx': ({ file }) => {
    fs.writeFileSync(file('a'), 'x');
    fs.writeFileSync(file('a'), 'y', { flag: 'wx' });
  },
  statSync: ({ file }) => {
    fs.writeFileSync(file('a'), '12345');
    return kind(fs.statSync(file('a')));
  },
  'statSync of a folder': ({ folder }) => fs.statSync(folder).isDirectory(),
  'statSync of nothing': ({ file }) => fs.statSync(file('none')),
  'statSync that does not throw': ({ file }) =>
    fs.statSync(file('none'), { throwIfNoEntry: false }),
  'statSync in bigints': ({ file }) => {
    fs.writeFileSync(file('a'), '123');
    const stats = fs.statSync(file('a'), { bigint: true });
    return [stats.size, typeof stats.mtimeNs, stats.isFile()];
  },
  'stat with a callback': async ({ folder }) => {
    const [error, stats] = await callback((done) => fs.stat(folder, done));
    return [error, stats.isDirectory()];
  },
  'lstatSync of a link': ({ file }) => {
    fs.symlinkSync('target', file('link'));
    return [kind(fs.lstatSync(file('link'))).link, fs.readlinkSync(file('link'))];
  },
  existsSync: ({ folder, file }) =>
    [folder, file('none'), undefined].map((each) => fs.existsSync(each)),
  accessSync: ({ folder }) => fs.accessSync(folder, fs.constants.W_OK),
  'accessSync of nothing': ({ file }) => fs.accessSync(file('none')),
  'access with a callback': ({ file }) => callback((done) => fs.access(file('none'), done)),
  mkdirSync: ({ file }) => [
    fs.mkdirSync(file('a')),
    fs.mkdirSync(file('b/c/d'), { recursive: true }),
  ],
  'mkdirSync twice': ({ file }) => {
    fs.mkdirSync(file('a'));
    fs.mkdirSync(file('a'));
  },
  mkdtempSync: ({ file }) => path.basename(fs.mkdtempSync(file('x-'))).length,
  readdirSync: ({ folder, file }) => {
    for (const name of ['b', 'a', 'c']) fs.writeFileSync(file(name), '');
    return fs.readdirSync(folder).sort();
  },
  'readdirSync with types': ({ folder, file }) => {
    fs.mkdirSync(file('d'));
    fs.writeFileSync(file('f'), '');
    return fs
      .readdirSync(folder, { withFileTypes: true })
      .map((entry) => [entry.name, entry.isDirectory(), entry.isFile(), entry instanceof fs.Dirent])
      .sort();
  },
  'readdirSync, recursive': ({ folder, file }) => {
    fs.mkdirSync(file('d/e'), { recursive: true });
    fs.writeFileSync(file('d/e/f'), '');
    return fs.readdirSync(folder, { recursive: true }).sort();
  },
  'readdirSync of nothing': ({ file }) => fs.readdirSync(file('none')),
  'promises.readdir': async ({ folder, file }) => {
    fs.writeFileSync(file('f'), '');
    return await fs.promises.readdir(folder);
  },
  opendir: async ({ folder, file }) => {
    for (const name of ['a', 'b']) fs.writeFileSync(file(name), '');
    const names = [];
    for await (const entry of await fs.promises.opendir(folder)) names.push(entry.name);
    return names.sort();
  },
  renameSync: ({ file }) => {
    fs.writeFileSync(file('a'), 'x');
    fs.renameSync(file('a'), file('b'));
    return [fs.existsSync(file('a')), fs.existsSync(file('b'))];
  },
  'renameSync of nothing': ({ file }) => fs.renameSync(file('none'), file('b')),
  copyFileSync: ({ file }) => {
    fs.writeFileSync(file('a'), 'copied');
    fs.copyFileSync(file('a'), file('b'));
    return fs.readFileSync(file('b'), 'utf8');
  },
  cpSync: ({ file }) => {
    fs.mkdirSync(file('d/e'), { recursive: true });
    fs.writeFileSync(file('d/e/f'), 'deep');
    fs.cpSync(file('d'), file('copy'), { recursive: true });
    return fs.readFileSync(file('copy/e/f'), 'utf8');
  },
  unlinkSync: ({ file }) => {
    fs.writeFileSync(file('a'), '');
    fs.unlinkSync(file('a'));
    return fs.existsSync(file('a'));
  },
  rmSync: ({ file }) => {
    fs.mkdirSync(file('d/e'), { recursive: true });
    fs.rmSync(file('d'), { recursive: true });
    fs.rmSync(file('none'), { force: true });
    return fs.existsSync(file('d'));
  },
  'rmdirSync of what is not empty': ({ file }) => {
    fs.mkdirSync(file('d/e'), { recursive: true });
    fs.rmdirSync(file('d'));
  },
  chmodSync: ({ file }) => {
    fs.writeFileSync(file('a'), '');
    fs.chmodSync(file('a'), 0o640);
    return kind(fs.statSync(file('a'))).mode;
  },
  utimesSync: ({ file }) => {
    fs.writeFileSync(file('a'), '');
    fs.utimesSync(file('a'), new Date(1000), new Date(5000));
    return fs.statSync(file('a')).mtime;
  },
  truncateSync: ({ file }) => {
    fs.writeFileSync(file('a'), 'abcdef');
    fs.truncateSync(file('a'), 2);
    return fs.readFileSync(file('a'), 'utf8');
  },
  realpathSync: ({ file }) => {
    fs.writeFileSync(file('a'), '');
    fs.symlinkSync('a', file('b'));
    return path.basename(fs.realpathSync(file('b')));
  },
  'readSync fills the buffer': ({ file }) => {
    fs.writeFileSync(file('a'), 'abcdef');
    const descriptor = fs.openSync(file('a'), 'r');
    const bytes = Buffer.alloc(4, '.');
    const count = fs.readSync(descriptor, bytes, 1, 2, 3);
    fs.closeSync(descriptor);
    return [count, bytes];
  },
  'read fills the buffer': async ({ file }) => {
    fs.writeFileSync(file('a'), 'abcdef');
    const descriptor = fs.openSync(file('a'));
    const bytes = new Uint8Array(3);
    const [error, count] = await callback((done) => fs.read(descriptor, bytes, 0, 3, 0, done));
    fs.closeSync(descriptor);
    return [error, count, bytes];
  },
  'writeSync at a place': ({ file }) => {
    const descriptor = fs.openSync(file('a'), 'w+');
    const counts = [
      fs.writeSync(descriptor, 'abcdef'),
      fs.writeSync(descriptor, Buffer.from('XY'), 0, 2, 1),
    ];
    fs.closeSync(descriptor);
    return [counts, fs.readFileSync(file('a'), 'utf8')];
  },
  'closeSync of a closed one': ({ file }) => {
    const descriptor = fs.openSync(file('a'), 'w');
    fs.closeSync(descriptor);
    fs.closeSync(descriptor);
  },
  'openSync of nothing': ({ file }) => fs.openSync(file('none'), 'r'),
  'a FileHandle': async ({ file }) => {
    const handle = await fs.promises.open(file('a'), 'w+');
    await handle.write('hello');
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(5), 0, 5, 0);
    const { size } = await handle.stat();
    await handle.close();
    return [bytesRead, buffer, size];
  },
  'createWriteStream, createReadStream': async ({ file }) => {
    const out = fs.createWriteStream(file('a'));
    out.write('one ');
    out.end('two');
    await new Promise((resolve) => out.on('finish', resolve));
    const chunks = [];
    for await (const chunk of fs.createReadStream(file('a'))) chunks.push(chunk);
    return [Buffer.concat(chunks).toString(), out.bytesWritten];
  },
  'createReadStream with a range': async ({ file }) => {
    fs.writeFileSync(file('a'), '0123456789');
    let text = '';
    const stream = fs.createReadStream(file('a'), { start: 2, end: 5, encoding: 'utf8' });
    stream.on('data', (chunk) => (text += chunk));
    await new Promise((resolve) => stream.on('close', resolve));
    return [text, stream.destroyed];
  },
  'createReadStream of nothing': async ({ file }) =>
    await new Promise((resolve) => fs.createReadStream(file('none')).on('error', resolve)),
  'watch sees a change': async ({ folder, file }) => {
    const watcher = fs.watch(folder);
    const change = new Promise((resolve) => watcher.once('change', (type, name) => resolve(name)));
    fs.writeFileSync(file('a'), 'x');
    const name = await change;
    watcher.close();
    return name;
  },
  constants: () => [fs.constants.O_RDONLY, fs.constants.S_IFMT, fs.constants.COPYFILE_EXCL],
  glob: async ({ folder, file }) => {
    fs.writeFileSync(file('a.js'), '');
    fs.writeFileSync(file('b.txt'), '');
    return fs.globSync('*.js', { cwd: folder });
  },
};
