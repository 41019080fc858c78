'use strict';

const { codec } = require('./codec');

/** Scripts of executeJavaScript() that the page has not answered yet. */
class PageScripts {
  /** @type {Set<(reason: string) => void>} */
  #pending = new Set();

  /**
   * @param {number} frame WebKit's id, or 0 for the main frame
   * @param {string[]} scripts code, URL, code, URL...
   * @returns {Promise<any>} what the last expression of the first gives
   */
  execute(view, frame, world, scripts) {
    const { promise, resolve, reject } = Promise.withResolvers();
    const fail = (reason) => reject(new Error(`executeJavaScript: ${reason}`));
    this.#pending.add(fail);
    view.execute(frame, world, scripts, (kind, ...values) => {
      this.#pending.delete(fail);
      if (kind === 'error') fail(values[0]);
      else settle(values, resolve, reject);
    });
    return promise;
  }

  /** The page has gone. WebKit says so too, but it may take seconds. */
  fail(reason) {
    for (const fail of this.#pending) fail(reason);
    this.#pending.clear();
  }
}

/** JavaScriptCore's stacks do not begin with the error itself, which Node prints no other way. */
function withHeader(thrown) {
  if (!(thrown instanceof Error)) return thrown;
  const header = `${thrown.name}: ${thrown.message}`;
  const stack = String(thrown.stack ?? '');
  if (!stack.startsWith(header)) thrown.stack = `${header}\n${stack.replace(/^(?=.)/gm, '    at ')}`;
  return thrown;
}

/** The page is not trusted: its bytes may be anything. */
function settle([ok, bytes], resolve, reject) {
  try {
    const value = codec.deserialize(bytes);
    if (ok) resolve(value);
    else reject(withHeader(value));
  } catch (error) {
    reject(error);
  }
}

module.exports = { PageScripts };
