'use strict';

const path = require('path');

module.exports = {
  'join goes up and down': () => path.join('/a/b', '../c', './d/', '..', 'e.txt'),
  'join of nothing': () => [path.join(), path.join(''), path.join('a', '', 'b')],
  'join takes strings only': () => path.join('a', 5),
  'resolve from the right': () => path.resolve('/x', '/y', 'z', '..', 'w'),
  'resolve starts at the current folder': () => path.relative(process.cwd(), path.resolve('a/b')),
  'normalize keeps the last slash': () => [path.normalize('/a//b/../c/.'), path.normalize('./a/')],
  isAbsolute: () => ['/a', 'a', '.', ''].map((each) => path.isAbsolute(each)),
  'relative between siblings': () => path.relative('/data/a/test/x', '/data/a/impl/y'),
  'relative to itself': () => path.relative('/a', '/a/'),
  dirname: () => ['/a/b/c', '/a', 'a', '/', 'a/b/'].map((each) => path.dirname(each)),
  'dirname of no string': () => path.dirname(undefined),
  basename: () => ['/a/b.html', 'b/', '/', ''].map((each) => path.basename(each)),
  'basename without its ending': () => [
    path.basename('/a/b.html', '.html'),
    path.basename('b.html', 'b.html'),
    path.basename('aaa', 'a'),
  ],
  extname: () => ['a.b.c', '.a', 'a.', 'a', '.a.b', '..'].map((each) => path.extname(each)),
  parse: () => path.parse('/home/user/dir/file.tar.gz'),
  'parse of what is relative': () => [path.parse('./a'), path.parse('a/b/'), path.parse('')],
  format: () => [
    path.format({ root: '/ignored', dir: '/home', base: 'f.txt' }),
    path.format({ root: '/', name: 'f', ext: 'txt' }),
  ],
  'format of no object': () => path.format('x'),
  separators: () => [path.sep, path.delimiter, path.posix === path, path.win32.sep],
  win32: () => [path.win32.join('a', '..', 'b\\c'), path.win32.parse('C:\\x\\y.z').root],
  toNamespacedPath: () => path.toNamespacedPath('/a'),
  matchesGlob: () => [path.matchesGlob('/a/b.js', '/a/*.js'), path.matchesGlob('a', 'b')],
};
