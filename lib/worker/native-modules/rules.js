'use strict';

/**
 * Which of the app's rules for native modules speaks of a file: webPreferences.nativeModules.modules,
 * whose keys are names of packages, or paths and globs of files.
 */

const fs = require('node:fs');
const path = require('node:path');
const { hasGlob, globToRegExp } = require('./glob');

/**
 * How closely a rule speaks of a file; a later one wins. Among rules of one kind the longer key does.
 */
const CLOSENESS = [
  'package of the requirer',
  'package that the file is a part of',
  'package of the file',
  'glob',
  'path',
];

/** `sharp`, `@img/sharp-linux-x64`, `@img/*`; all else speaks of paths. */
function isPackageKey(key) {
  return /^(@[^/]+\/)?[^/]+$/.test(key) && !key.endsWith('.node') && !key.includes('**');
}

/** The package in whose folder a file lies: the nearest `node_modules/<name>`. @returns {string | null} */
function packageOf(file) {
  const folder = packageFolder(file);
  return folder && nameOfFolder(folder);
}

/** @returns {string | null} `.../node_modules/<name>` */
function packageFolder(file) {
  const found = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/@][^/]*)\//.exec(file);
  return found ? found[1] : null;
}

const nameOfFolder = (folder) => folder.slice(folder.lastIndexOf('/node_modules/') + 14);

/** @typedef {{ key: string, mode: string, glob: RegExp | null }} Rule */

/** Whether a package's name is the key, or is met by its glob. @param {Rule} rule */
const isNamed = (name, { key, glob }) => name === key || (glob?.test(name) ?? false);

/**
 * Whether the file's package is a part of the package of that name: its binary for one platform, as
 * `@img/sharp-linux-x64` is of `sharp`. Loaders stand between the two in `require`, so we look in its
 * package.json.
 */
function isPartOf(file, name) {
  const own = packageOf(file);
  if (!own) return false;
  for (let at = file; ;) {
    const root = at.lastIndexOf('/node_modules/');
    if (root < 0) return false;
    at = at.slice(0, root);
    const parts = readOptionalDependencies(`${at}/node_modules/${name}/package.json`);
    if (parts) return own in parts;
  }
}

/** @returns {Record<string, string> | null} null when there is no such package */
function readOptionalDependencies(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')).optionalDependencies ?? {};
  } catch {
    return null;
  }
}

/** The rules of one window. */
class Rules {
  #packages;
  #paths;
  #appPath;

  /** @param {Record<string, string>} modules key -> mode @param {string} appPath */
  constructor(modules, appPath) {
    const rules = Object.entries(modules).map(([key, mode]) => ({
      ...{ key, mode },
      glob: hasGlob(key) ? globToRegExp(key) : null,
    }));
    this.#packages = rules.filter(({ key }) => isPackageKey(key));
    this.#paths = rules.filter(({ key }) => !isPackageKey(key));
    this.#appPath = realPath(path.resolve(appPath));
  }

  /**
   * The rule that speaks of a file most closely.
   * @param {string} file its real path
   * @param {string} [requirer] the file of the module that requires it
   * @returns {Rule | null}
   */
  find(file, requirer) {
    const found = [
      ...this.#paths.map((rule) => ({ rule, closeness: this.#byPath(rule, file) })),
      ...this.#packages.map((rule) => ({ rule, closeness: byPackage(rule, file, requirer) })),
    ].filter(({ closeness }) => closeness !== -1);
    found.sort((a, b) => b.closeness - a.closeness || compareRules(a.rule, b.rule));
    return found[0]?.rule ?? null;
  }

  #byPath({ key, glob }, file) {
    const own = path.resolve(this.#appPath, key);
    if (own === file || realPath(own) === file) return CLOSENESS.indexOf('path');
    const isAnywhere = path.isAbsolute(key) || key.startsWith('**');
    const name = isAnywhere ? file : path.relative(this.#appPath, file);
    return glob?.test(name) ? CLOSENESS.indexOf('glob') : -1;
  }
}

function byPackage(rule, file, requirer) {
  const own = packageOf(file);
  if (own && isNamed(own, rule)) return CLOSENESS.indexOf('package of the file');
  if (!rule.glob && isPartOf(file, rule.key)) {
    return CLOSENESS.indexOf('package that the file is a part of');
  }
  const by = requirer === undefined ? null : packageOf(requirer);
  return by && isNamed(by, rule) ? CLOSENESS.indexOf('package of the requirer') : -1;
}

/** A name before a glob, then the longer one, then the one that the app wrote first. */
function compareRules(a, b) {
  return Number(Boolean(a.glob)) - Number(Boolean(b.glob)) || b.key.length - a.key.length;
}

function realPath(file) {
  try {
    return fs.realpathSync(file);
  } catch {
    return file; // then it names no file
  }
}

module.exports = { Rules, packageOf };
