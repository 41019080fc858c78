'use strict';

/**
 * What WebKit's MessageChannel and MessagePort need so that a worker may have an end of a channel:
 * which ports belong together, and a postMessage() that also takes what WebKit cannot clone.
 */

const P = require('../../common/structured-clone/primordials');
const { toPacket } = require('../../common/link/packet');
const { PORT_TYPE, findPlatformType } = require('../../common/structured-clone/platform');
const { toTransferList } = require('../../common/transfer-list');
const nativeText = require('../native-text');
const { EventHandler } = require('../../common/event-handler');
const { codec: defaultCodec, endOf, findEnd, isKept, joinEnds } = require('./ends');
const native = require('./natives');
const { hasRecords } = require('../wrapped');

const { DOMException, Proxy, Reflect, TypeError } = globalThis;
const { construct } = Reflect;
const postNatively = native.MessagePort.prototype.postMessage;
const { prototype } = native.MessagePort;

const WHERE = "Failed to execute 'postMessage' on 'MessagePort'";

/** Whether a transfer list has something that WebKit can't transfer, such as a stream. */
function hasOtherTransferables(options) {
  const list = P.isArray(options) ? options : options?.transfer;
  if (!P.isArray(list)) return false;
  for (let i = 0; i < list.length; i++) {
    const isObject = typeof list[i] === 'object' && list[i] !== null;
    const type = isObject ? findPlatformType(list[i]) : undefined;
    if (type?.transfer !== undefined && type.id !== PORT_TYPE) return true;
  }
  return false;
}

/** Whether a message is for our own codec; WebKit's clone would be of no use at the other end. */
function isOurs(end, options) {
  if (end === undefined || end.peer === null) return false;
  if (end.peer.bridge !== null) return true;
  return (hasRecords() || hasOtherTransferables(options)) && end.peer.isHere;
}

function post(end, message, options) {
  const transfer = toTransferList(options, WHERE);
  for (let i = 0; transfer !== undefined && i < transfer.length; i++) {
    if (transfer[i] !== end.port) continue;
    throw new DOMException(`${WHERE}: Port at index ${i} contains the source port.`, 'DataCloneError');
  }
  const codec = end.peer.bridge?.codec ?? defaultCodec;
  const packet = toPacket(codec, message, transfer, WHERE);
  if (!end.isClosed) end.post({ __proto__: null, packet });
}

const methods = {
  postMessage(message, options = undefined) {
    const end = findEnd(this);
    if (isKept(this)) return;
    if (arguments.length !== 0 && isOurs(end, options)) post(end, message, options);
    else P.apply(postNatively, this, arguments);
  },

  start() {
    if (isKept(this)) return;
    native.start(this);
    endOf(this).started();
  },

  close() {
    if (isKept(this)) return;
    const end = findEnd(this);
    if (end !== undefined && !end.isClosed) {
      // WebKit tells nobody. A port that it has carried elsewhere can't be told.
      if (end.peer?.bridge || end.peer?.isHere) end.post({ __proto__: null, isClosed: true });
      end.isClosed = true;
    }
    native.close(this);
  },
};

/** @type {WeakMap<MessagePort, EventHandler>} */
const closeHandlers = P.newSafeWeakMap();

function closeHandlerOf(port) {
  if (!native.isPort(port)) throw new TypeError('Illegal invocation');
  const handler = closeHandlers.get(port) ?? new EventHandler(port, 'close');
  closeHandlers.set(port, handler);
  return handler;
}

/** WebKit's own event handler attribute, which starts a port, and the one that it lacks, as it does the event. */
const attributes = {
  get onmessage() {
    return native.getOnMessage(this);
  },
  set onmessage(value) {
    if (isKept(this)) return;
    native.setOnMessage(this, value);
    if (native.getOnMessage(this) !== null) endOf(this).started();
  },

  get onclose() {
    return closeHandlerOf(this).value;
  },
  set onclose(value) {
    closeHandlerOf(this).value = value;
  },
};

function replaceMembers() {
  for (const name of ['postMessage', 'start', 'close']) {
    replace(name, { ...P.getOwnPropertyDescriptor(prototype, name), value: methods[name] });
  }
  replace('onmessage', P.getOwnPropertyDescriptor(attributes, 'onmessage'));
  if (!('onclose' in prototype)) replace('onclose', P.getOwnPropertyDescriptor(attributes, 'onclose'));
}

function replace(name, descriptor) {
  nativeText.showDescriptorAsNative(descriptor);
  P.defineProperty(prototype, name, descriptor);
}

exports.postMessage = P.uncurryThis(methods.postMessage);
exports.close = P.uncurryThis(methods.close);

function replaceChannel() {
  const MessageChannel = new Proxy(native.MessageChannel, {
    __proto__: null,
    construct(target, given, newTarget) {
      const channel = construct(target, given, newTarget === MessageChannel ? target : newTarget);
      joinEnds(native.port1Of(channel), native.port2Of(channel));
      return channel;
    },
  });
  nativeText.showDescriptorAsNative({ value: MessageChannel });
  const descriptor = { value: MessageChannel, writable: true, configurable: true };
  P.defineProperty(globalThis, 'MessageChannel', descriptor);
  P.defineProperty(native.MessageChannel.prototype, 'constructor', descriptor);
}

let isInstalled = false;

exports.install = function install() {
  if (isInstalled) return;
  isInstalled = true;
  replaceMembers();
  replaceChannel();
};
