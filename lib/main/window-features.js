'use strict';

/**
 * The third argument of a page's window.open(): `width=300,left=10,nodeIntegration=no`. The page may say
 * anything here; what gives it rights is judged in window-open.js.
 */

const NUMBERS = new Set(['x', 'y', 'width', 'height', 'minWidth', 'minHeight', 'zoomFactor']);
const SWITCHES = new Set(['center', 'resizable', 'show', 'frame', 'fullscreen', 'title']);
/** Electron takes these, and gives a page no more than its opener's (window-open.js). */
const PREFERENCES = new Set(['zoomFactor', 'nodeIntegration', 'javascript', 'contextIsolation']);
/** Names that a page has for ours. */
const ALIASES = new Map([
  ['left', 'x'],
  ['top', 'y'],
]);

/** X11 counts pixels in 16 bits. */
const NUMBER_MAX = 32_767;
/** Longer texts are cut: nobody writes them by hand. */
const LENGTH_MAX = 4096;

const TRUE = new Set([undefined, '', 'true', '1', 'yes']);
const FALSE = new Set(['false', '0', 'no']);

function read(name, text) {
  if (!NUMBERS.has(name)) return TRUE.has(text) || (FALSE.has(text) ? false : text);
  const number = name === 'zoomFactor' ? Number.parseFloat(text) : Number.parseInt(text, 10);
  const isUsable = Number.isFinite(number) && Math.abs(number) <= NUMBER_MAX;
  return isUsable && (number > 0 || name === 'x' || name === 'y') ? number : undefined;
}

/** @param {string} features @returns {[string, any][]} */
function pairs(features) {
  return features
    .slice(0, LENGTH_MAX)
    .split(',')
    .map((part) => part.split('=', 2).map((text) => text.trim()))
    .map(([name, text]) => [ALIASES.get(name) ?? name, text])
    .map(([name, text]) => [name, read(name, text)])
    .filter(([name, value]) => name !== '' && value !== undefined);
}

/**
 * @param {string} features
 * @returns {{ options: Record<string, any>, webPreferences: Record<string, any>, isAlone: boolean }} for the
 *   window; isAlone: its page and the opener must not know each other
 */
function readFeatures(features) {
  const all = pairs(features);
  const some = (names) => Object.fromEntries(all.filter(([name]) => names(name)));
  return {
    options: some((name) => (NUMBERS.has(name) || SWITCHES.has(name)) && !PREFERENCES.has(name)),
    webPreferences: some((name) => PREFERENCES.has(name)),
    isAlone: all.some(
      ([name, value]) => (name === 'noopener' || name === 'noreferrer') && value !== false,
    ),
  };
}

module.exports = { LENGTH_MAX, NUMBER_MAX, readFeatures };
