'use strict';

/**
 * WebKit's own MessagePort and its channel, as they were before any page script.
 */

const P = require('../../common/structured-clone/primordials');

const { Event, EventTarget, MessageChannel, MessageEvent, MessagePort, structuredClone } = globalThis;
const { iterator } = Symbol;

const postMessage = P.uncurryThis(MessagePort.prototype.postMessage);
const onMessage = P.getOwnPropertyDescriptor(MessagePort.prototype, 'onmessage');
const setOnMessage = P.uncurryThis(onMessage.set);
const getOnMessage = P.uncurryThis(onMessage.get);
const portsOf = P.uncurryGetter(MessageEvent.prototype, 'ports');

/** A list that WebIDL reads whatever the page has made of Array.prototype. */
function toSequence(list) {
  let next = 0;
  const step = () => {
    const done = next >= list.length;
    return { __proto__: null, done, value: done ? undefined : list[next++] };
  };
  return { __proto__: null, [iterator]: () => ({ __proto__: null, next: step }) };
}

function isPort(object) {
  try {
    getOnMessage(object);
    return true;
  } catch {
    return false;
  }
}

/** Thrown in the midst of a clone, which is given up then. */
const STOP = { __proto__: null };
const stopper = P.freeze({
  __proto__: null,
  get value() {
    throw STOP;
  },
});

function isClosed(port) {
  try {
    structuredClone(stopper, { __proto__: null, transfer: toSequence([port]) });
    return true;
  } catch (error) {
    return error !== STOP;
  }
}

/**
 * Whether a port was transferred or closed. The engine has no such question, so things are tried that
 * never get anywhere. A clone fails at a closed port before it reads the value. And a port refuses
 * to be posted through itself, but for one that was transferred, whose messages go nowhere.
 */
function isNeutered(port) {
  if (isClosed(port)) return true;
  try {
    postMessage(port, undefined, toSequence([port]));
    return true;
  } catch {
    return false;
  }
}

/** Takes a port from its owner, with the messages that wait in it. @returns {MessagePort} */
function takePort(port) {
  return structuredClone(port, { __proto__: null, transfer: toSequence([port]) });
}

/** The ports of a message event, in an array that page script cannot get at. */
function portsOfEvent(event) {
  const ports = portsOf(event);
  const list = P.safeArray();
  for (let i = 0; i < ports.length; i++) list[i] = ports[i];
  return list;
}

module.exports = {
  MessageChannel,
  MessagePort,
  isPort,
  isNeutered,
  takePort,
  portsOfEvent,
  port1Of: P.uncurryGetter(MessageChannel.prototype, 'port1'),
  port2Of: P.uncurryGetter(MessageChannel.prototype, 'port2'),
  post: (port, value, transfer) => postMessage(port, value, toSequence(transfer)),
  close: P.uncurryThis(MessagePort.prototype.close),
  start: P.uncurryThis(MessagePort.prototype.start),
  getOnMessage,
  setOnMessage,
  dataOf: P.uncurryGetter(MessageEvent.prototype, 'data'),
  listen: P.uncurryThis(EventTarget.prototype.addEventListener),
  dispatch: P.uncurryThis(EventTarget.prototype.dispatchEvent),
  stopImmediatePropagation: P.uncurryThis(Event.prototype.stopImmediatePropagation),
};
