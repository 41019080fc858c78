// @ts-check
'use strict';

/*
 * The app of test/api/web-preferences.test.js: its pages say what each place of theirs has of Node. A place
 * is a script of a page, a preload script or a worker of some kind.
 */

const { OWN_PROTOCOL } = require('../own-protocol');

/**
 * What the script that calls it has: 'web' for nothing, 'node' for Node that works, 'limited' for the
 * `require` of a sandboxed preload script; anything else is a fault, and says what it found.
 */
const WHAT = `function what(find) {
  const names = ['require', 'module', 'process', 'Buffer', 'global', '__filename', '__dirname',
    'setImmediate', 'clearImmediate'];
  const missing = names.filter((name) => find(name) === 'undefined');
  if (missing.length === names.length) return 'web';
  try {
    if (require('fs').existsSync(process.execPath)) {
      return missing.length === 0 ? 'node' : 'node without ' + missing;
    }
    return 'a broken fs';
  } catch (error) {
    return isLimited() ? 'limited' : error + ', without ' + missing;
  }
}
function isLimited() {
  try {
    return Boolean(require('events').EventEmitter && require('electron').ipcRenderer &&
      process.versions.node && Buffer.from('x').length === 1);
  } catch {
    return false;
  }
}
`;

/** \`typeof\` of a name as the script itself sees it: its own parameters are among them. */
const HERE = '(name) => eval(`typeof ${name}`)';

/** What the scripts of pages share: they only know how to ask. */
const TOOLS = `${WHAT}
/** What the page had when its first script began. */
const atFirst = what(${HERE});
const answer = (target) => new Promise((resolve) => {
  target.onmessage = ({ data }) => resolve(data);
  target.onerror = ({ message }) => resolve('error ' + message);
});
const askWorker = () => answer(new Worker('worker.js'));
const askShared = () => {
  const { port } = new SharedWorker('shared.js');
  return answer(port);
};
async function askService() {
  if (!isSecureContext || !/^http/.test(location.protocol)) return 'none';
  await navigator.serviceWorker.register('service.js');
  const { active } = await navigator.serviceWorker.ready;
  const told = answer(navigator.serviceWorker);
  active.postMessage('');
  return told;
}
/** In this frame: the page, its preload script, its worker and that one's worker. */
async function askHere() {
  const now = what(${HERE});
  const page = now === atFirst ? now : atFirst + ', then ' + now;
  const { worker, nested } = await askWorker();
  return { page, preload: globalThis.preloadSays ?? 'none', worker, nested };
}
async function askAll() {
  const [here, frame, shared, service] =
    await Promise.all([askHere(), frames[0].askHere(), askShared(), askService()]);
  return { ...here, frame: frame.page, framePreload: frame.preload, frameWorker: frame.worker,
    frameNested: frame.nested, shared, service };
}
/** Asks for all that Electron lets a page ask for, and more. */
const openChild = () => void window.open('frame.html', '', [
  'nodeIntegration=yes', 'nodeIntegrationInWorker=yes', 'nodeIntegrationInSubFrames=yes',
  'contextIsolation=no', 'sandbox=no',
].join());
`;

const html = (/** @type {string} */ body) =>
  `<!doctype html><meta charset="utf-8"><script src="tools.js"></script>${body}`;

const FILES = {
  ...OWN_PROTOCOL,
  'tools.js': TOOLS,
  'page.html': html('<iframe src="frame.html"></iframe>'),
  'frame.html': html(''),
  'preload.js': `${WHAT}
    const says = what(${HERE});
    if (process.contextIsolated) {
      require('electron').contextBridge.exposeInMainWorld('preloadSays', says);
    } else {
      window.preloadSays = says;
    }`,
  'worker.js': `${WHAT}
    const worker = what(${HERE});
    new Worker('nested.js').onmessage = ({ data: nested }) => postMessage({ worker, nested });`,
  'nested.js': `${WHAT} postMessage(what(${HERE}));`,
  'shared.js': `${WHAT} onconnect = ({ ports: [port] }) => port.postMessage(what(${HERE}));`,
  'service.js': `${WHAT} onmessage = ({ source }) => source.postMessage(what(${HERE}));`,
};

/**
 * Runs in main: what all places of a page have, and those of a window that it opens.
 * @param {any} scope @param {number} id of the window @param {string} url
 */
async function askPage({ contents }, id, url) {
  const page = contents(id);
  await page.loadURL(url);
  const found = await page.executeJavaScript('askAll()');
  const { promise, resolve } = Promise.withResolvers();
  const loaded = (/** @type {any} */ child) =>
    child.webContents.once('did-finish-load', () => resolve(child));
  page.once('did-create-window', loaded);
  await page.executeJavaScript('openChild()', true);
  const child = await promise;
  const { page: own, worker } = await child.webContents.executeJavaScript('askHere()');
  child.destroy();
  return { ...found, child: own, childWorker: worker };
}

module.exports = { FILES, askPage };
