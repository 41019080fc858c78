'use strict';

/** How a view is written. */

const P = require('../structured-clone/primordials');
const { TAG, VIEW_KIND } = require('../structured-clone/format');

/** Only the part of the buffer that the view shows; it is all that the other end sees. */
function writeBytesOf(encoder, view, name, buffer) {
  const offset = name === undefined ? P.dataViewOffset(view) : P.typedArrayOffset(view);
  const length = name === undefined ? P.dataViewLength(view) : P.typedArrayLength(view);
  if (length >= encoder.outOfBandMin) {
    const isWhole = length === P.bufferLength(buffer) && !P.bufferResizable(buffer);
    const part = isWhole ? buffer : P.bufferSlice(buffer, offset, offset + length);
    encoder.isPlain = false;
    encoder.reserve(0);
    encoder.writeByte(TAG.TRANSFERRED_ARRAY_BUFFER);
    encoder.writeVarint(encoder.buffers.length);
    P.createDataProperty(encoder.buffers, encoder.buffers.length, {
      __proto__: null,
      buffer: part,
      byteLength: length,
    });
  } else {
    encoder.reserve(0);
    encoder.alignFor(length, 1 + (length < 0x80 ? 1 : length < 0x4000 ? 2 : 3));
    encoder.writeByte(TAG.ARRAY_BUFFER);
    encoder.writeVarint(length);
    if (length !== 0) encoder.writeBytes(new P.Uint8Array(buffer, offset, length), length);
  }
  encoder.addObject(new P.Object()); // the part takes an id too
  encoder.addObject(view);
  encoder.reserve(0);
  encoder.writeByte(TAG.VIEW);
  encoder.writeByte(VIEW_KIND[name === undefined ? 'DataView' : name]);
  encoder.writeVarint(0);
  encoder.writeVarint(length);
  encoder.writeVarint(0);
}

module.exports = { writeBytesOf };
