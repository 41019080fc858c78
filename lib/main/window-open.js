'use strict';

const { childPreferences } = require('./child-preferences');
const { viewOf } = require('./live-view');
const { preferencesOf } = require('./live-preferences');
const { joinFamily, mayOpen, mayShareProcess } = require('./shared-process');
const { LENGTH_MAX, NUMBER_MAX, readFeatures } = require('./window-features');

/** The app's answers to window.open(), by contents. */
const handlers = new WeakMap();
/** What the main frame has said of the window that it is opening. @type {WeakMap<object, {features: string, name: string}>} */
const openings = new WeakMap();
/** Who has opened whom, where their pages know each other. */
const openers = new WeakMap();

/** WebKitNavigationType of a click on a link. */
const LINK_CLICKED = 0;

/** webContents.setWindowOpenHandler() */
function setWindowOpenHandler(contents, handler) {
  if (typeof handler !== 'function') {
    throw new TypeError('setWindowOpenHandler: handler must be a function');
  }
  handlers.set(contents, handler);
}

/** From lib/page/window-open.js, around each call of the main frame's window.open(). */
function toldOpening(contents, begins, features, name) {
  const cut = (text) => text.slice(0, LENGTH_MAX);
  if (begins) openings.set(contents, { features: cut(features), name: cut(name) });
  else openings.delete(contents);
}

const mistake = (text) =>
  process.stderr.write(`The window open handler response must be an object${text}\n`);

/** @returns {object | null} the app's answer, or null to open nothing */
function askApp(contents, details) {
  const handler = handlers.get(contents);
  if (!handler) return {};
  const response = handler(details);
  if (response === null) return (mistake(', but was instead null.'), null);
  if (typeof response !== 'object') {
    return (mistake(`, but was instead of type '${typeof response}'.`), null);
  }
  if (response.action === 'allow') return response;
  if (response.action !== 'deny') mistake(" with an 'action' property of 'allow' or 'deny'.");
  return null;
}

function describe(contents, openerURL, { url, name: frameName, type }) {
  const told = openings.get(contents);
  const name = told?.name || (frameName ?? '');
  const features = told?.features ?? '';
  return {
    url: url || 'about:blank',
    frameName: name === '_blank' ? '' : name,
    features,
    disposition: features === '' || type === LINK_CLICKED ? 'foreground-tab' : 'new-window',
    referrer: { url: openerURL, policy: 'strict-origin-when-cross-origin' },
    postBody: undefined,
  };
}

/**
 * The page wants a window: view.giveChild() gives WebKit its view.
 * @param {import('./web-contents').WebContents} contents
 * @param {string} openerURL of the document that is shown
 * @param {{ url: string, name: string, type: number }} request
 */
function windowOpened(contents, openerURL, request) {
  const details = describe(contents, openerURL, request);
  const isLink = request.type === LINK_CLICKED;
  const isAllowed = mayOpen(contents, details.url, isLink || openings.has(contents));
  openings.delete(contents);
  const answer = askApp(contents, details);
  if (answer === null || contents.isDestroyed()) return;
  const { overrideBrowserWindowOptions: overrides, outlivesOpener, createWindow } = answer;
  const { options: asked, webPreferences, isAlone } = readFeatures(details.features);
  const preferences = preferencesOf(contents);
  const options = {
    ...{ show: true, width: 800, height: 600 },
    ...asked,
    ...overrides,
    webPreferences: childPreferences(preferences, webPreferences, overrides?.webPreferences),
  };
  // A link's page does not know its opener, unless rel=opener says so, which WebKit does not tell.
  const knows = isAllowed && !isAlone && !isLink;
  const url = isAllowed ? details.url : 'about:blank';
  const child = makeChild(contents, options, { openerURL, url, knows });
  const window = place(child, options, createWindow);
  if (details.features === '') takeSize(child, window, { ...asked, ...overrides });
  if (!outlivesOpener) endTogether(contents, child, window);
  if (!createWindow) contents.emit('did-create-window', window, { ...details, options });
}

/** @returns {import('./web-contents').WebContents} */
function makeChild(contents, options, { openerURL, url, knows }) {
  const { makeChildContents } = require('./window-contents');
  const shares = (preferences) =>
    knows && mayShareProcess(preferencesOf(contents), preferences, [openerURL, url]);
  const child = makeChildContents(options, contents, shares);
  if (!child.sharesProcess) {
    child.contents.loadURL(url).catch(() => {}); // did-fail-load tells of it
    return child.contents;
  }
  openers.set(child.contents, contents);
  joinFamily(contents, child.contents);
  viewOf(contents).giveChild(viewOf(child.contents));
  return child.contents;
}

/** Gives it a window. @returns {Electron.BrowserWindow} */
function place(child, options, createWindow) {
  const { BrowserWindow } = require('./browser-window');
  const all = { ...options, webContents: child };
  try {
    const made = createWindow ? createWindow(all) : new BrowserWindow(all).webContents;
    if (made === child) return BrowserWindow.fromWebContents(child);
    throw new Error(
      'Invalid webContents. Created window should be connected to webContents passed with options object.',
    );
  } catch (error) {
    if (!child.isDestroyed()) child.destroy();
    throw error;
  }
}

/** Of a frame that has not told us its features WebKit knows them a little later. */
function takeSize(child, window, { width, height }) {
  if (width !== undefined || height !== undefined) return;
  child.once('-opened', (area) => {
    const isUsable = [area.width, area.height].every((one) => one > 0 && one <= NUMBER_MAX);
    if (isUsable && window && !window.isDestroyed()) window.setSize(area.width, area.height);
  });
}

function endTogether(contents, child, window) {
  const end = () => window?.destroy();
  contents.once('destroyed', end);
  child.once('destroyed', () => contents.off('destroyed', end));
}

/** webContents.opener @returns {Electron.WebFrameMain | null} the page's, as WebKit does not say which frame */
function openerOf(contents) {
  const opener = openers.get(contents);
  return opener && !opener.isDestroyed() ? opener.mainFrame : null;
}

module.exports = { openerOf, setWindowOpenHandler, toldOpening, windowOpened };
