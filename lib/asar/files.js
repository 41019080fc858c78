'use strict';

/** Reads whole files: readFile in all its forms, and openAsBlob. */

const { readFileSync: nodesReadFileSync } = require('node:fs'); // this is loaded while fs is Node's
const { refuseToOpen } = require('./descriptors');
const { ERRNO, systemError } = require('./errors');
const { replace } = require('./gate');
const { KIND, locate } = require('./locate');
const { areUsual, encodingOf } = require('./options');
const { readRest, readRestLater, readText } = require('./read');
const { judgeWith, routePath } = require('./route');

const isUTF8 = (encoding) => encoding === 'utf8' || encoding === 'utf-8';

/** @param {import('./locate').Place} place */
function refuseFolder(place) {
  if (place.kind === KIND.FOLDER) throw systemError(ERRNO.EISDIR, 'read', place.path);
}

/** Into memory of the caller's, or what a function of its gives for that many bytes. */
function putInto(given, bytes) {
  const { buffer, byteOffset, byteLength } =
    typeof given === 'function' ? given(bytes.length) : given;
  if (byteLength < bytes.length) {
    const text =
      "The property 'options.buffer.byteLength' is smaller than " +
      `the file size of ${bytes.length} bytes. Received ${byteLength}`;
    throw Object.assign(new TypeError(text), { code: 'ERR_INVALID_ARG_VALUE' });
  }
  const target = Buffer.from(buffer, byteOffset, bytes.length);
  target.set(bytes);
  return target;
}

/** @param {Buffer} bytes @param {any} options of readFile */
function decoded(bytes, options) {
  const encoding = encodingOf(options);
  const all = options?.buffer === undefined ? bytes : putInto(options.buffer, bytes);
  return encoding && encoding !== 'buffer' ? all.toString(encoding) : all;
}

/** Options of readFile that are Node's to judge. */
function judge(options) {
  if (!areUsual(options)) judgeWith((nothing) => nodesReadFileSync(nothing, options));
}

/** @param {import('./locate').Place} place */
function refuse(place, options) {
  if (options?.flag != null) refuseToOpen(place, options.flag);
  refuseFolder(place);
}

/** @param {typeof import('node:fs')} fs */
function routeFiles(fs) {
  function readFileSync(place, options) {
    refuse(place, options);
    if (isUTF8(encodingOf(options)) && options.buffer === undefined) return readText(place);
    return decoded(readRest(place), options);
  }
  async function readFileLater(place, options) {
    refuse(place, options);
    return decoded(await readRestLater(place, 0, options?.signal), options);
  }
  routePath(fs, 'readFile', {
    syscall: 'open',
    isUsual: areUsual,
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
