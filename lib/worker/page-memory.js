'use strict';

/** The channel to the page (src/node/port.h). */
let native = null;

/** @param {object} opened */
function setPageChannel(opened) {
  native = opened;
}

/** Whether a buffer lies in memory that came through the channel from the page. */
function isPageMemory(buffer) {
  return native !== null && native.holds(buffer);
}

module.exports = { isPageMemory, setPageChannel };
