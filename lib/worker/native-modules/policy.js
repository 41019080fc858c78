'use strict';

/**
 * How a worker loads a native module: by the app's word (webPreferences.nativeModules), else as the
 * facts about the file say (src/addon/policy.c).
 */

const { Rules } = require('./rules');

const OPTION = 'webPreferences.nativeModules';

/** Node takes such a module once a process, so it can't be shared. */
const ONCE_A_PROCESS = 'v8-constructor';

const NO_SETTINGS = { default: 'private', modules: {} };

/** @typedef {'private' | 'share' | 'deep' | 'deny'} Mode */
/** @typedef {{ mode: Mode, why: string }} Decision */
/**
 * What src/addon/inspect.h says of a file, and the mode by default.
 * @typedef {{ kind: string, database: string | null, mode: Mode, why: string }} Facts
 */

/**
 * As lib/main/native-module-settings.js has checked them.
 * @typedef {{ default: 'private' | 'share' | 'deny', modules: Record<string, Mode> }} Settings
 */

/**
 * @param {Settings} [settings]
 * @param {string} [appPath] what relative paths in them mean
 */
function createPolicy(settings = NO_SETTINGS, appPath = '/') {
  const hasRules = Object.keys(settings.modules).length > 0;
  /** Made for the first module: most workers load none. @type {Rules | null} */
  let rules = null;

  /** @returns {{ mode: Mode, by: string } | null} what the app says of a file */
  function told(file, requirer) {
    if (hasRules) {
      rules ??= new Rules(settings.modules, appPath);
      const rule = rules.find(file, requirer);
      if (rule)
        return { mode: /** @type {Mode} */ (rule.mode), by: `${OPTION}.modules['${rule.key}']` };
    }
    // 'private' is what we do anyway, with the exceptions that the facts ask for.
    if (settings.default === 'private') return null;
    return { mode: settings.default, by: `${OPTION}.default` };
  }

  /**
   * Why a file may not be loaded at all; to be asked before anyone looks into the file.
   * @param {string} file its real path
   * @param {string} [requirer] the file of the module that requires it
   * @returns {string | null} a clause
   */
  function refusal(file, requirer) {
    const word = told(file, requirer);
    return word?.mode === 'deny' ? `${word.by} is 'deny'` : null;
  }

  /**
   * @param {string} file its real path
   * @param {string | undefined} requirer the file of the module that requires it
   * @param {Facts} facts
   * @returns {Decision}
   */
  function decide(file, requirer, facts) {
    const word = told(file, requirer);
    if (!word) return { mode: facts.mode, why: facts.why };
    const why = `${word.by} is '${word.mode}'`;
    if (word.mode === 'share' && facts.kind === ONCE_A_PROCESS) {
      return {
        mode: 'private',
        why: `${why}, but Node takes this module once a process: ${facts.why}`,
      };
    }
    const isCopied = word.mode === 'private' || word.mode === 'deep';
    if (isCopied && facts.database) {
      return { mode: word.mode, why: `${why}. Careful: ${facts.why}` };
    }
    return { mode: word.mode, why };
  }

  return { refusal, decide };
}

module.exports = { createPolicy };
