'use strict';

/**
 * fs.promises.open of packed files: Node's own FileHandle over a placeholder, whose methods are ours.
 * All others that read, streams and lines above all, are built on these by Node.
 */

const {
  add,
  forget,
  locateToOpen,
  O_PATH,
  packed,
  PLACEHOLDER,
  refuseToOpen,
} = require('./descriptors');
const { ERRNO, systemError } = require('./errors');
const { readFromLater, readOpenFile, readvFromLater } = require('./open-files');
const { bufferFirst, judgeOf, spanOf } = require('./read-arguments');
const { fillers, replace } = require('./gate');
const { statsOf } = require('./stats');

const REFUSED = {
  ...{
    appendFile: 'write',
    chmod: 'fchmod',
    chown: 'fchown',
    truncate: 'ftruncate',
  },
  ...{ utimes: 'futime', write: 'write', writeFile: 'write', writev: 'write' },
};

/** Methods of a handle of a packed file. */
function methodsOf(handle, file, judge) {
  const close = handle.close.bind(handle);
  // What is read must be of this very handle: its number may be another's by now.
  const open = (syscall) => {
    if (packed(handle.fd) !== file) throw systemError(ERRNO.EBADF, syscall);
    return file;
  };
  return {
    async read(...given) {
      const [buffer, ...rest] = bufferFirst(given);
      judge.read(buffer, rest);
      const bytesRead = await readFromLater(open('read'), buffer, spanOf(buffer, rest));
      return { bytesRead, buffer };
    },
    async readv(buffers, position) {
      judge.readv(buffers, position);
      const bytesRead = await readvFromLater(open('read'), [...buffers], position);
      return { bytesRead, buffers };
    },
    readFile: async (options) => readOpenFile(open('read'), options),
    stat: async (options) => statsOf(open('fstat').place, options),
    sync: async () => void open('fsync'),
    datasync: async () => void open('fdatasync'),
    close() {
      if (packed(handle.fd) === file) forget(handle.fd);
      return close();
    },
  };
}

/** Other threads would get the placeholder alone. @param {import('./locate').Place} place */
const refuseTransfer = (place) => () => {
  throw new DOMException(
    `The FileHandle of '${place.path}' cannot be transferred: open the file where it is read`,
    'DataCloneError',
  );
};

/** The method that Node asks for what is to be transferred. @returns {symbol | undefined} */
const transferOf = (handle) =>
  Object.getOwnPropertySymbols(Object.getPrototypeOf(handle)).find(
    ({ description }) => description === 'messaging_transfer_symbol',
  );

/** @param {import('./locate').Place} place */
function disguiseHandle(handle, place, judge) {
  const file = add(handle.fd, place);
  const methods = methodsOf(handle, file, judge);
  methods[Symbol.asyncDispose] = () => methods.close();
  methods[transferOf(handle)] = refuseTransfer(place);
  fillers.add(methods.read).add(methods.readv);
  for (const [name, syscall] of Object.entries(REFUSED)) {
    methods[name] = async () => {
      throw systemError(ERRNO.EACCES, syscall, place.path);
    };
  }
  for (const name of Reflect.ownKeys(methods)) {
    Object.defineProperty(handle, name, {
      value: methods[name],
      writable: true,
      configurable: true,
    });
  }
  return handle;
}

/** fs.promises has functions that take a handle for a path: then its own method does it. */
function routeHandle(promises, name) {
  replace(promises, name, (original) => async (given, ...rest) => {
    const isOurs = typeof given === 'object' && Object.hasOwn(given ?? {}, 'readv');
    return isOurs ? given[name](...rest) : original(given, ...rest);
  });
}

/** @param {typeof import('node:fs')} fs */
function routeFileHandles(fs) {
  const judge = judgeOf(fs);
  replace(fs.promises, 'open', (original) => async (given, flags, mode) => {
    const place = locateToOpen(given, flags);
    if (place === null) return original(given, flags, mode);
    if (place.isUnpacked) return original(place.unpackedPath, flags, mode);
    refuseToOpen(place, flags);
    return disguiseHandle(await original(PLACEHOLDER, O_PATH), place, judge);
  });
  for (const name of ['readFile', 'writeFile', 'appendFile']) routeHandle(fs.promises, name);
}

module.exports = { routeFileHandles };
