'use strict';

/**
 * Answers what a worker asks its page to read (lib/worker/loader/page.js): the isolated world reads it
 * (load.js), here it becomes a message.
 */

const { KINDS } = require('../common/link/kinds');

const { Uint8Array } = globalThis;
const { parse, stringify } = JSON;
const uncurry = (method) => Function.prototype.call.bind(method);
const prototype = Object.getPrototypeOf(Uint8Array.prototype);
const setBytes = uncurry(prototype.set);
const bufferOf = uncurry(Object.getOwnPropertyDescriptor(prototype, 'buffer').get);

/** A copy of this world's: the other world's buffers have other prototypes. */
function copyBuffer(buffer) {
  const bytes = new Uint8Array(buffer);
  const copy = new Uint8Array(bytes.length);
  setBytes(copy, bytes);
  return bufferOf(copy);
}

/** @param {import('../common/link').Link} link */
exports.answerRequests = function answerRequests(link) {
  link.handle(KINDS.REQUEST, (id, request) => {
    const { url, method, headers, body } = request;
    const answer = (value, transfer) => link.send(KINDS.ANSWER, id, value, transfer, 'weft');
    const done = (error, status, statusText, finalURL, received, bytes) => {
      if (error !== null) {
        answer({ __proto__: null, error });
        return;
      }
      const copy = copyBuffer(bytes);
      const headersRead = parse(received);
      answer({ status, statusText, url: finalURL, headers: headersRead, body: copy }, [copy]);
    };
    binding.load(`${url}`, `${method}`, stringify(headers), body, done);
  });
};
