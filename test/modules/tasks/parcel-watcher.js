'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs/promises');
const path = require('node:path');
const watcher = require('@parcel/watcher');
const { overlap } = require('../forever');

/** Subscribes, changes something, and waits for the event that says so. */
async function watch(folder, name) {
  const { promise, resolve, reject } = Promise.withResolvers();
  const file = path.join(folder, name);
  const subscription = await watcher.subscribe(folder, (error, events) => {
    if (error) reject(error);
    const event = events.find(({ path }) => path === file);
    if (event) resolve(event.type);
  });
  await fs.writeFile(file, 'content');
  const type = await promise;
  await subscription.unsubscribe();
  await fs.rm(file);
  return type;
}

exports.work = async (index, folder) => {
  const watched = await fs.realpath(await fs.mkdtemp(path.join(folder, 'watched-')));
  assert.match(await watch(watched, `file ${index}`), /^(create|update)$/);
  const snapshot = path.join(folder, 'snapshot');
  await watcher.writeSnapshot(watched, snapshot);
  await fs.writeFile(path.join(watched, 'later'), '');
  const events = await watcher.getEventsSince(watched, snapshot);
  assert.deepEqual(events, [{ type: 'create', path: path.join(watched, 'later') }]);
};

exports.busy = async (index, folder) => {
  const watched = await fs.realpath(await fs.mkdtemp(path.join(folder, 'watched-')));
  let count = 0;
  await overlap(2, async () => {
    const own = path.join(watched, String(count++));
    await fs.mkdir(own);
    await watch(own, 'file');
  });
};
