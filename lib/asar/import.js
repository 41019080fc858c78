'use strict';

/** `import` of what is in archives, and from there. Node reads the modules; where they are is said here. */

const { isBuiltin, Module } = require('node:module');
const path = require('node:path');
const { fileURLToPath, pathToFileURL } = require('node:url');
const { resolveExports, resolveImports } = require('./exports');
const { formatOf, packageFormatOf } = require('./formats');
const { NAME, ORIGINAL_FS, originalFs, state } = require('./gate');
const { KIND, lookUpModule } = require('./locate');
const { packageOf, readPackage } = require('./packages');
const { provideSourceMaps } = require('./source-maps');

const IS_PATH = /^(\.{0,2}\/|file:)/;
/** Node takes no such address. */
const ENCODED_SEPARATOR = /%2f|%5c/i;
const PACKAGE = /^((?:@[^/\\%]+\/)?[^./\\%][^/\\%]*)(\/.*)?$/;

/** @returns {import('./locate').Place | null} */
function placeOf(file) {
  const found = lookUpModule(file, true);
  return typeof found === 'number' ? null : found;
}

const isFile = (file) => Module._stat(file) === 0;

/** @param {string} [url] where it would be: import.meta.resolve() answers that */
function fail(code, text, url) {
  const error = Object.assign(new Error(text), { code });
  throw url === undefined ? error : Object.assign(error, { url });
}

/** @param {URL | null} asked it may have a query */
function hrefOf(file, asked) {
  const { search = '', hash = '' } = asked ?? {};
  return Object.assign(pathToFileURL(file), { search, hash }).href;
}

/** @param {string} file in an archive @param {URL} url as it was asked for */
function found(file, url, specifier, parent) {
  const place = placeOf(file);
  if (place === null)
    fail(
      'ERR_MODULE_NOT_FOUND',
      `Cannot find module '${file}' imported from ${parent}`,
      hrefOf(file, url),
    );
  if (place.kind === KIND.FOLDER) {
    fail(
      'ERR_UNSUPPORTED_DIR_IMPORT',
      `Directory import '${file}' is not supported resolving ES modules imported from ${parent}`,
      hrefOf(file, url),
    );
  }
  const real = require('node:fs').realpathSync(file);
  return {
    url: hrefOf(real, url),
    format: formatOf(real, place),
    shortCircuit: true,
  };
}

/** "main", or index.js, as import has it. */
function legacyMain(pkg) {
  const { main } = pkg.data;
  const names = ['', '.js', '.json', '.node', '/index.js', '/index.json', '/index.node'];
  const tried = typeof main === 'string' ? names.map((end) => main + end) : [];
  for (const name of [...tried, 'index.js', 'index.json', 'index.node']) {
    const file = path.join(pkg.folder, name);
    if (isFile(file)) return file;
  }
  return fail('ERR_MODULE_NOT_FOUND', `Cannot find package '${pkg.folder}': it has no main module`);
}

/** @param {string} folder of the package, in an archive */
function fileOfPackage(folder, rest, conditions, from) {
  const pkg = readPackage(folder) ?? {
    folder,
    file: path.join(folder, 'package.json'),
    data: {},
  };
  if (pkg.data.exports != null) return resolveExports(pkg, `.${rest}`, conditions, from);
  return rest === '' ? legacyMain(pkg) : path.join(folder, rest);
}

/** @returns {string | null} null when the package is nowhere in archives */
function resolvePackage(specifier, from, conditions) {
  const match = PACKAGE.exec(specifier);
  if (match === null) return null; // Node says what is wrong with the name
  const [, name, rest = ''] = match;
  const own = packageOf(from);
  if (own?.data.name === name && own.data.exports != null)
    return resolveExports(own, `.${rest}`, conditions, from);
  for (const folder of Module._nodeModulePaths(path.dirname(from))) {
    const candidateFolder = path.join(folder, name);
    if (Module._stat(candidateFolder) !== 1) continue;
    return placeOf(candidateFolder) ? fileOfPackage(candidateFolder, rest, conditions, from) : null;
  }
  return null;
}

/** From a module in an archive: a package, or '#x'. */
function resolveBare(specifier, from, context, next) {
  const conditions = new Set(context.conditions);
  if (specifier.startsWith('#')) {
    const pkg = packageOf(from);
    const target = resolveImports(pkg ?? { file: from, data: {} }, specifier, conditions, from);
    if (target.file) return found(target.file, null, specifier, from);
    if (ORIGINAL_FS.test(target.specifier)) return originalFs();
    if (isBuiltin(target.specifier)) return next(target.specifier, context);
    return resolveBare(target.specifier, from, context, next);
  }
  const file = resolvePackage(specifier, from, conditions);
  if (file !== null) return found(file, null, specifier, from);
  return resolveOutside(specifier, from, context, next);
}

/** Node looks on from the folder in which the archive lies. */
function resolveOutside(specifier, from, context, next) {
  const outside = path.join(outsideOf(from), 'noop.js');
  const wrong = (error) => {
    if (typeof error?.message === 'string') error.message = error.message.replace(outside, from);
    throw error;
  };
  try {
    const result = next(specifier, { ...context, parentURL: pathToFileURL(outside).href });
    return result instanceof Promise ? result.catch(wrong) : result;
  } catch (error) {
    return wrong(error);
  }
}

/** The folder in which an archive lies. */
function outsideOf(file) {
  let folder = path.dirname(file);
  while (placeOf(folder) !== null) folder = path.dirname(folder);
  return folder;
}

/**
 * What require() has found, or a hook: Node would take the type of the package around the archive.
 * @param {{ url: string, format?: string }} result @param {string[]} conditions
 */
function withFormat(result, conditions) {
  if (result.format != null || !NAME.test(result.url) || !result.url.startsWith('file:'))
    return result;
  const file = fileURLToPath(result.url);
  const place = placeOf(file);
  if (place?.kind !== KIND.FILE) return result;
  const format = conditions?.includes('import') ? formatOf(file, place) : packageFormatOf(file);
  return format === undefined ? result : { ...result, format };
}

function resolve(specifier, context, next) {
  if (ORIGINAL_FS.test(specifier)) return originalFs();
  provideSourceMaps();
  const { parentURL = '' } = context;
  const isFromArchive = NAME.test(parentURL) && parentURL.startsWith('file:');
  const isImport = context.conditions.includes('import');
  // Where there are foreign hooks in a thread of theirs, they are asked first; then this, there.
  if (isImport && state.hasHooksThread) return next(specifier, context);
  if (!isFromArchive && !NAME.test(specifier)) return next(specifier, context);
  if (!isImport || isBuiltin(specifier)) return next(specifier, context);
  if (IS_PATH.test(specifier)) {
    if (!URL.canParse(specifier, parentURL || undefined)) return next(specifier, context);
    const url = new URL(specifier, parentURL || undefined);
    if (url.protocol !== 'file:' || ENCODED_SEPARATOR.test(url.pathname))
      return next(specifier, context);
    const file = fileURLToPath(url);
    if (lookUpModule(file, true) === null) return next(specifier, context);
    return found(file, url, specifier, isFromArchive ? fileURLToPath(parentURL) : parentURL);
  }
  const from = isFromArchive ? fileURLToPath(parentURL) : '';
  if (from === '' || URL.canParse(specifier) || placeOf(from) === null)
    return next(specifier, context);
  return resolveBare(specifier, from, context, next);
}

module.exports = { resolve, withFormat };
