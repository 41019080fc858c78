'use strict';

/**
 * Ports whose other end is in the page, or came from there (lib/page/message-port/bridge.js): the link carries
 * their messages under an id. The page numbers those it gives away odd, a worker even.
 *
 * When both ends of a channel are at workers, the page says so by PORT_RELEASE, with a key that both
 * get: switch.js.
 */

const { KINDS } = require('../../common/link/kinds');
const { PortEnd, dropPacket } = require('./end');
const { LinkRoute, giveEnd } = require('./link-route');
const { makePort, takeEnd } = require('../message-port');
const { Relay, makeKey, relays, startMove } = require('./move');
const { SwitchRoute } = require('./switch');
const { ThreadRoute, movers } = require('./thread');

let nextId = 2;
/** Of ends whose other end the page has. @type {import('./link-route').Registry} */
const page = { link: null, ends: new Map() };
const { ends } = page;
/** Those that the page was asked for, by id. @type {Map<number, {claimed(): void}>} */
const claims = new Map();

/**
 * What move.js needs of the link.
 * @typedef {typeof links} Links
 */
const links = {
  send: (kind, id, value) => page.link.send(kind, id, value, undefined, 'weft'),
  makeRoute: (id) => new LinkRoute(page, id),

  /** Asks the page for a port that another worker has given up. @returns {number} its id from now on */
  claim(route, end, value) {
    const id = takeId();
    ends.set(id, end);
    claims.set(id, route);
    links.send(KINDS.PORT_CLAIM, id, value);
    return id;
  },
};

movers.arrive = (end, key, thread) => startMove(links, end, key, thread);
movers.leave = (route, thread) => {
  if (!isToPage(route)) return '';
  const key = makeKey();
  new Relay(links, route.id, key, thread);
  return key;
};

const isToPage = (route) => route instanceof LinkRoute && route.isOf(page);

function takeId() {
  const id = nextId;
  nextId += 2;
  return id;
}

/** Gives a port to the page. @param {object} port @returns {number} its id there */
function carryPort(port) {
  const end = takeEnd(port);
  const { route } = end;
  const id = takeId();
  giveEnd(page, id, end);
  if (route instanceof ThreadRoute) {
    const key = makeKey();
    new Relay(links, id, key, route);
    route.sendControl({ control: 'move', key });
  }
  return id;
}

/** A port that the page gave. @param {number} id @returns {object} */
function takePort(id) {
  const isValid = id % 2 === 1 && !ends.has(id);
  return makePort(new PortEnd(isValid ? new LinkRoute(page, id) : null));
}

function closed(id) {
  const end = ends.get(id);
  ends.delete(id);
  claims.delete(id);
  relays.get(id)?.closed();
  end?.over();
}

/** The page has said that the other end is at a worker. */
function release(id, message) {
  const relay = relays.get(id);
  if (relay && !relay.release(() => release(id, message))) return;
  const end = ends.get(id);
  const key = message?.peer;
  if (typeof key !== 'string' || !isToPage(end?.route)) return;
  page.link.send(KINDS.PORT_RELEASED, id, undefined);
  end.reroute(new SwitchRoute(end, key, () => ends.delete(id)));
}

/** The page's last message for the port has come. */
function ended(id) {
  const route = ends.get(id)?.route;
  if (route instanceof SwitchRoute) route.ended();
  if (!relays.has(id)) return;
  relays.get(id).ended();
  ends.delete(id);
}

/** @param {import('../../common/link').Link} pageLink */
function installPortLink(pageLink) {
  page.link = pageLink;
  const { link } = page;
  link.handlePackets(KINDS.PORT_MESSAGE, (id, packet) => {
    const end = ends.get(id);
    if (end) end.receive(packet, true);
    else dropPacket(packet);
  });
  link.handle(KINDS.PORT_CLOSED, closed);
  link.handle(KINDS.PORT_RELEASE, release);
  link.handle(KINDS.PORT_ENDED, ended);
  link.handle(KINDS.PORT_STAY, (id) => relays.get(id)?.stay());
  link.handle(KINDS.PORT_CLAIMED, (id) => {
    claims.get(id)?.claimed();
    claims.delete(id);
  });
}

module.exports = { carryPort, installPortLink, takePort };
