'use strict';

const { version } = require('../../package.json');
const native = require('./native');
const paths = require('./paths');

/**
 * What unmodified apps read as `process.versions.electron` and `chrome` in a page: the Electron whose
 * interface this is, and the Chromium of that line. They say what to expect, not what runs.
 */
const COMPATIBLE = Object.freeze({ electron: '45.4.1', chrome: '154.0.0.0' });

/**
 * The static facts of `process` in a page or preload script.
 * @param {{ appPath: string, sandboxed: boolean, contextIsolated: boolean }} window
 */
function processFacts({ appPath, sandboxed, contextIsolated }) {
  const { node, ...others } = process.versions;
  return {
    versions: { node, ...others, weft: version, webkit: native.webkitVersion(), ...COMPATIBLE },
    version: process.version,
    platform: process.platform,
    arch: process.arch,
    argv: [process.execPath, '--type=renderer', `--app-path=${appPath}`],
    execPath: process.execPath,
    env: { ...process.env },
    resourcesPath: paths.root,
    defaultApp: true,
    sandboxed,
    contextIsolated,
    type: 'renderer',
  };
}

module.exports = { processFacts };
