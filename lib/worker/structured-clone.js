'use strict';

/**
 * structuredClone() of a worker: Node's own, but for values with objects of classes that Node does not
 * have (ImageData, DOMRect...), which only our codec knows.
 */

const { toPacket, openPacket } = require('../common/link/packet');
const { createCodec } = require('../common/structured-clone');
const { PORT_TYPE, findPlatformType } = require('../common/structured-clone/platform');
const { toTransferList } = require('../common/transfer-list');

const { structuredClone: nativeClone } = globalThis;
const WHERE = "Failed to execute 'structuredClone' on 'WorkerGlobalScope'";

const isPort = (item) => findPlatformType(item)?.id === PORT_TYPE;
const isOurs = (item) =>
  item instanceof ArrayBuffer || isPort(item) || findPlatformType(item)?.ports === 0;

function readTransfer(options) {
  const list = toTransferList({ transfer: options?.transfer }, WHERE);
  return list && Array.from(list); // its own has no methods
}

/** @param {() => boolean} usesOwnClasses whether any of ours was loaded */
function createStructuredClone(usesOwnClasses) {
  let codec = null;

  function clone(value, transfer) {
    // Streams are Node's to move.
    if (transfer !== undefined && !transfer.every(isOurs)) return nativeClone(value, { transfer });
    codec ??= createCodec();
    try {
      return openPacket(codec, toPacket(codec, value, transfer, WHERE));
    } catch (error) {
      // Node clones some that a page can't have, such as a WebAssembly.Module.
      if (error?.name !== 'DataCloneError' || transfer !== undefined) throw error;
      return nativeClone(value);
    }
  }

  function structuredClone(value, options = undefined) {
    if (arguments.length === 0) {
      throw new TypeError(`${WHERE}: 1 argument required, but only 0 present.`);
    }
    const transfer = readTransfer(options);
    if (usesOwnClasses() || transfer?.some(isPort)) return clone(value, transfer);
    return nativeClone(value, { transfer });
  }
  return { structuredClone };
}

module.exports = { createStructuredClone };
