'use strict';

const { codec } = require('./codec');
const { ElectronEvent } = require('./event');
const native = require('./native');
const { LINK_CHANNEL } = require('../common/ipc-frame');

/** The frame of the page: its top one, which is the only one that may send. */
const FRAME_ID = 1;

function eventFrom(contents, ports = []) {
  const processId = contents.getProcessId();
  const url = contents.getURL();
  return new ElectronEvent({
    type: 'frame',
    sender: contents,
    senderFrame: { url, processId, routingId: FRAME_ID, frameTreeNodeId: FRAME_ID },
    processId,
    frameId: FRAME_ID,
    ports,
  });
}

/** @returns {any[] | null} the arguments, or null when the bytes are not ours */
function readArguments(bytes) {
  try {
    const args = codec.deserialize(bytes);
    return Array.isArray(args) ? args : null;
  } catch {
    return null;
  }
}

/** ipcRenderer.send(), and what the page's link sends: postMessage(), messages of its ports. */
function dispatchSend(contents, channel, bytes) {
  if (channel === LINK_CHANNEL) {
    require('./ipc-link').linkOf(contents).receive(bytes);
    return;
  }
  const args = readArguments(bytes);
  if (!args) return;
  const event = eventFrom(contents);
  contents.emit('ipc-message', event, channel, ...args);
  emit(contents, event, channel, args);
}

function emit(contents, event, channel, args) {
  const { ipcMain } = require('./ipc-main');
  event.reply = (replyChannel, ...values) => contents.send(replyChannel, ...values);
  contents.ipc.emit(channel, event, ...args);
  ipcMain.emit(channel, event, ...args);
}

/** ipcRenderer.postMessage() @param {object} contents @param {any} value from the page, may be anything */
function dispatchPosted(contents, value, ports) {
  if (!Array.isArray(value) || typeof value[0] !== 'string') return;
  emit(contents, eventFrom(contents, [...ports]), value[0], [value[1]]);
}

async function answer(contents, channel, bytes) {
  const { ipcMain } = require('./ipc-main');
  const handler = contents.ipc.handlerOf(channel) ?? ipcMain.handlerOf(channel);
  if (!handler) throw new Error(`No handler registered for '${channel}'`);
  const args = readArguments(bytes);
  if (!args) throw new Error('An object could not be cloned.');
  const value = await handler(eventFrom(contents), ...args);
  try {
    return codec.serialize(value);
  } catch {
    throw new Error('An object could not be cloned.');
  }
}

/** What can be sent of anything that was thrown. */
function errorBytes(thrown) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const plain = new Error(error.message);
  plain.name = error.name;
  plain.stack = error.stack;
  return codec.serialize(plain);
}

/** ipcRenderer.invoke() */
async function dispatchInvoke(contents, channel, bytes, message) {
  let reply;
  try {
    reply = await answer(contents, channel, bytes);
  } catch (error) {
    console.error(`Error occurred in handler for '${channel}':`, error);
    native.reply(message, false, errorBytes(error));
    return;
  }
  native.reply(message, true, reply);
}

module.exports = { dispatchSend, dispatchInvoke, dispatchPosted };
