'use strict';

const { pathToFileURL } = require('node:url');
const { QuickMessageEvent } = require('../common/message-event');
const { createCodec } = require('../common/structured-clone');
const { readMainScript, runScript } = require('./script');
const { WorkerLocation } = require('./worker-location');

const NOTHING = pathToFileURL(require.resolve('./warm-up-script.js')).href;

/**
 * Does once what each worker does first, while the thread is a spare: V8 compiles a function when it is
 * first called, and that is half of what a warm start takes.
 */
function warmUp() {
  const codec = createCodec();
  codec.deserialize(codec.serialize({ text: 'text', list: [1, true, null] }));
  runScript(readMainScript({ url: NOTHING, type: 'classic' }), 'classic');
  String(new WorkerLocation(NOTHING));
  return new QuickMessageEvent('message', null).data;
}

module.exports = { warmUp };
