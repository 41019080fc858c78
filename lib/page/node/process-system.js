'use strict';

/** What a page's `process` has of Node's own, on the agent. */

const { lazy } = require('./lazy');
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
  window.addEventListener('pagehide', (event) => {
    if (event.isTrusted) process.emit('exit', process.exitCode ?? 0);
  });
}

function refuseBinding(name) {
  throw new Error(`No such module: ${name}`);
}

/** Read here; what is written is also the agent's, whose child processes inherit it. */
function shareEnvironment(variables) {
  const values = { ...variables };
  return new Proxy(values, {
    __proto__: null,
    set(target, name, value) {
      target[name] = `${value}`;
      remote().env[name] = `${value}`;
      return true;
    },
    deleteProperty(target, name) {
      delete target[name];
      delete remote().env[name];
      return true;
    },
    defineProperty(target, name, { value }) {
      target[name] = `${value}`;
      remote().env[name] = `${value}`;
      return true;
    },
  });
}

module.exports = { addSystem };
