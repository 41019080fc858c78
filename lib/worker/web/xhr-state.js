'use strict';

/**
 * What goes on behind one XMLHttpRequest: its state, what was asked, what has come, and the events that
 * follow from it.
 */

const { Exchange } = require('./xhr-exchange');
const { lengthOf } = require('./xhr-headers');
const { fireProgress } = require('./progress-event');
const { ReceivedBody } = require('./xhr-response');

const STATES = { UNSENT: 0, OPENED: 1, HEADERS_RECEIVED: 2, LOADING: 3, DONE: 4 };
const PROGRESS_INTERVAL_MS = 50;

const NO_HEAD = { url: '', status: 0, statusText: '', headers: [] };

/** Errors that send() throws when it is synchronous. */
const SYNC_ERRORS = { error: 'NetworkError', timeout: 'TimeoutError' };

const { clearTimeout, setTimeout } = globalThis;

class XHRState {
  state = STATES.UNSENT;
  request = null;
  isSending = false;
  head = NO_HEAD;
  body = new ReceivedBody();
  /** 'abort', 'error' or 'timeout', once it is over so. */
  failure = null;
  timeout = 0;
  #target;
  #upload;
  #isAsync = true;
  #isUploading = false;
  #exchange = null;
  #timer = null;
  #sentAt = 0;
  #lastProgress = 0;

  /** @param {EventTarget} target @param {EventTarget} upload */
  constructor(target, upload) {
    this.#target = target;
    this.#upload = upload;
  }

  /** @param {{url: string, method: string, headers: [string, string][]}} request */
  open(request, isAsync) {
    this.#stop();
    this.request = request;
    this.#isAsync = isAsync;
    this.#reset();
    if (this.state !== STATES.OPENED) this.#setState(STATES.OPENED);
  }

  send(body) {
    this.isSending = true;
    this.#exchange = new Exchange(this.#observer());
    if (this.#isAsync) this.#sendAsync(body);
    else this.#sendSync(body);
  }

  abort() {
    const wasSending = this.isSending && this.state !== STATES.DONE;
    this.#stop();
    if (wasSending) this.#failed('abort');
    if (this.state !== STATES.DONE) return;
    this.state = STATES.UNSENT;
    this.#reset();
  }

  setTimeout(milliseconds) {
    this.timeout = milliseconds;
    if (this.isSending && this.#isAsync) this.#startTimer();
  }

  #sendAsync(body) {
    this.#isUploading = body !== null;
    fireProgress(this.#target, 'loadstart');
    if (this.#isUploading) fireProgress(this.#upload, 'loadstart');
    if (this.state !== STATES.OPENED || !this.isSending) return; // a listener has aborted it
    this.#sentAt = Date.now();
    this.#startTimer();
    this.#exchange.run(this.request, body);
  }

  #sendSync(body) {
    this.#exchange.runSync(this.request, body, this.timeout);
    if (!this.failure) return;
    const text = `Failed to execute 'send' on 'XMLHttpRequest': Failed to load '${this.request.url}'.`;
    throw new DOMException(text, SYNC_ERRORS[this.failure]);
  }

  /** @returns {import('./xhr-exchange').Observer} */
  #observer() {
    return {
      sent: (size) => this.#uploaded(size),
      head: (head) => {
        this.head = head;
        if (this.#isAsync) this.#setState(STATES.HEADERS_RECEIVED);
      },
      chunk: (chunk) => this.#received(chunk),
      end: () => this.#ended(),
      failed: (kind) => this.#failed(kind),
    };
  }

  #uploaded(size) {
    if (!this.#isUploading) return;
    this.#isUploading = false;
    for (const type of ['progress', 'load', 'loadend'])
      fireProgress(this.#upload, type, size, size);
  }

  #received(chunk) {
    this.body.add(chunk);
    if (!this.#isAsync) return;
    if (this.state === STATES.HEADERS_RECEIVED) this.state = STATES.LOADING;
    const now = Date.now();
    if (now - this.#lastProgress < PROGRESS_INTERVAL_MS) return;
    this.#lastProgress = now;
    this.#target.dispatchEvent(new Event('readystatechange'));
    this.#fire('progress');
  }

  #ended() {
    clearTimeout(this.#timer);
    if (this.#isAsync) this.#fire('progress');
    this.isSending = false;
    this.#setState(STATES.DONE);
    if (this.state !== STATES.DONE) return; // a listener has opened it anew
    this.#fire('load');
    this.#fire('loadend');
  }

  #failed(kind) {
    clearTimeout(this.#timer);
    this.failure = kind;
    this.isSending = false;
    this.head = NO_HEAD;
    this.body = new ReceivedBody();
    if (!this.#isAsync) {
      this.state = STATES.DONE;
      return;
    }
    this.#setState(STATES.DONE);
    const targets = this.#isUploading ? [this.#upload, this.#target] : [this.#target];
    this.#isUploading = false;
    for (const target of targets) for (const type of [kind, 'loadend']) fireProgress(target, type);
  }

  #fire(type) {
    fireProgress(this.#target, type, this.body.size, lengthOf(this.head.headers));
  }

  #setState(state) {
    this.state = state;
    this.#target.dispatchEvent(new Event('readystatechange'));
  }

  #startTimer() {
    clearTimeout(this.#timer);
    if (this.timeout === 0) return;
    const rest = Math.max(0, this.#sentAt + this.timeout - Date.now());
    this.#timer = setTimeout(() => this.#exchange?.timeOut(), rest);
  }

  /** Ends what is going on, silently. */
  #stop() {
    clearTimeout(this.#timer);
    this.#exchange?.abort();
    this.#exchange = null;
  }

  #reset() {
    this.isSending = false;
    this.head = NO_HEAD;
    this.body = new ReceivedBody();
    this.failure = null;
    this.#lastProgress = 0;
  }
}

module.exports = { STATES, XHRState };
