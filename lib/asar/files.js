'use strict';

/** Reads whole files: readFile in all its forms, and openAsBlob. */

const { readFileSync: nodesReadFileSync } = require('node:fs'); // this is loaded while fs is Node's
const { ERRNO, systemError } = require('./errors');
const { plainly, replace } = require('./gate');
const { KIND, locate } = require('./locate');
const { readRest, readRestLater, readText } = require('./read');
const { routePath } = require('./route');

const encodingOf = (options) => (typeof options === 'string' ? options : options?.encoding);

const isUTF8 = (encoding) => encoding === 'utf8' || encoding === 'utf-8';

/** @param {import('./locate').Place} place */
function refuseFolder(place) {
  if (place.kind === KIND.FOLDER) throw systemError(ERRNO.EISDIR, 'read', place.path);
}

/** @param {Buffer} bytes @param {any} options of readFile */
function decoded(bytes, options) {
  const encoding = encodingOf(options);
  return encoding && encoding !== 'buffer' ? bytes.toString(encoding) : bytes;
}

/** Options that are Node's to judge: it does, on a file with nothing in it. */
function judge(options) {
  const encoding = encodingOf(options);
  const isUsual = encoding == null || encoding === 'buffer' || Buffer.isEncoding(encoding);
  if (!isUsual || options?.signal !== undefined || options?.flag !== undefined) {
    plainly(() => nodesReadFileSync('/dev/null', options));
  }
}

/** @param {typeof import('node:fs')} fs */
function routeFiles(fs) {
  function readFileSync(place, options) {
    refuseFolder(place);
    if (isUTF8(encodingOf(options))) return readText(place);
    judge(options);
    return decoded(readRest(place), options);
  }
  async function readFileLater(place, options) {
    refuseFolder(place);
    judge(options);
    return decoded(await readRestLater(place, 0, options?.signal), options);
  }
  routePath(fs, 'readFile', {
    syscall: 'open',
    sync: readFileSync,
    later: readFileLater,
  });
  replace(fs, 'openAsBlob', (original) => async (given, options) => {
    const place = locate(given, 'open');
    if (place === null) return original(given, options);
    if (place.isUnpacked) return original(place.unpackedPath, options);
    refuseFolder(place);
    return new Blob([await readRestLater(place)], options);
  });
}

module.exports = { decoded, judge, routeFiles };
