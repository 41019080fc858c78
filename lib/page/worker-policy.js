'use strict';

/**
 * Whether the page's Content-Security-Policy (worker-src, child-src, script-src, default-src) refuses a
 * worker's script. WebKit tells nobody what the policy is, but its own Worker throws for what it
 * refuses, and reports it to the page; one that is not refused is ended before it has loaded anything.
 *
 * An address of http(s): or of an app's protocol would be asked for once more than needed, so those are
 * tried only where the document itself has a policy in it.
 */

const { document, location } = window;
const NativeWorker = window.Worker;
const uncurry = (method) => Function.prototype.call.bind(method);
const terminate = uncurry(NativeWorker.prototype.terminate);
const querySelector = uncurry(Document.prototype.querySelector);
const { construct } = Reflect;

const POLICY = 'meta[http-equiv="content-security-policy" i]';

function mayHavePolicy(protocol) {
  if (querySelector(document, POLICY) !== null) return true;
  return location.protocol !== 'file:' && (protocol === 'blob:' || protocol === 'data:');
}

/** @param {string} href @param {string} protocol of the script's address */
exports.isRefused = function isRefused(href, protocol) {
  if (!mayHavePolicy(protocol)) return false;
  try {
    terminate(construct(NativeWorker, [href]));
    return false;
  } catch {
    return true;
  }
};
