'use strict';

const startOptions = require('./start-options');
const { allowedInPage } = require('./node-policy');
const { processFacts } = require('./process-facts');

/**
 * What our JavaScript in a document is told, in each of its worlds an object of its own. None of it
 * gives anything: what a page may have is decided again in main for each socket (node-access.js).
 *
 * @typedef {object} DocumentOptions
 * @property {boolean} nodeIntegrationInWorker its workers have Node
 * @property {boolean} nodeInPage page script has `require`: nodeIntegration without contextIsolation
 * @property {boolean} nodeInPreload the preload script has all of Node
 * @property {boolean} contextIsolation the preload script has a world of its own
 * @property {boolean} sandbox in Electron's sense: no Node, and a limited require in the preload script
 * @property {boolean} isSubframe
 * @property {{ path: string, source: string } | null} preload
 * @property {string} appPath
 * @property {boolean} enableLogging
 * @property {object} [process] of process-facts.js, with a preload script or Node in the page
 */

/** A document in a CSP sandbox is nobody's, wherever it comes from. */
const HAS_ORIGIN = `origin !== 'null'`;

/** A subframe may have Node only where every frame around it may have it too. */
const AROUND = `[...location.ancestorOrigins].every((one) =>
    one === 'file://' || one !== 'null' && mayHaveNode(new URL(one)))`;

/** JSON of two objects as that of one. */
const joined = (one, other) => `'{' + ${JSON.stringify(one)} + ',' + ${other} + '}'`;
const members = (object) => JSON.stringify(object).slice(1, -1);

/** What is the same in all documents of the window. */
function sharedOptions(preferences) {
  const { appPath, contextIsolation, isSandboxed: sandbox, preload } = preferences;
  const shared = { contextIsolation, sandbox, preload, appPath };
  shared.enableLogging = startOptions.logging;
  if (preload || preferences.nodeInPage) {
    const window = { appPath, sandboxed: sandbox, contextIsolated: contextIsolation };
    shared.process = processFacts(window);
  }
  return shared;
}

/** What depends on where a document comes from, and on its frame. */
function ownOptions(preferences, withNode, isSubframe) {
  return {
    isSubframe,
    nodeIntegrationInWorker: withNode && preferences.nodeInWorker,
    nodeInPage: withNode && preferences.nodeInPage,
    nodeInPreload: withNode && preferences.nodeInPreload,
  };
}

/**
 * The script that configures the page extension in each document, before any script of the page. It runs
 * in a world that the page can't see. A document that may not have Node gets the other token.
 *
 * @param {import('./preferences').Preferences} preferences
 * @returns {{ source: string, allFrames: boolean }}
 */
function documentScript(preferences) {
  const { hasNode, nodeToken, webToken, nodeOrigins, nodeInSubFrames } = preferences;
  const configure = (token, withNode, isSubframe) => {
    const own = members(ownOptions(preferences, withNode, isSubframe));
    return `weft.configure(${JSON.stringify(token)}, ${joined(own, 'shared')})`;
  };
  const choose = (isSubframe) =>
    hasNode
      ? `if (isOurs) ${configure(nodeToken, true, isSubframe)};
    else ${configure(webToken, false, isSubframe)};`
      : `${configure(webToken, false, isSubframe)};`;
  const source = `(() => {
    const mayHaveNode = ${allowedInPage(nodeOrigins)};
    const isOurs = ${HAS_ORIGIN} && mayHaveNode(location) && ${AROUND};
    const shared = ${JSON.stringify(members(sharedOptions(preferences)))};
    if (window === top) { ${choose(false)} }
    ${nodeInSubFrames ? `else { ${choose(true)} }` : ''}
  })()`;
  return { source, allFrames: nodeInSubFrames };
}

module.exports = { documentScript };
