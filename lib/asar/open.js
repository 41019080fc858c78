'use strict';

/** open, close and fsync of packed files. */

const {
  add,
  forget,
  locateToOpen,
  O_PATH,
  packed,
  PLACEHOLDER,
  refuseToOpen,
} = require('./descriptors');
const { plainly, replace } = require('./gate');

/** @returns {number} */
function openPlaceholder(place, flags, openSync) {
  refuseToOpen(place, flags);
  const fd = plainly(() => openSync(PLACEHOLDER, O_PATH));
  add(fd, place);
  return fd;
}

/** Words for flags that there are not are Node's to refuse. */
const isFlags = (flags) =>
  flags == null ||
  typeof flags === 'number' ||
  /^(r|rs|sr|r\+|rs\+|sr\+|[wa]x?\+?|x[wa]\+?|as\+?|sa\+?)$/.test(flags);

function routeOpen(fs) {
  const { openSync } = fs;
  replace(fs, 'openSync', (original) => (given, flags, mode) => {
    const place = isFlags(flags) ? locateToOpen(given, flags) : null;
    if (place === null) return original(given, flags, mode);
    if (place.isUnpacked) return original(place.unpackedPath, flags, mode);
    return openPlaceholder(place, flags, openSync);
  });
  replace(fs, 'open', (original) => (given, ...rest) => {
    const callback = rest.at(-1);
    const flags = rest.length > 1 ? rest[0] : undefined;
    if (typeof callback !== 'function' || !isFlags(flags)) return original(given, ...rest);
    let place = null;
    try {
      place = locateToOpen(given, flags);
      if (place !== null && !place.isUnpacked) {
        process.nextTick(callback, null, openPlaceholder(place, flags, openSync));
        return undefined;
      }
    } catch (error) {
      process.nextTick(callback, error);
      return undefined;
    }
    return original(place === null ? given : place.unpackedPath, ...rest);
  });
}

function routeClose(fs) {
  replace(fs, 'closeSync', (original) => (fd) => {
    forget(fd);
    return original(fd);
  });
  replace(fs, 'close', (original) => (fd, ...rest) => {
    forget(fd);
    return original(fd, ...rest);
  });
}

/** Nothing has been written. */
function routeSync(fs) {
  for (const name of ['fsync', 'fdatasync']) {
    replace(fs, `${name}Sync`, (original) => (fd) => {
      if (packed(fd) === undefined) original(fd);
    });
    replace(fs, name, (original) => (fd, callback) => {
      if (packed(fd) === undefined || typeof callback !== 'function') original(fd, callback);
      else process.nextTick(callback, null);
    });
  }
}

module.exports = { routeClose, routeOpen, routeSync };
