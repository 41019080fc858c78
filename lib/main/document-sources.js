'use strict';

/**
 * The scripts with which the documents of related views begin: views whose pages have opened each other
 * share what WebKit calls their content manager. Each script is for one of them, named by its page.
 *
 * WebKit may show a page in another process, where it has a number that nobody knows until it is shown. If
 * the response for the main frame of only one view has come, such a page is that view's. Else it has nothing
 * of ours, rather than another's.
 */
class DocumentSources {
  /** @type {Map<object, { source: string, allFrames: boolean } | null>} by view */
  #scripts = new Map();
  /** Views that are about to show what has come. @type {Set<object>} */
  #arriving = new Set();
  /** What the views have now. */
  #written = '';

  /**
   * The view's next document begins with this, or with nothing of ours.
   * @param {object} view
   * @param {{ source: string, allFrames: boolean } | null} script
   */
  set(view, script) {
    this.#scripts.set(view, script);
    this.#write(view);
  }

  /** The next document of its main frame has come; WebKit asks whether to show it. */
  arriving(view) {
    this.#arriving.add(view);
    this.#write(view);
  }

  /** It is shown, or has failed. */
  arrived(view) {
    if (this.#arriving.delete(view)) this.#write(view);
  }

  delete(view) {
    this.#scripts.delete(view);
    this.#arriving.delete(view);
  }

  #write(view) {
    const all = [...this.#scripts]
      .filter(([, script]) => script !== null)
      .map(([one, { source, allFrames }]) => ({ source: this.#guard(one) + source, allFrames }));
    const text = JSON.stringify(all);
    if (text === this.#written) return;
    this.#written = text;
    view.setScripts(all);
  }

  /** Only in pages of this view; whose own has been run, it has no `weft` any more. */
  #guard(view) {
    if (this.#scripts.size === 1) return '';
    const isOwn = `globalThis.weft?.page === ${view.getPageId()}`;
    if (this.#arriving.size > 1 || !this.#arriving.has(view)) return `if (${isOwn}) `;
    const known = [...this.#scripts.keys()].map((one) => one.getPageId());
    return `if (globalThis.weft && (${isOwn} || !${JSON.stringify(known)}.includes(weft.page))) `;
  }
}

/** @type {WeakMap<object, DocumentSources>} by view */
const all = new WeakMap();

/** @param {object} view @param {object} [opener] the view to which it is related */
function sourcesFor(view, opener) {
  const sources = (opener && all.get(opener)) ?? new DocumentSources();
  all.set(view, sources);
  sources.set(view, null);
  return sources;
}

module.exports = { sourcesFor };
