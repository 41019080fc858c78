'use strict';

const warned = new Set();

const page = (name) => `docs/api/${name}.md`;

/** Says once that something of Electron's is not there. */
function warnOnce(what, docs) {
  if (warned.has(what)) return;
  warned.add(what);
  process.stderr.write(`weft: warning: ${what} is not supported yet; see ${page(docs)}\n`);
}

/** Gives @target methods that throw, for those of @names that it does not have. */
function defineMissing(target, className, names, docs) {
  for (const name of names) {
    if (name in target) continue;
    Object.defineProperty(target, name, {
      configurable: true,
      writable: true,
      value: () => {
        throw new Error(`${className}.${name}() is not supported yet; see ${page(docs)}`);
      },
    });
  }
}

/** The same for properties: they throw when they are read. */
function defineMissingProperties(target, className, names, docs) {
  for (const name of names) {
    Object.defineProperty(target, name, {
      configurable: true,
      get() {
        throw new Error(`${className}.${name} is not supported yet; see ${page(docs)}`);
      },
    });
  }
}

/** Stands for a module of Electron's that is missing: it can be imported, and throws when used. */
function missingModule(name) {
  const fail = () => {
    throw new Error(`electron.${name} is not supported yet; see ${page('README')}`);
  };
  return new Proxy(function () {}, {
    apply: fail,
    construct: fail,
    set: fail,
    get: (target, key) => (typeof key === 'symbol' || key in target ? target[key] : fail()),
  });
}

module.exports = { warnOnce, defineMissing, defineMissingProperties, missingModule };
