'use strict';

/**
 * structuredClone() of a worker: Node's own, but for values with objects of classes that Node does not
 * have (ImageData, DOMRect...), which only our codec knows.
 */

const { toPacket, openPacket } = require('../common/packet');
const { createCodec } = require('../common/structured-clone');
const { findPlatformType } = require('../common/structured-clone/platform');
const { toTransferList } = require('../common/transfer-list');

const { structuredClone: nativeClone } = globalThis;
const WHERE = "Failed to execute 'structuredClone' on 'WorkerGlobalScope'";

const isOurs = (item) => item instanceof ArrayBuffer || findPlatformType(item)?.ports === 0;

/** @param {() => boolean} usesOwnClasses whether any of ours was loaded */
function createStructuredClone(usesOwnClasses) {
  const codec = createCodec();

  function clone(value, transfer, options) {
    // Ports and streams are Node's to move.
    if (transfer !== undefined && !transfer.every(isOurs)) return nativeClone(value, options);
    try {
      return openPacket(codec, toPacket(codec, value, transfer, WHERE));
    } catch (error) {
      // Node clones some that a page can't have, such as a WebAssembly.Module.
      if (error?.name !== 'DataCloneError' || transfer !== undefined) throw error;
      return nativeClone(value, options);
    }
  }

  function structuredClone(value, options = undefined) {
    if (!usesOwnClasses()) return nativeClone(...arguments);
    if (arguments.length === 0) {
      throw new TypeError(`${WHERE}: 1 argument required, but only 0 present.`);
    }
    return clone(value, toTransferList({ transfer: options?.transfer }, WHERE), options);
  }
  return { structuredClone };
}

module.exports = { createStructuredClone };
