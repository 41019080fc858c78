'use strict';

/** Runs the window's preload script as a CommonJS module of this world. */
exports.run = function run(requireInPage) {
  const { path, source } = options.preload;
  const module = { exports: {}, filename: path, loaded: false };
  const folder = path.slice(0, path.lastIndexOf('/'));
  const body = binding.evaluate(
    `(function (exports, require, module, __filename, __dirname) {${source}\n})`,
    `file://${path}`,
  );
  body.call(module.exports, module.exports, requireInPage, module, path, folder);
  module.loaded = true;
};
