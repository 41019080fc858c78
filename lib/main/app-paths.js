'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const native = require('./native');

const SPECIAL = ['desktop', 'documents', 'downloads', 'music', 'pictures', 'videos'];

/** The folders of `app.getPath()`, found when they are asked for. */
class AppPaths {
  /** @type {Map<string, string>} */
  #set = new Map();
  #getName;

  /** @param {() => string} getName the app's name, which is part of userData */
  constructor(getName) {
    this.#getName = getName;
  }

  get(name) {
    const found = this.#set.get(name) ?? this.#find(name);
    if (!found) throw new Error(`Failed to get '${name}' path`);
    return found;
  }

  set(name, value) {
    if (typeof value !== 'string' || !path.isAbsolute(value)) {
      throw new Error('Path must be absolute');
    }
    if (!this.#set.has(name) && !this.#find(name)) {
      throw new Error(`Failed to set path: '${name}' is not one of Electron's names`);
    }
    fs.mkdirSync(value, { recursive: true });
    this.#set.set(name, value);
  }

  #find(name) {
    if (SPECIAL.includes(name)) return native.specialDirectory(name) ?? this.#fallback(name);
    switch (name) {
      case 'home':
        return os.homedir();
      case 'appData':
        return process.env.XDG_CONFIG_HOME || path.join(os.homedir(), '.config');
      case 'userData':
        return path.join(this.get('appData'), this.#getName());
      case 'sessionData':
        return this.get('userData');
      case 'temp':
        return os.tmpdir();
      case 'exe':
      case 'module':
        return process.execPath;
      case 'logs':
        return path.join(this.get('userData'), 'logs');
      case 'crashDumps':
        return path.join(this.get('userData'), 'Crashpad');
      default:
        return undefined;
    }
  }

  /** A home without user-dirs.dirs has only a desktop by definition; Electron then says home. */
  #fallback(name) {
    const home = os.homedir();
    return name === 'desktop' ? path.join(home, 'Desktop') : home;
  }
}

module.exports = { AppPaths };
