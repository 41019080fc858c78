'use strict';

const { codec, sending } = require('./codec');
const {
  dispatchInvoke,
  dispatchPosted,
  dispatchSend,
  dispatchSync,
  dispatchToHost,
} = require('./ipc-dispatch');
const { openLine } = require('./ipc-line');
const { ipcMain } = require('./ipc-main');
const { packMessage } = require('./message-port-main');
const { KINDS } = require('../common/link/kinds');
const { toPacket } = require('../common/link/packet');

/** Most lines of a page at a time; each has shared memory. Of more frames the first that came lose theirs. */
const LINES_MAX = 256;

/** In place of WebKit's id, which is another one in each process. */
const MAIN_FRAME = 0;

/** One document's line. */
class DocumentLine {
  #line;
  /** @type {import('./ipc-event').Source | null} null for a frame that nobody has heard of */
  #source;

  /** @param {(line: DocumentLine) => void} closed */
  constructor(contents, frame, key, closed) {
    // Found out once: a later document of the frame may be somebody else's.
    this.#source = this.#sourceIn(contents, frame);
    const from = (dispatch) => (...message) => {
      if (this.#source) dispatch(this.#source, ...message);
    };
    this.#line = openLine(key, {
      send: from(dispatchSend),
      invoke: from(dispatchInvoke),
      sync: from(dispatchSync),
      post: from(dispatchPosted),
      toHost: from(dispatchToHost),
      closed: () => closed(this),
    });
  }

  send(channel, args) {
    this.#line.send(channel, args);
  }

  forward(kind, packet) {
    this.#line.forward(kind, packet);
  }

  /** Delivers what has come, and no more. */
  close() {
    this.#line.drain();
    this.#line.close();
  }

  #sourceIn(contents, frameId) {
    const { frameTree, mainFrame } = contents;
    const id = frameId === MAIN_FRAME ? mainFrame.routingId : frameId;
    const frame = frameTree.find(id);
    if (!frame) return null;
    return {
      contents,
      place: frameTree.placeOf(id),
      targets: [frame.ipc, contents.ipc, ipcMain],
      send: (channel, args) => this.#line.send(channel, args),
    };
  }
}

/**
 * The lines of a webContents, one for each document with a preload script or Node: lib/page/main-line.js
 * is the other end. What is sent to a document whose line has not come yet waits for it.
 */
class DocumentLines {
  #contents;
  #expects;
  /** By WebKit's id of the frame. @type {Map<number, DocumentLine>} */
  #lines = new Map();
  /** Of documents that are no longer shown. @type {Set<DocumentLine>} */
  #leaving = new Set();
  /** What waits for a line, by the frame's id. @type {Map<number, {kind: number, packet: object}[]>} */
  #waiting = new Map();
  #hadDocument = false;
  /** A document without a line by now has none. */
  #isSettled = false;

  /**
   * @param {object} contents
   * @param {(isSubframe: boolean) => boolean} expects whether such a document will have a line
   */
  constructor(contents, expects) {
    this.#contents = contents;
    this.#expects = expects;
  }

  /**
   * From a page's process, which may say anything.
   * @param {number} key of the channel @param {number} frame WebKit's id @param {boolean} isMain
   */
  opened(key, frame, isMain) {
    const id = isMain ? MAIN_FRAME : frame;
    this.#leave(id);
    if (this.#lines.size >= LINES_MAX) this.#leave(this.#lines.keys().next().value);
    const line = new DocumentLine(this.#contents, id, key, (closed) => this.#closed(id, closed));
    this.#lines.set(id, line);
    const waiting = this.#waiting.get(id) ?? [];
    this.#waiting.delete(id);
    for (const { kind, packet } of waiting) line.forward(kind, packet);
  }

  /**
   * @param {number} frame WebKit's id, or 0 for the main frame
   * @param {string} channel @param {any[]} args
   */
  send(frame, channel, args) {
    const line = this.#lines.get(frame);
    sending(() => {
      if (line) line.send(channel, args);
      else this.#wait(frame, KINDS.IPC_SEND, toPacket(codec, [channel, args]));
    });
  }

  /** @param {number} frame @param {string} channel @param {any} message @param {any[]} transfer */
  post(frame, channel, message, transfer) {
    const packet = packMessage([channel, message], transfer);
    const line = this.#lines.get(frame);
    if (line) line.forward(KINDS.MESSAGE, packet);
    else this.#wait(frame, KINDS.MESSAGE, packet);
  }

  /** The document is there, and all that opens a line has run. */
  settle() {
    this.#isSettled = true;
    this.#forgetWaiting();
  }

  /** The main frame is about to have another document, or has lost its process. */
  leaveAll() {
    for (const line of this.#leaving) line.close();
    this.#leaving.clear();
    for (const id of [...this.#lines.keys()]) this.#leave(id);
    // The first document gets what was sent before there was any.
    if (this.#hadDocument) this.#forgetWaiting();
    this.#hadDocument = true;
    this.#isSettled = false;
  }

  /** There will be no document any more. */
  closeAll() {
    this.leaveAll();
    for (const line of this.#leaving) line.close();
    this.#leaving.clear();
    this.#forgetWaiting();
    this.#expects = () => false;
  }

  #wait(frame, kind, packet) {
    if ((this.#isSettled && frame === MAIN_FRAME) || !this.#expects(frame !== MAIN_FRAME)) {
      closePorts(packet);
      return;
    }
    const waiting = this.#waiting.get(frame) ?? [];
    waiting.push({ kind, packet });
    this.#waiting.set(frame, waiting);
  }

  #forgetWaiting() {
    for (const waiting of this.#waiting.values()) {
      for (const { packet } of waiting) closePorts(packet);
    }
    this.#waiting.clear();
  }

  /** Its last messages may be in the channel; it closes when its document does. */
  #leave(id) {
    const line = this.#lines.get(id);
    if (!line) return;
    this.#lines.delete(id);
    this.#leaving.add(line);
  }

  #closed(id, line) {
    if (this.#lines.get(id) === line) this.#lines.delete(id);
    this.#leaving.delete(line);
  }
}

/** A message that nobody will get. */
function closePorts({ ports }) {
  for (const port of Array.from(ports)) port.close();
}

module.exports = { DocumentLines, MAIN_FRAME };
