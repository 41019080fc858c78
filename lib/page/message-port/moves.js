'use strict';

/**
 * Ports of the page that go from one worker to another (lib/worker/message-port/move.js): between
 * PORT_MOVED and PORT_CLAIM they have no owner, and their bridge keeps what is posted.
 */

const P = require('../../common/structured-clone/primordials');
const { KINDS } = require('../../common/link/kinds');

/** By key. */
const moving = P.newSafeMap();
/** Keys of ports that are gone. */
const refused = P.newSafeMap();

/** A worker has given a port away. */
function moved(bridges, id, key) {
  const bridge = bridges.find(id);
  if (refused.get(key)) bridge?.close();
  else if (bridge === undefined) refused.set(key, true);
  else if (bridge.move()) moving.set(key, bridge);
}

/** Another worker has it. */
function claimed(bridges, id, { key, isOrphan }) {
  const bridge = moving.get(key);
  if (bridge !== undefined) {
    moving.delete(key);
    bridges.adopt(id, bridge);
    return;
  }
  if (isOrphan) refused.set(key, true);
  bridges.link.send(KINDS.PORT_CLOSED, id, undefined);
}

/** @param {import('./bridges').PortBridges} bridges */
function serveMoves(bridges) {
  bridges.link.handle(KINDS.PORT_MOVED, (id, value) => moved(bridges, id, value.key));
  bridges.link.handle(KINDS.PORT_CLAIM, (id, value) => claimed(bridges, id, value));
}

/** A port whose new owner was gone before it asked. @returns {import('./bridge').PortBridge | undefined} */
function findMoving(value) {
  const bridge = value === undefined ? undefined : moving.get(value.key);
  if (bridge !== undefined) moving.delete(value.key);
  return bridge;
}

module.exports = { findMoving, serveMoves };
