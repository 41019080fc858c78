'use strict';

/**
 * Which of the app's rules for native modules speaks of a file: webPreferences.nativeModules.modules,
 * whose keys are names of packages, or paths and globs of files.
 */

const fs = require('node:fs');
const path = require('node:path');

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

const hasGlob = (key) => /[*?[\]{}]/.test(key);

/** `sharp`, `@img/sharp-linux-x64`, `@img/*`; all else speaks of paths. */
function isPackageKey(key) {
  return /^(@[^/]+\/)?[^/]+$/.test(key) && !key.endsWith('.node') && !key.includes('**');
}

/**
 * A dot at the beginning of a name is like any other character here: `**` must reach into pnpm's
 * `.pnpm`, or a rule that forbids something would not hold there.
 */
const withoutHidden = (name) => name.replace(/(?<=^|\/)\./g, '\u{E000}.');

function matchesGlob(name, glob) {
  return path.matchesGlob(withoutHidden(name), withoutHidden(path.normalize(glob)));
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

/** Whether a package's name is the key, or is met by its glob. */
function isNamed(name, key) {
  return name === key || (hasGlob(key) && matchesGlob(name, key));
}

/**
 * Whether the file's package is a part of the package @key: its binary for one platform, as
 * `@img/sharp-linux-x64` is of `sharp`. Loaders stand between the two in `require`, so we look in its
 * package.json.
 */
function isPartOf(file, key) {
  const own = packageOf(file);
  if (!own || hasGlob(key)) return false;
  for (let at = file; ;) {
    const root = at.lastIndexOf('/node_modules/');
    if (root < 0) return false;
    at = at.slice(0, root);
    const parts = readOptionalDependencies(`${at}/node_modules/${key}/package.json`);
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
    const rules = Object.entries(modules).map(([key, mode]) => ({ key, mode }));
    this.#packages = rules.filter(({ key }) => isPackageKey(key));
    this.#paths = rules.filter(({ key }) => !isPackageKey(key));
    this.#appPath = realPath(path.resolve(appPath));
  }

  /**
   * The rule that speaks of a file most closely.
   * @param {string} file its real path
   * @param {string} [requirer] the file of the module that requires it
   * @returns {{ key: string, mode: string } | null}
   */
  find(file, requirer) {
    const found = [
      ...this.#paths.map((rule) => ({ rule, closeness: this.#byPath(rule.key, file) })),
      ...this.#packages.map((rule) => ({ rule, closeness: byPackage(rule.key, file, requirer) })),
    ].filter(({ closeness }) => closeness !== -1);
    found.sort((a, b) => b.closeness - a.closeness || compareKeys(a.rule.key, b.rule.key));
    return found[0]?.rule ?? null;
  }

  #byPath(key, file) {
    const isRelative = !path.isAbsolute(key);
    const own = path.resolve(this.#appPath, key);
    if (own === file || realPath(own) === file) return CLOSENESS.indexOf('path');
    if (!hasGlob(key)) return -1;
    const name = isRelative ? path.relative(this.#appPath, file) : file;
    const isFound = matchesGlob(name, key) || (key.startsWith('**') && matchesGlob(file, key));
    return isFound ? CLOSENESS.indexOf('glob') : -1;
  }
}

function byPackage(key, file, requirer) {
  const own = packageOf(file);
  if (own && isNamed(own, key)) return CLOSENESS.indexOf('package of the file');
  if (isPartOf(file, key)) return CLOSENESS.indexOf('package that the file is a part of');
  const by = requirer === undefined ? null : packageOf(requirer);
  return by && isNamed(by, key) ? CLOSENESS.indexOf('package of the requirer') : -1;
}

/** A name before a glob, then the longer one, then the one that the app wrote first. */
function compareKeys(a, b) {
  return Number(hasGlob(a)) - Number(hasGlob(b)) || b.length - a.length;
}

function realPath(file) {
  try {
    return fs.realpathSync(file);
  } catch {
    return file; // then it names no file
  }
}

module.exports = { Rules, packageOf };
