'use strict';

/** webFrame of a preload script: scripts in the page's own world, and in worlds that the app numbers. */

const { Error, Promise, TypeError } = globalThis;

const MAIN_WORLD = 0;
const ADDRESS = 'weft:webFrame';

/** What is not there yet, and what to use. */
const MISSING = {
  ...{
    insertCSS: 'webContents.executeJavaScript',
    removeInsertedCSS: 'webContents.executeJavaScript',
  },
  ...{ setZoomFactor: 'webContents.setZoomFactor', getZoomFactor: 'webContents.getZoomFactor' },
  ...{ setZoomLevel: 'webContents.setZoomLevel', getZoomLevel: 'webContents.getZoomLevel' },
};

/** Without contextIsolation the preload script is in the page's world already. */
function evaluate(worldId, code) {
  if (!options.contextIsolation && worldId === MAIN_WORLD) return binding.evaluate(code, ADDRESS);
  return require('./context-bridge').evaluate(worldId, code);
}

/** @param {(result: unknown, error?: Error) => void} [callback] of old Electrons */
async function execute(worldId, codes, callback) {
  try {
    let result;
    for (const code of codes) result = await evaluate(worldId, code);
    callback?.(result);
    return result;
  } catch (error) {
    callback?.(undefined, error);
    throw error;
  }
}

function checkCode(code) {
  if (typeof code === 'string') return code;
  throw new TypeError('webFrame.executeJavaScript: the code must be a string');
}

function refuse(name) {
  return () => {
    throw new Error(`webFrame.${name} is not supported: use ${MISSING[name]} in the main process`);
  };
}

/** A careless `webFrame.executeJavaScript()` without await is no error of its own, as in Electron. */
function unwatched(promise) {
  Promise.prototype.then.call(promise, undefined, () => {});
  return promise;
}

exports.createWebFrame = function createWebFrame() {
  const webFrame = {
    executeJavaScript(code, isUserGesture, callback) {
      const told = typeof isUserGesture === 'function' ? isUserGesture : callback;
      return unwatched(execute(MAIN_WORLD, [checkCode(code)], told));
    },

    executeJavaScriptInIsolatedWorld(worldId, scripts, isUserGesture, callback) {
      const told = typeof isUserGesture === 'function' ? isUserGesture : callback;
      return unwatched(
        execute(
          worldId,
          scripts.map(({ code }) => checkCode(code)),
          told,
        ),
      );
    },

    /** Names and policies of worlds: nobody sees them here. */
    setIsolatedWorldInfo() {},
  };
  for (const name of Object.keys(MISSING)) webFrame[name] = refuse(name);
  return webFrame;
};
