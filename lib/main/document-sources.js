'use strict';

/**
 * The scripts with which the documents of related views begin: views whose pages have opened each other
 * share what WebKit calls their content manager. Each script is for one of them, named by its page.
 *
 * A page that WebKit moves to another process gets another number, and would find no script. It moves
 * none whose window has an opener, or has opened another; and a page without script has nothing of ours.
 */
class DocumentSources {
  /** @type {Map<object, { source: string, allFrames: boolean } | null>} by view */
  #scripts = new Map();
  /** What the views have now. */
  #written = '';

  /** The view's next document begins with this, or with nothing of ours. */
  set(view, script) {
    this.#scripts.set(view, script);
    const isOnly = this.#scripts.size === 1;
    const all = [...this.#scripts]
      .filter(([, one]) => one !== null)
      .map(([one, { source, allFrames }]) => ({
        source: isOnly ? source : `if (weft.page === ${one.getPageId()}) ${source}`,
        allFrames,
      }));
    const text = JSON.stringify(all);
    if (text === this.#written) return;
    this.#written = text;
    view.setScripts(all);
  }

  delete(view) {
    this.#scripts.delete(view);
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
