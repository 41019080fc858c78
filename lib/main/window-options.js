'use strict';

const { warnOnce } = require('./unsupported');

const BACKGROUND = '#FFF';

/** Constructor options, with Electron's defaults. */
const DEFAULTS = {
  width: 800,
  height: 600,
  x: undefined,
  y: undefined,
  minWidth: 0,
  minHeight: 0,
  center: false,
  resizable: true,
  fullscreen: false,
  title: undefined,
  show: true,
  frame: true,
  backgroundColor: BACKGROUND,
  useContentSize: false, // a window's size is always its content's
  autoHideMenuBar: false, // there is no menu bar
  paintWhenInitiallyHidden: true,
  webPreferences: {},
  webContents: undefined, // of a page that has opened the window: window-open.js
};

const NUMBERS = ['width', 'height', 'x', 'y', 'minWidth', 'minHeight'];

/** @returns the options with defaults; throws for a wrong type, warns for what is missing */
function readOptions(given = {}) {
  if (given === null || typeof given !== 'object') {
    throw new TypeError('BrowserWindow: options must be an object');
  }
  for (const name of Object.keys(given)) {
    if (!(name in DEFAULTS)) warnOnce(`BrowserWindow's option ${name}`, 'browser-window');
  }
  const options = { ...DEFAULTS };
  for (const [name, value] of Object.entries(given)) if (value !== undefined) options[name] = value;
  for (const name of NUMBERS) {
    if (options[name] === undefined) continue;
    if (!Number.isFinite(options[name])) {
      throw new TypeError(`BrowserWindow: ${name} must be a number, not ${options[name]}`);
    }
    options[name] = Math.round(options[name]);
  }
  return options;
}

/** Electron's colours: #RGB, #ARGB, #RRGGBB, #AARRGGBB, or CSS. @returns {string} for GDK */
function cssColor(color) {
  const text = String(color);
  const long = /^#([0-9a-f]{2})([0-9a-f]{6})$/i.exec(text);
  if (long) return `#${long[2]}${long[1]}`;
  const short = /^#([0-9a-f])([0-9a-f]{3})$/i.exec(text);
  return short ? `#${short[2]}${short[1]}` : text;
}

module.exports = { BACKGROUND, readOptions, cssColor };
