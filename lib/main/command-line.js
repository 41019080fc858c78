'use strict';

/** Splits `--name=value`; anything else is an argument. */
function parseSwitch(argument) {
  const match = /^--([^=]+)(?:=(.*))?$/s.exec(argument);
  return match && { name: match[1].toLowerCase(), value: match[2] ?? '' };
}

/** Electron's `app.commandLine`: the app's switches, and those that it adds. */
class CommandLine {
  /** @type {Map<string, string>} */
  #switches = new Map();
  /** @type {string[]} */
  #arguments = [];

  /** @param {string[]} args the app's own arguments */
  constructor(args) {
    const end = args.indexOf('--');
    const beforeEnd = end < 0 ? args : args.slice(0, end);
    for (const argument of beforeEnd) {
      const parsed = parseSwitch(argument);
      if (parsed) this.#switches.set(parsed.name, parsed.value);
    }
  }

  appendSwitch(name, value = '') {
    this.#switches.set(String(name).toLowerCase(), String(value));
  }

  appendArgument(value) {
    this.#arguments.push(String(value));
  }

  hasSwitch(name) {
    return this.#switches.has(String(name).toLowerCase());
  }

  getSwitchValue(name) {
    return this.#switches.get(String(name).toLowerCase()) ?? '';
  }

  removeSwitch(name) {
    this.#switches.delete(String(name).toLowerCase());
  }
}

module.exports = { CommandLine };
