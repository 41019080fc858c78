'use strict';

/**
 * WebKit does not tell the main process the name and the features of window.open(), which Electron's
 * apps get in their setWindowOpenHandler(), nor which frame calls it: both are told around each call of the
 * main frame. A page that finds the native function elsewhere opens a window without features, as frames do.
 */

const { replaceCall } = require('./wrapped');

const { apply, defineProperty, getOwnPropertyDescriptor } = Reflect;

/** Electron reads no more of it either (lib/main/window-features.js). */
const LENGTH_MAX = 4096;

const slice = Function.prototype.call.bind(String.prototype.slice);
/** Text for C, without what it cannot have. */
const cut = (text) => slice(text, 0, LENGTH_MAX);

function replace(name, call) {
  const descriptor = getOwnPropertyDescriptor(window, name);
  const value = replaceCall(descriptor.value, call);
  defineProperty(window, name, { __proto__: null, ...descriptor, value });
}

function open(target, self, given) {
  // Once: each may be an object of the page with a toString of its own.
  const name = given[1] === undefined ? '' : `${given[1]}`;
  const features = given[2] === undefined ? '' : `${given[2]}`;
  const all = given.length < 2 ? given : [given[0], name, features];
  binding.openingWindow(true, cut(features), cut(name));
  try {
    return apply(target, self, all);
  } finally {
    binding.openingWindow(false, '', '');
  }
}

/** WebKit closes only what a page has opened, or what has shown one page; Electron any window. */
function close(target, self, given) {
  if (self === window || self === undefined) binding.closeWindow();
  else apply(target, self, given);
}

exports.install = function install() {
  replace('open', open);
  replace('close', close);
};
