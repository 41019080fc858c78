// @ts-check
'use strict';

/* The classes of the main process's channels have the types of electron.d.ts: tsc checks the annotations. */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { EventEmitter, once } = require('node:events');
const ours = require('../../lib/main/message-channel-main');

/** @type {typeof import('electron').MessageChannelMain} */
const MessageChannelMain = ours.MessageChannelMain;

test('a channel is Electron’s to the type checker, and works', async () => {
  const { port1, port2 } = new MessageChannelMain();
  assert.ok(port1 instanceof EventEmitter);
  port1.postMessage({ hello: 'there' }, [new MessageChannelMain().port2]);
  const message = once(port2, 'message');
  port2.start();
  const [{ data, ports }] = await message;
  assert.deepEqual([data, ports.length], [{ hello: 'there' }, 1]);
});
