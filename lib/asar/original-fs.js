'use strict';

/** require('original-fs'): fs as it is without archives. */

const fs = require('node:fs');
const { disguise, fillers, plainly, withOriginals } = require('./gate');

/** Streams call open, read and close of the fs that they are given. */
const STREAMS = ['ReadStream', 'FileReadStream', 'WriteStream', 'FileWriteStream'];

/** Functions of fs call each other by their public names. */
function plain(original) {
  return disguise(function (...args) {
    return plainly(() => original.apply(this, args));
  }, original);
}

/** Some parts of Node are to be loaded first, as in fs itself: removal.js, node-cp.js. */
function after(load, original) {
  return disguise((...args) => {
    load();
    return original(...args);
  }, original);
}

const loadRm = () => require('./removal').loadRecursive();
const loadCp = (name) => () => require('./node-cp').loadCp(name);

const isClass = (name) => /^[A-Z_]/.test(name);

function copy(object) {
  const descriptors = Object.getOwnPropertyDescriptors(object);
  for (const [name, descriptor] of Object.entries(descriptors)) {
    if (typeof descriptor.value === 'function' && !isClass(name)) {
      descriptor.value = plain(descriptor.value);
    }
  }
  return Object.defineProperties({}, descriptors);
}

function withFs(original, own) {
  const Stream = function (path, options) {
    const given = typeof options === 'string' ? { encoding: options } : options;
    return new original(path, { fs: own, ...given });
  };
  Stream.prototype = original.prototype;
  return disguise(Stream, original);
}

function copyFs() {
  const own = copy(fs);
  const promises = copy(fs.promises);
  Object.defineProperty(own, 'promises', {
    value: promises,
    enumerable: true,
    configurable: true,
  });
  const set = (name, value) =>
    Object.defineProperty(own, name, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  const setDisguised = (name, value) => set(name, disguise(value, fs[name]));
  for (const name of STREAMS) set(name, withFs(fs[name], own));
  const handled = (options) => typeof options?.fd === 'object';
  const { createReadStream, createWriteStream } = fs;
  setDisguised('createReadStream', (path, options) =>
    handled(options) ? createReadStream(path, options) : new own.ReadStream(path, options),
  );
  setDisguised('createWriteStream', (path, options) =>
    handled(options) ? createWriteStream(path, options) : new own.WriteStream(path, options),
  );
  own.rm = after(loadRm, own.rm);
  promises.rm = after(loadRm, promises.rm);
  for (const name of ['cp', 'cpSync']) own[name] = after(loadCp(name), own[name]);
  promises.cp = after(loadCp('promises.cp'), promises.cp);
  for (const name of ['read', 'readSync', 'readv', 'readvSync']) fillers.add(own[name]);
  for (const name of ['realpath', 'realpathSync']) {
    own[name].native = plain(fs[name].native);
  }
  return own;
}

void fs.promises; // has its gates from here on

module.exports = withOriginals(copyFs);

/** What `import { x }` may name: Node finds it by reading, and this is never run. */
// prettier-ignore
0 && (module.exports = {
  appendFile, appendFileSync, access, accessSync, chown, chownSync, chmod, chmodSync, close,
  closeSync, copyFile, copyFileSync, cp, cpSync, createReadStream, createWriteStream, exists,
  existsSync, fchown, fchownSync, fchmod, fchmodSync, fdatasync, fdatasyncSync, fstat, fstatSync,
  fsync, fsyncSync, ftruncate, ftruncateSync, futimes, futimesSync, glob, globSync, lchown,
  lchownSync, lchmod, lchmodSync, link, linkSync, lstat, lstatSync, lutimes, lutimesSync, mkdir,
  mkdirSync, mkdtemp, mkdtempSync, mkdtempDisposableSync, open, openSync, openAsBlob,
  openAsBlobSync, readdir, readdirSync, read, readSync, readv, readvSync, readFile, readFileSync,
  readlink, readlinkSync, realpath, realpathSync, rename, renameSync, rm, rmSync, rmdir, rmdirSync,
  stat, statfs, statSync, statfsSync, symlink, symlinkSync, truncate, truncateSync, unwatchFile,
  unlink, unlinkSync, utimes, utimesSync, watch, watchFile, writeFile, writeFileSync, write,
  writeSync, writev, writevSync, Dirent, Stats, ReadStream, WriteStream, FileReadStream,
  FileWriteStream, Utf8Stream, Dir, opendir, opendirSync, constants, promises,
});
