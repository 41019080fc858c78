'use strict';

/** What would change a packed file, by its path or through its descriptor, is refused. */

const { locateToOpen, packed, refuseToOpen } = require('./descriptors');
const { ERRNO, systemError } = require('./errors');
const { replace } = require('./gate');

/** Functions that take a descriptor first, and the syscall that their errors name. */
const SYSCALLS = {
  ...{
    fchmod: 'fchmod',
    fchown: 'fchown',
    futimes: 'futime',
    ftruncate: 'ftruncate',
  },
  ...{
    write: 'write',
    writev: 'write',
    writeFile: 'write',
    appendFile: 'write',
  },
};

/** What opens a path to write, and how if nothing else is asked for. */
const FLAGS = { writeFile: 'w', appendFile: 'a' };

/** Where Node is to write: what lies beside the archive is a plain file. */
function pathToWrite(given, options, usual) {
  const flags = options?.flag ?? usual;
  const place = locateToOpen(given, flags);
  if (place === null) return given;
  if (place.isUnpacked) return place.unpackedPath;
  refuseToOpen(place, flags);
  return given;
}

function routeWrites(fs) {
  for (const [name, flags] of Object.entries(FLAGS)) {
    replace(
      fs,
      `${name}Sync`,
      (original) => (given, data, options) =>
        original(pathToWrite(given, options, flags), data, options),
    );
    replace(
      fs.promises,
      name,
      (original) => async (given, data, options) =>
        original(pathToWrite(given, options, flags), data, options),
    );
    replace(fs, name, (original) => (given, data, ...rest) => {
      const callback = rest.at(-1);
      let target = given;
      try {
        if (typeof callback === 'function') target = pathToWrite(given, rest[0], flags);
      } catch (error) {
        process.nextTick(callback, error);
        return undefined;
      }
      return original(target, data, ...rest);
    });
  }
}

/** @param {typeof import('node:fs')} fs */
function routeRefused(fs) {
  routeWrites(fs);
  for (const [name, syscall] of Object.entries(SYSCALLS)) {
    const refusal = (file) => systemError(ERRNO.EACCES, syscall, file.place.path);
    replace(fs, `${name}Sync`, (original) => (fd, ...rest) => {
      const file = packed(fd);
      if (file !== undefined) throw refusal(file);
      return original(fd, ...rest);
    });
    replace(fs, name, (original) => (fd, ...rest) => {
      const file = packed(fd);
      const callback = rest.at(-1);
      if (file === undefined || typeof callback !== 'function') return original(fd, ...rest);
      process.nextTick(callback, refusal(file));
      return undefined;
    });
  }
}

module.exports = { routeRefused };
