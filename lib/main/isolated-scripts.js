'use strict';

/** Numbers of worlds: Electron's. */
const WORLD_MAX = (1 << 29) - 1;

/**
 * Checks the arguments of executeJavaScriptInIsolatedWorld().
 * @param {any} worldId
 * @param {any} scripts {code, url}[]
 * @returns {[number, string[]]} the world, and code, URL, code, URL...
 */
function isolatedScripts(worldId, scripts) {
  if (!Number.isInteger(worldId) || worldId < 0 || worldId > WORLD_MAX) {
    throw new TypeError(`executeJavaScriptInIsolatedWorld: ${worldId} is no number of a world`);
  }
  const isScript = (script) => typeof script?.code === 'string';
  if (!Array.isArray(scripts) || scripts.length === 0 || !scripts.every(isScript)) {
    throw new TypeError('executeJavaScriptInIsolatedWorld: scripts must be a list of {code, url}');
  }
  return [worldId, scripts.flatMap(({ code, url }) => [code, url ? String(url) : ''])];
}

module.exports = { isolatedScripts };
