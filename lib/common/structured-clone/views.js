'use strict';

/**
 * structured-clone/views - what the encoder must know of views on ArrayBuffers
 */

const P = require('./primordials');

/** In bytes. */
const LARGEST_ELEMENT = 8;

/** Whether an error says that the stack is full, rather than an answer. */
const isRangeError = (error) => P.getPrototypeOf(error) === P.RangeErrorPrototype;

// A view's `name` is its class as typedArrayName() gives it: undefined for a DataView.

function viewOffset(view, name) {
  return name === undefined ? P.dataViewOffset(view) : P.typedArrayOffset(view);
}

function viewLength(view, name) {
  return name === undefined ? P.dataViewLength(view) : P.typedArrayLength(view);
}

/** Whether a resizable buffer was shrunk away under a view. */
function isOutOfBounds(view, name) {
  try {
    if (name === undefined) P.dataViewLength(view);
    else P.typedArrayValues(view);
    return false;
  } catch (error) {
    if (isRangeError(error)) throw error;
    return true;
  }
}

/**
 * Whether a view's length follows its resizable buffer. Nothing tells but resizing and looking; the
 * bytes that a smaller size cuts off are put back.
 */
function isLengthTracking(view, name, buffer) {
  const length = P.bufferLength(buffer);
  const maximum = P.bufferMaxLength(buffer);
  const before = viewLength(view, name);
  const offset = viewOffset(view, name);
  if (offset + before + LARGEST_ELEMENT <= length) return false;
  if (maximum - length >= LARGEST_ELEMENT) {
    P.bufferResize(buffer, length + LARGEST_ELEMENT);
    const after = viewLength(view, name);
    P.bufferResize(buffer, length);
    return after !== before;
  }
  if (before === 0) return false; // can't be told, and hardly ever matters
  const content = new P.Uint8Array(new P.Uint8Array(buffer, offset));
  P.bufferResize(buffer, offset);
  const tracking = !isOutOfBounds(view, name);
  P.bufferResize(buffer, length);
  P.typedArraySet(new P.Uint8Array(buffer), content, offset);
  return tracking;
}

module.exports = { viewOffset, viewLength, isOutOfBounds, isLengthTracking };
