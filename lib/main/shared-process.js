'use strict';

const { mayHaveNode } = require('./node-policy');
const { preferencesOf } = require('./live-preferences');

/**
 * Which pages may be in one web process, as they must be to know each other (`window.opener`). Not where
 * one of them may have Node and the other comes from elsewhere: a hole in WebKit must not lead from a page
 * of the web to Node.
 */

/** Contents that have opened each other. @type {WeakMap<object, Set<object>>} */
const families = new WeakMap();

/**
 * @param {import('./preferences').Preferences} one
 * @param {import('./preferences').Preferences} other
 * @param {string[]} addresses of both
 */
function mayShareProcess(one, other, addresses) {
  if (!one.hasNode && !other.hasNode) return true;
  const origins = [...one.nodeOrigins, ...other.nodeOrigins];
  return addresses.every(
    (address) => address === '' || address === 'about:blank' || mayHaveNode(address, origins),
  );
}

/** The two are in one process from here on. */
function joinFamily(opener, child) {
  const family = families.get(opener) ?? new Set([opener]);
  families.set(opener, family.add(child));
  families.set(child, family);
}

/**
 * Whether this process may load @url for a page that opens a window, where WebKit would refuse: files are for
 * pages of files. Of a link WebKit has asked that before.
 * @param {boolean} isMain the main frame opens it; else it may be any frame
 */
function mayOpen(contents, url, isMain) {
  if (!URL.canParse(url) || new URL(url).protocol !== 'file:') return true;
  const frames = isMain ? [contents.mainFrame] : contents.mainFrame.framesInSubtree;
  return frames.every(({ origin }) => origin === 'file://');
}

function sharesNow(contents, other) {
  const [one, two] = [contents.getOSProcessId(), other.getOSProcessId()];
  return one === 0 || two === 0 || one === two; // 0: its page has not said so yet
}

/** Whether a page at @url must not be shown where the contents' page is now. */
function mustLeave(contents, url) {
  const others = [...(families.get(contents) ?? [])].filter(
    (other) => other !== contents && !other.isDestroyed() && sharesNow(contents, other),
  );
  const own = preferencesOf(contents);
  return others.some((other) => {
    const addresses = [url, other.getURL(), other.mainFrame.url ?? ''];
    return !mayShareProcess(own, preferencesOf(other), addresses);
  });
}

module.exports = { joinFamily, mayOpen, mayShareProcess, mustLeave };
