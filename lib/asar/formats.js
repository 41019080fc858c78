'use strict';

/** What the modules of archives are. Node would ask the packages around an archive. */

const { Module, stripTypeScriptTypes } = require('node:module');
const path = require('node:path');
const { hasPermission } = require('./gate');
const { typeOf } = require('./packages');
const { readText } = require('./read');

const takesTypeScript = Boolean(process.features.typescript);

/** Said by the name alone. */
const FORMATS = {
  ...{ '.cjs': 'commonjs', '.json': 'json', '.mjs': 'module', '.node': 'addon', '.wasm': 'wasm' },
  ...(takesTypeScript && { '.cts': 'commonjs-typescript', '.mts': 'module-typescript' }),
};

/** Said by the package. */
const BY_PACKAGE = new Set(takesTypeScript ? ['', '.js', '.ts'] : ['', '.js']);

/** What only modules may have, and may be told apart by; most scripts have none of it. */
const LOOKS_LIKE_MODULE =
  /\b(?:import|export|await)\b|\b(?:const|let|class)\s+(?:__(?:file|dir)name|module|exports|require)\b/;

/** What Node takes for a module: errors of such a script as CommonJS. */
const ERRORS =
  /import statement|'export'|import\.meta|await is only valid|reserved word|^Identifier '(?:__(?:file|dir)name|module|exports|require)'/;

/** A script that only its syntax shows to be a module. */
function isModuleBySyntax(source) {
  if (!LOOKS_LIKE_MODULE.test(source)) return false;
  try {
    const vm = require('node:vm');
    new vm.Script(Module.wrap(source));
    return false;
  } catch (error) {
    return ERRORS.test(error.message);
  }
}

/** Node warns that its function is experimental; what it does for files itself, is not. */
function stripTypes(source) {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source);
  } catch {
    return ''; // whoever loads it says what is wrong
  } finally {
    process.emitWarning = emitWarning;
  }
}

function detect(file, place) {
  const text = place.isUnpacked
    ? require('node:fs').readFileSync(place.unpackedPath, 'utf8')
    : readText(place);
  if (path.extname(file) !== '.ts') return isModuleBySyntax(text) ? 'module' : 'commonjs';
  return isModuleBySyntax(stripTypes(text)) ? 'module-typescript' : 'commonjs-typescript';
}

/** @param {string} file @param {'commonjs' | 'module' | undefined} type */
function typed(file, type) {
  if (path.extname(file) !== '.ts') return type;
  return type === undefined ? 'typescript' : `${type}-typescript`;
}

/**
 * For import.
 * @param {string} file @param {import('./locate').Place} place
 * @returns {string | undefined} undefined: none that Node knows, and it will say so
 */
function formatOf(file, place) {
  const extension = path.extname(file);
  if (!BY_PACKAGE.has(extension)) return FORMATS[extension];
  const type = typeOf(file);
  return type === undefined ? detect(file, place) : typed(file, type);
}

/**
 * For require(), which looks at the syntax itself.
 * @param {string} file
 * @returns {string | undefined} what its package says
 */
function packageFormatOf(file) {
  return BY_PACKAGE.has(path.extname(file)) ? typed(file, typeOf(file)) : undefined;
}

/** By archive. @type {Map<string, 'commonjs' | 'module' | undefined>} */
const typesAround = new Map();

/** Of the package in which an archive lies. */
function typeAround(archive) {
  if (typesAround.has(archive)) return typesAround.get(archive);
  const readPackage = (folder) => {
    const isHidden = hasPermission?.('fs.read', path.join(folder, 'package.json')) === false;
    return isHidden ? { exists: true } : Module._readPackage(folder); // Node looks no further, either
  };
  let folder = path.dirname(archive);
  while (!readPackage(folder).exists && folder !== path.dirname(folder))
    folder = path.dirname(folder);
  const { type } = readPackage(folder);
  const known = type === 'module' || type === 'commonjs' ? type : undefined;
  typesAround.set(archive, known);
  return known;
}

/**
 * @param {string} file @param {string} archive
 * @returns {((format: string | undefined) => string | undefined) | null} for what Node or a hook takes
 *   a script for, what it is; null: just that
 */
function correctionOf(file, archive) {
  if (!BY_PACKAGE.has(path.extname(file))) return null;
  const own = packageFormatOf(file);
  const around = typed(file, typeAround(archive));
  return own === around ? null : (format) => (format === around ? own : format);
}

module.exports = { correctionOf, formatOf, packageFormatOf };
