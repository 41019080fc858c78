'use strict';

/** copyFile out of archives. A copy is a plain file: 0755 where the entry may be executed, else 0644. */

const { constants } = require('node:fs');
const { ERRNO, systemError } = require('./errors');
const { KIND, locate } = require('./locate');
const { isMode } = require('./options');
const { compare, compareLater, readInto, readIntoLater } = require('./read');
const { plainly, replace } = require('./gate');

const { COPYFILE_EXCL, COPYFILE_FICLONE_FORCE } = constants;
const CHUNK_SIZE = 1024 * 1024;

function failCopy(errno, place, target) {
  const error = systemError(errno, 'copyfile', place.path);
  error.message += ` -> '${target}'`;
  throw Object.assign(error, { dest: String(target) });
}

/** Node says of its target, too, that it could not be copied to. */
function failTarget(error, place, target) {
  if (error.errno === undefined) throw error; // no path, or not allowed
  failCopy(error.errno, place, target);
}

function openTarget(fs, place, target, flags, permissions) {
  try {
    return plainly(() => fs.openSync(target, flags, permissions));
  } catch (error) {
    return failTarget(error, place, target);
  }
}

function prepare(place, target, mode) {
  if (place.kind === KIND.FOLDER) failCopy(ERRNO.EISDIR, place, target);
  if (mode & COPYFILE_FICLONE_FORCE) failCopy(ERRNO.ENOTSUP, place, target);
  return {
    flags: mode & COPYFILE_EXCL ? 'wx' : 'w',
    permissions: place.isExecutable ? 0o755 : 0o644,
    buffer: Buffer.allocUnsafeSlow(Math.min(place.size, CHUNK_SIZE) || 1),
  };
}

/** @param {typeof import('node:fs')} fs as it is without archives */
function copyFileSync(fs, place, target, mode = 0) {
  const { flags, permissions, buffer } = prepare(place, target, mode);
  compare(place); // before anything is done to the target
  const fd = openTarget(fs, place, target, flags, permissions);
  try {
    for (let at = 0; at < place.size;) {
      const count = readInto(place, buffer, 0, Math.min(buffer.length, place.size - at), at);
      fs.writeSync(fd, buffer, 0, count);
      at += count;
    }
  } finally {
    fs.closeSync(fd);
  }
  plainly(() => fs.chmodSync(target, permissions)); // fchmod is not for who has permissions
}

/** @param {typeof import('node:fs')} fs */
async function copyFileLater(fs, place, target, mode = 0) {
  const { flags, permissions, buffer } = prepare(place, target, mode);
  await compareLater(place);
  {
    await using file = await plainly(() => fs.promises.open(target, flags, permissions)).catch(
      (error) => failTarget(error, place, target),
    );
    for (let at = 0; at < place.size;) {
      const count = await readIntoLater(
        place,
        buffer,
        0,
        Math.min(buffer.length, place.size - at),
        at,
      );
      await file.write(buffer, 0, count);
      at += count;
    }
  }
  await plainly(() => fs.promises.chmod(target, permissions));
}

/** @param {typeof import('node:fs')} fs */
function routeCopyFile(fs) {
  const source = (given, mode) => (isMode(mode) ? locate(given, 'copyfile') : null);
  replace(fs, 'copyFileSync', (original) => (given, target, mode) => {
    const place = source(given, mode);
    if (place === null) return original(given, target, mode);
    if (place.isUnpacked) return original(place.unpackedPath, target, mode);
    return copyFileSync(require('./original-fs'), place, target, mode);
  });
  replace(fs.promises, 'copyFile', (original) => async (given, target, mode) => {
    const place = source(given, mode);
    if (place === null) return original(given, target, mode);
    if (place.isUnpacked) return original(place.unpackedPath, target, mode);
    return copyFileLater(require('./original-fs'), place, target, mode);
  });
  replace(fs, 'copyFile', (original) => (given, target, ...rest) => {
    const callback = rest.at(-1);
    const mode = rest.length > 1 ? rest[0] : undefined;
    const isOurs = typeof callback === 'function' && isMode(mode) && locateQuietly(given) !== null;
    if (!isOurs) return original(given, target, ...rest);
    fs.promises.copyFile(given, target, mode).then(
      () => process.nextTick(callback, null),
      (error) => process.nextTick(callback, error),
    );
    return undefined;
  });
}

/** Not null where there is anything to say, be it an error. */
function locateQuietly(given) {
  try {
    return locate(given, 'copyfile');
  } catch (error) {
    return error;
  }
}

module.exports = { locateQuietly, routeCopyFile };
