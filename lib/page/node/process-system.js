'use strict';

/** What a page's `process` has of Node's own, on the agent. */

const { lazy } = require('../../common/lazy');
const { systemModule } = require('./system');

const METHODS =
  `abort availableMemory chdir constrainedMemory cpuUsage cwd getActiveResourcesInfo getegid
  geteuid getgid getgroups getuid kill loadEnvFile memoryUsage resourceUsage setegid seteuid setgid
  setgroups setuid threadCpuUsage umask`.split(/\s+/);
const PROPERTIES =
  `allowedNodeEnvironmentFlags config debugPort execArgv features permission pid ppid release
  report stderr stdin stdout`.split(/\s+/);

const remote = () => systemModule('process');

/** The folder does not change: a thread has no chdir(). */
let folder = null;

/** @param {object} process of the page */
function addSystem(process) {
  for (const name of METHODS) process[name] = (...given) => remote()[name](...given);
  for (const name of PROPERTIES) lazy(process, name, () => remote()[name]);
  process.cwd = () => (folder ??= remote().cwd());
  process.memoryUsage.rss = () => remote().memoryUsage.rss();
  process.argv0 = process.argv[0];
  process.title = 'weft';
  process.exitCode = undefined;
  process.exit = process.reallyExit = () => window.close();
  process.binding = refuseBinding;
  process.dlopen = (module, file) => {
    module.exports = require('./agent').getAgent().module(file);
  };
  process.getBuiltinModule = (name) => {
    const { builtinName, loadBuiltin } = require('./builtin');
    const known = builtinName(name);
    return known === null ? undefined : loadBuiltin(known);
  };
  process.env = shareEnvironment(process.env);
  // Files are read on the agent, so it is the agent that must know.
  Object.defineProperty(process, 'noAsar', {
    get: () => remote().noAsar,
    set(value) {
      remote().noAsar = value;
    },
    enumerable: true,
    configurable: true,
  });
  window.addEventListener('pagehide', (event) => {
    if (event.isTrusted) process.emit('exit', process.exitCode ?? 0);
  });
}

function refuseBinding(name) {
  throw new Error(`No such module: ${name}`);
}

const tell = (name, value) => require('./agent').getAgent().call('setVariable', name, value);

/** Read here; what is written is also the agent's, whose child processes inherit it. */
function shareEnvironment(variables) {
  const write = (target, name, value) => {
    target[name] = `${value}`;
    tell(name, target[name]);
    return true;
  };
  return new Proxy(
    { ...variables },
    {
      __proto__: null,
      set: write,
      defineProperty: (target, name, { value }) => write(target, name, value),
      deleteProperty(target, name) {
        delete target[name];
        tell(name, null);
        return true;
      },
    },
  );
}

module.exports = { addSystem };
