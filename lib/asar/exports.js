'use strict';

/**
 * The targets of "exports" and "imports", as Node's documentation has the algorithm ("Resolution
 * Algorithm Specification"). Node does not give out its own.
 */

const path = require('node:path');

/** Parts of a path that a target may not have. */
const FORBIDDEN =
  /(^|[\\/])((\.|%2e)(\.|%2e)?|(n|%6e|%4e)(o|%6f|%4f)(d|%64|%44)(e|%65|%45)(_|%5f)(m|%6d|%4d)(o|%6f|%4f)(d|%64|%44)(u|%75|%55)(l|%6c|%4c)(e|%65|%45)(s|%73|%53))([\\/]|$)/i;

/** As Node words and classes it. @param {string} [from] the module that asks, where Node names it */
function fail(Kind, code, text, from) {
  throw Object.assign(new Kind(from ? `${text} imported from ${from}` : text), { code });
}

/** @param {import('./packages').Package} pkg */
function failNotExported(pkg, subpath, from) {
  const what =
    subpath === '.'
      ? 'No "exports" main defined'
      : `Package subpath '${subpath}' is not defined by "exports"`;
  fail(Error, 'ERR_PACKAGE_PATH_NOT_EXPORTED', `${what} in ${pkg.file}`, from);
}

function failTarget({ pkg, key, isImport, from }, target) {
  const field = isImport ? 'imports' : 'exports';
  const where =
    key === '.'
      ? `"${field}" main target ${JSON.stringify(target)} defined`
      : `"${field}" target ${JSON.stringify(target)} defined for '${key}'`;
  const isBare = typeof target === 'string' && !isImport && /^(?!\.\/)./.test(target);
  const hint = isBare ? '; targets must start with "./"' : '';
  const by = from ? ` imported from ${from}` : '';
  const text = `Invalid ${where} in the package config ${pkg.file}${by}${hint}`;
  fail(Error, 'ERR_INVALID_PACKAGE_TARGET', text);
}

function failMatch({ pkg, key, match, isImport, from }) {
  const field = isImport ? 'imports' : 'exports';
  const asked = key.replace('*', () => match);
  const reason = `request is not a valid match in pattern "${key}" for the "${field}" resolution of`;
  fail(
    TypeError,
    'ERR_INVALID_MODULE_SPECIFIER',
    `Invalid module "${asked}" ${reason} ${pkg.file}`,
    from,
  );
}

/** The more a pattern says before its star, the earlier it is asked; then the longer. */
function comparePatterns(a, b) {
  const before = (key) => (key.includes('*') ? key.indexOf('*') + 1 : key.length);
  return before(b) - before(a) || b.length - a.length;
}

/** @returns {{ key: string, match: string | null } | null} */
function findKey(map, name) {
  if (Object.hasOwn(map, name) && !name.includes('*') && !name.endsWith('/'))
    return { key: name, match: null };
  const patterns = Object.keys(map)
    .filter((key) => key.includes('*'))
    .sort(comparePatterns);
  for (const key of patterns) {
    const [start, end] = key.split('*');
    const isLong = name.length >= start.length + end.length && name !== start;
    if (isLong && name.startsWith(start) && name.endsWith(end)) {
      return { key, match: name.slice(start.length, name.length - end.length) };
    }
  }
  return null;
}

function textTarget(asked, target) {
  const { pkg, match, isImport } = asked;
  if (!target.startsWith('./')) {
    const isBare = isImport && !target.startsWith('../') && !target.startsWith('/');
    if (!isBare) failTarget(asked, target);
    return {
      specifier: match === null ? target : target.replaceAll('*', match),
    };
  }
  if (FORBIDDEN.test(target.slice(2))) failTarget(asked, target);
  if (match !== null && FORBIDDEN.test(match)) failMatch(asked);
  const filled = match === null ? target : target.replaceAll('*', match);
  return { file: path.join(pkg.folder, filled) };
}

/**
 * @returns {{ file: string } | { specifier: string } | null | undefined} null: shut off; undefined:
 *   no condition holds
 */
function resolveTarget(asked, target) {
  if (typeof target === 'string') return textTarget(asked, target);
  if (target === null) return null;
  if (Array.isArray(target)) return firstTarget(asked, target);
  if (typeof target !== 'object') failTarget(asked, target);
  for (const [condition, value] of Object.entries(target)) {
    if (condition !== 'default' && !asked.conditions.has(condition)) continue;
    const found = resolveTarget(asked, value);
    if (found !== undefined) return found;
  }
  return undefined;
}

function firstTarget(asked, targets) {
  let last;
  for (const target of targets) {
    try {
      last = resolveTarget(asked, target);
      if (last) return last;
    } catch (error) {
      if (error.code !== 'ERR_INVALID_PACKAGE_TARGET') throw error;
      last = undefined;
    }
  }
  return last;
}

const isSugar = (exports) =>
  typeof exports === 'string' ||
  Array.isArray(exports) ||
  !Object.keys(exports)[0]?.startsWith('.');

/**
 * @param {import('./packages').Package} pkg with exports
 * @param {string} subpath '.' or './x'
 * @param {Set<string>} conditions
 * @param {string} [from] for the words of errors
 * @returns {string} a file
 */
function resolveExports(pkg, subpath, conditions, from) {
  const { exports } = pkg.data;
  const map = isSugar(exports) ? { '.': exports } : exports;
  const found = findKey(map, subpath);
  const asked = { ...found, pkg, conditions, isImport: false, from };
  const target = found && resolveTarget(asked, map[found.key]);
  if (!target) failNotExported(pkg, subpath, from);
  return target.file;
}

/**
 * @param {import('./packages').Package} pkg
 * @param {string} name '#x'
 * @param {Set<string>} conditions
 * @param {string} from for the words of errors
 */
function resolveImports(pkg, name, conditions, from) {
  const map = pkg.data.imports;
  const found = map && typeof map === 'object' ? findKey(map, name) : null;
  const asked = { ...found, pkg, conditions, isImport: true, from };
  const target = found && resolveTarget(asked, map[found.key]);
  if (!target) {
    const text = `Package import specifier "${name}" is not defined in package ${pkg.file}`;
    fail(TypeError, 'ERR_PACKAGE_IMPORT_NOT_DEFINED', text, from);
  }
  return target;
}

module.exports = { resolveExports, resolveImports };
