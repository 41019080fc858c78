'use strict';

const context = require('./context');
const native = require('./native');
const { tellHostGone } = require('./host-gone');
const { mayHaveNode } = require('./node-policy');
const { OwnHosts } = require('./own-hosts');
const { WorkerHost } = require('./worker-host');
const { WorkerLines } = require('./worker-lines');

/** Gives a window's pages to its worker host: only those that may have Node, and only there. */
class NodeAccess {
  #preferences;
  /** The window's host. @type {WorkerHost | null} */
  #host = null;
  /** Those of single workers. @type {OwnHosts | null} */
  #ownHosts = null;
  #lines;
  #committedURL = '';
  #hasWarned = false;

  /** The page's process, in this process's numbers. */
  pagePid = 0;

  constructor(contents, preferences) {
    this.#lines = new WorkerLines(contents);
    this.#preferences = preferences;
    if (preferences.hasNode) this.#makeHosts();
    context.addToken(preferences.nodeToken, this);
    context.addToken(preferences.webToken, this);
  }

  #makeHosts() {
    const { appPath, nativeModules, nodeInWorker, nodeInPage, permissions } = this.#preferences;
    const onLine = (key, json) => this.#lines.open(key, json);
    const warm = [...(nodeInWorker ? ['worker'] : []), ...(nodeInPage ? ['agent'] : [])];
    const settings = { appPath, nativeModules, permissions, warm, onLine };
    const gone = (end) => tellHostGone(end, this.#committedURL);
    this.#host = new WorkerHost(settings, gone);
    this.#ownHosts = new OwnHosts(settings, gone);
    this.#startHost();
  }

  /** Started with the page: its first worker does not wait for it. A preload script may never ask. */
  #startHost() {
    if (this.#preferences.nodeInWorker || this.#preferences.nodeInPage) this.#host.start();
  }

  /** From context.js: a message of a page that knows one of our two tokens. */
  received(kind, token, descriptor, pid, frame) {
    this.pagePid = pid;
    const isAttach = kind === 'attach-host' || kind === 'attach-own-host';
    if (isAttach && this.#isAllowed(token)) this.#attach(kind, descriptor, frame);
    else native.closeDescriptor(descriptor);
  }

  /** A page that asks more often than its host can answer, or a host that cannot be started, must
   * not harm the app: the page sees its socket closed. */
  #attach(kind, descriptor, frame) {
    try {
      const page = this.#lines.addPage(frame);
      if (kind === 'attach-host') this.#host.attach(descriptor, page);
      else this.#ownHosts.attach(descriptor, page);
    } catch (error) {
      process.stderr.write(`weft: warning: a page has no worker host: ${error.message}\n`);
      native.closeDescriptor(descriptor);
    }
  }

  /** The view shows another document. What may not have Node does not share a moment with a host that
   * an earlier document has talked to: a page's process may have kept its socket. */
  committed(url) {
    this.#committedURL = url;
    if (!this.#host || url === 'about:blank') return;
    if (this.#mayHaveNode()) {
      this.#startHost();
      return;
    }
    this.#closeHosts();
    if (this.#preferences.nodeInWorker || this.#preferences.nodeInPage) this.#warn();
  }

  /** Where the view's document comes from, as WebKit has committed it: what rights are given for. */
  get committedURL() {
    return this.#committedURL;
  }

  /** Its threads have nobody to talk to any more; the next page gets a new host. */
  pageGone() {
    this.pagePid = 0;
    this.#closeHosts();
  }

  close() {
    context.removeToken(this.#preferences.nodeToken);
    context.removeToken(this.#preferences.webToken);
    this.#closeHosts();
  }

  #closeHosts() {
    this.#host?.close();
    this.#ownHosts?.close();
    this.#lines.close();
  }

  /** The page's process is not trusted: what it says is held against what we know ourselves. */
  #isAllowed(token) {
    if (!this.#host || token !== this.#preferences.nodeToken) return false;
    if (this.#mayHaveNode()) return true;
    this.#warn();
    return false;
  }

  #mayHaveNode() {
    return mayHaveNode(this.#committedURL, this.#preferences.nodeOrigins);
  }

  #warn() {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    process.stderr.write(
      `weft: warning: ${this.#committedURL} has no Node: list its origin in ` +
        'webPreferences.nodeOrigins (see docs/api/browser-window.md)\n'
    );
  }
}

module.exports = { NodeAccess };
