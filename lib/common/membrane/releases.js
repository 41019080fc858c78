'use strict';

/** What has been collected here, told together. */

const P = require('../structured-clone/primordials');
const { soon } = require('./promises');
const { NOTE } = require('./words');

class Releases {
  #tell;
  #message = null;

  /** @param {(message: number[]) => void} tell */
  constructor(tell) {
    this.#tell = tell;
  }

  /** @param {number} id @param {number} count how often it had come */
  add(id, count) {
    if (this.#message === null) {
      this.#message = [NOTE.RELEASE];
      soon(() => this.#send());
    }
    P.createDataProperty(this.#message, this.#message.length, id);
    P.createDataProperty(this.#message, this.#message.length, count);
  }

  #send() {
    const message = this.#message;
    this.#message = null;
    this.#tell(message);
  }
}

module.exports = { Releases };
