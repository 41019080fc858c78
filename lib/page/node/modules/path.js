'use strict';

/** `path`: the package path-browserify, which is Node's posix half; the rest is asked of Node. */

const { loadPackage } = require('../packages');
const { checkString, invalidArgType } = require('../errors');
const { lazy } = require('../../../common/lazy');
const { systemModule } = require('../system');

const library = loadPackage('path-browserify');

const checked = (method) => (path) => {
  checkString('path', path);
  return method(path);
};

function resolve(...parts) {
  for (let i = parts.length - 1; i >= 0; i--) checkString(`paths[${i}]`, parts[i]);
  const isAbsolute = parts.some((part) => part[0] === '/');
  return isAbsolute ? library.resolve(...parts) : library.resolve(currentFolder(), ...parts);
}

const currentFolder = () => systemModule('process').cwd();

function join(...parts) {
  for (const part of parts) checkString('path', part);
  return library.join(...parts);
}

function relative(from, to) {
  checkString('from', from);
  checkString('to', to);
  return from === to ? '' : library.relative(resolve(from), resolve(to));
}

function basename(path, suffix) {
  if (suffix !== undefined) checkString('suffix', suffix);
  checkString('path', path);
  return library.basename(path, suffix);
}

function format(parts) {
  if (parts === null || typeof parts !== 'object') {
    throw invalidArgType('pathObject', 'object', parts);
  }
  const { dir, root, base, name = '', ext = '' } = parts;
  const extension = ext && ext[0] !== '.' ? `.${ext}` : ext;
  const file = base || `${name}${extension}`;
  const folder = dir || root;
  if (!folder) return file;
  return folder === root ? `${folder}${file}` : `${folder}/${file}`;
}

const path = {
  resolve,
  normalize: checked(library.normalize),
  isAbsolute: checked(library.isAbsolute),
  join,
  relative,
  toNamespacedPath: (value) => value,
  dirname: checked(library.dirname),
  basename,
  extname: checked(library.extname),
  format,
  parse: checked(library.parse),
  matchesGlob: (value, pattern) => systemModule('path').matchesGlob(value, pattern),
  sep: '/',
  delimiter: ':',
  _makeLong: (value) => value,
};
for (const name of Object.keys(path)) {
  if (typeof path[name] === 'function') Object.defineProperty(path[name], 'name', { value: name });
}
path.posix = path;
lazy(path, 'win32', () => systemModule('path').win32);

module.exports = path;
