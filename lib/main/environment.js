'use strict';

const { StartError } = require('./start-error');
const options = require('./start-options');

/** Variables that are ours and WebKit's, not the app's. */
const ours = new Set();

/** WebKit's switches, once they are set, are only for its own processes. */
function prepare(native) {
  const before = new Set(Object.keys(process.env));
  native.prepareEnvironment();
  if (options.noSandbox) native.disableSandbox();
  for (const name of Object.keys(process.env)) if (!before.has(name)) ours.add(name);
}

/** The web processes are sandboxed, or the user has said that they need not be. */
function checkSandbox(native) {
  if (options.noSandbox) {
    process.stderr.write('weft: warning: --no-sandbox: pages run without the OS sandbox\n');
    return;
  }
  const said = native.probeSandbox();
  if (said === null) return;
  throw new StartError(
    `the sandbox of pages needs bubblewrap with user namespaces (it said: ${said}); install ` +
      'bubblewrap, or set the sysctls kernel.unprivileged_userns_clone=1 and ' +
      'user.max_user_namespaces>0, or run with --no-sandbox'
  );
}

function openDisplay(native, name) {
  if (native.openDisplay(name)) return;
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  const display = WAYLAND_DISPLAY ?? DISPLAY;
  throw new StartError(
    display
      ? `the display ${display} cannot be opened; set DISPLAY to one that is there, or run with --headless`
      : 'there is no display; set DISPLAY, or run with --headless'
  );
}

/** @returns {string[]} the app's environment, as KEY=value, for processes that are not WebKit's */
function appEnvironment() {
  return Object.entries(process.env)
    .filter(([name]) => !ours.has(name))
    .map(([name, value]) => `${name}=${value}`);
}

module.exports = { prepare, checkSandbox, openDisplay, appEnvironment };
