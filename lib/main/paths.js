'use strict';

const path = require('node:path');

/** Weft's own files: the folder that has lib/ and build/. */
const root = path.resolve(__dirname, '..', '..');

module.exports = Object.freeze({
  root,
  /** The binding of this process. */
  binding: path.join(root, 'build', 'src', 'main', 'weft-main.node'),
  /** WebKit loads every library of this folder into its web processes. */
  extensionDirectory: path.join(root, 'build', 'src', 'page'),
  /** GIO loads every library of this folder into WebKit's processes. */
  vfsDirectory: path.join(root, 'build', 'src', 'vfs'),
  supervisor: path.join(root, 'lib', 'worker', 'supervisor.js'),
});
