'use strict';

const { Answer, IpcEvent, NEVER_SENT, addReply, addReturnValue } = require('./ipc-event');

const NOT_CLONED = 'An object could not be cloned.';

/** Frames, workers: each has sources of its own (ipc-event.js). @typedef {import('./ipc-event').Source} Source */

function emit(source, event, channel, args) {
  for (const target of source.targets) target.emit(channel, event, ...args);
}

/** ipcRenderer.send() @param {Source} source */
function dispatchSend(source, channel, args) {
  const event = new IpcEvent(source);
  addReply(event, source);
  source.contents.emit('ipc-message', event, channel, ...args);
  emit(source, event, channel, args);
}

/** ipcRenderer.postMessage() @param {Source} source */
function dispatchPosted(source, channel, message, ports) {
  const event = new IpcEvent(source, [...ports]);
  addReply(event, source);
  emit(source, event, channel, [message]);
}

/** ipcRenderer.sendToHost() @param {Source} source */
function dispatchToHost(source, channel, args) {
  source.contents.emit('ipc-message-host', new IpcEvent(source), channel, args);
}

/** ipcRenderer.sendSync() @param {Source} source @param {(value: any) => void} reply */
function dispatchSync(source, channel, args, reply) {
  const { contents } = source;
  const listens = (emitter, name) => emitter.listenerCount(name) > 0;
  if (
    !listens(contents, 'ipc-message-sync') &&
    !source.targets.some((one) => listens(one, channel))
  ) {
    console.warn(
      `WebContents #${contents.id} called ipcRenderer.sendSync() with '${channel}' channel without listeners.`,
    );
    reply({ error: NEVER_SENT }); // Electron's page waits until V8 collects the event
    return;
  }
  const event = new IpcEvent(source);
  addReply(event, source);
  addReturnValue(event, reply);
  contents.emit('ipc-message-sync', event, channel, ...args);
  emit(source, event, channel, args);
}

/** Any value can be thrown, also one that cannot be made text. */
function textOf(thrown) {
  try {
    return String(thrown);
  } catch {
    return NOT_CLONED;
  }
}

/**
 * ipcRenderer.invoke()
 * @param {Source} source
 * @param {(ok: boolean, value: any) => void} reply the value, or the text of an error; throws for what
 *   cannot be cloned
 */
async function dispatchInvoke(source, channel, args, reply) {
  const answer = new Answer(reply, false, NEVER_SENT);
  const fail = (error) => {
    console.error(`Error occurred in handler for '${channel}':`, error);
    answer.send(false, textOf(error));
  };
  const handler = source.targets.map((one) => one.handlerOf(channel)).find(Boolean);
  if (!handler) {
    fail(new Error(`No handler registered for '${channel}'`));
    return;
  }
  let value;
  try {
    value = await handler(new IpcEvent(source), ...args);
  } catch (error) {
    fail(error);
    return;
  }
  try {
    answer.send(true, value);
  } catch {
    fail(new Error(NOT_CLONED));
  }
}

module.exports = {
  dispatchInvoke,
  dispatchPosted,
  dispatchSend,
  dispatchSync,
  dispatchToHost,
};
