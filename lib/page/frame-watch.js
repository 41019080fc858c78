'use strict';

/**
 * Runs in the isolated world of each document of each frame, before its scripts, and tells the main
 * process what webFrameMain is to know: lib/main/frame-tree.js. Only what a window lets other origins
 * read is asked of other windows.
 *
 * Goes out: {type, id, ...} as JSON.
 */

const { id, isMainFrame } = options;

/** A longer address (of data:, say) or name is cut: nobody reads it. */
const TEXT_MAX = 65536;

const cut = (text) => (text.length > TEXT_MAX ? text.slice(0, TEXT_MAX) : text);

const tell = (type, more) => binding.tell(JSON.stringify({ type, id, ...more }));

const place = () => ({
  url: cut(location.href),
  origin: cut(origin),
  name: cut(name),
});

if (isMainFrame) {
  /** Windows of all frames; one that has left the page has no parent. @type {Map<Window, number>} */
  const ids = new Map([[window, id]]);
  const add = (subframe, number) => {
    ids.set(subframe, number);
    const { parent } = subframe;
    const order = [];
    for (let i = 0; i < parent.length; i++) order.push(ids.get(parent[i]));
    return JSON.stringify({ parent: ids.get(parent) ?? 0, order });
  };
  const sweep = () => {
    const gone = [...ids].filter(([subframe]) => subframe.parent === null);
    for (const [subframe] of gone) ids.delete(subframe);
    if (gone.length > 0) tell('gone', { ids: gone.map(([, number]) => number) });
  };
  binding.onFrame(add, sweep);
  tell('main', place());
} else {
  tell('document', { ...JSON.parse(binding.add(window, id)), ...place() });
}

function on(type, listener) {
  window.addEventListener(type, (event) => event.isTrusted && listener(), true);
}

on('DOMContentLoaded', () => tell('ready'));
if (!isMainFrame) {
  window.addEventListener('load', (event) => {
    if (event.isTrusted && event.target === document) tell('loaded', place());
  });
  on('hashchange', () => tell('moved', place()));
  on('popstate', () => tell('moved', place()));
  on('pagehide', () => binding.left());
}
