'use strict';

/** The channels of this thread (src/node/port.h). @type {object[]} */
const channels = [];

/** @param {object} native */
function addChannel(native) {
  channels.push(native);
}

/** Whether a buffer lies in memory that came through a channel, and goes with it. */
function isForeignMemory(buffer) {
  return channels.some((native) => native.holds(buffer));
}

module.exports = { addChannel, isForeignMemory };
