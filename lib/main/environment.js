'use strict';

const { StartError } = require('./start-error');
const paths = require('./paths');
const options = require('./start-options');

/** Variables that are ours and WebKit's, with what the app sees instead. @type {Map<string, string | undefined>} */
const ours = new Map();

/** WebKit's switches must stay set, for the processes that it starts; the app, and the processes
 * that the app starts, do not see them. */
function hideOurs() {
  const real = process.env;
  const isHidden = (name) => ours.has(name) && ours.get(name) === undefined;
  process.env = new Proxy(real, {
    get: (target, name) => (ours.has(name) ? ours.get(name) : target[name]),
    has: (target, name) => !isHidden(name) && name in target,
    ownKeys: (target) => Reflect.ownKeys(target).filter((name) => !isHidden(name)),
    getOwnPropertyDescriptor(target, name) {
      if (isHidden(name)) return undefined;
      const descriptor = Reflect.getOwnPropertyDescriptor(target, name);
      if (ours.has(name)) descriptor.value = ours.get(name);
      return descriptor;
    },
    set(target, name, value) {
      ours.delete(name); // the app wants it so
      target[name] = value;
      return true;
    },
    deleteProperty: (target, name) => ours.has(name) || delete target[name],
  });
}

function prepare(native) {
  const before = { ...process.env };
  native.prepareEnvironment(paths.vfsDirectory, !options.noAsarIntegrity);
  if (options.noSandbox) native.disableSandbox();
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== before[name]) ours.set(name, before[name]);
  }
  hideOurs();
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
  return Object.entries(process.env).map(([name, value]) => `${name}=${value}`);
}

module.exports = { prepare, checkSandbox, openDisplay, appEnvironment };
