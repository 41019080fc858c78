'use strict';

/** What would change a packed file through its descriptor is refused. */

const { packed } = require('./descriptors');
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

/** @param {typeof import('node:fs')} fs */
function routeRefused(fs) {
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
