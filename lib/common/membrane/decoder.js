'use strict';

/** Reads what encoder.js has written. It asks the other end nothing: what stands for an object asks when it is used. */

const P = require('../structured-clone/primordials');
const { Decoder } = require('../structured-clone/decoder');
const { unpackError } = require('./errors');
const { intrinsicOf, knownSymbol } = require('./intrinsics');
const { abort, makeSignal } = require('./signals');
const { SORT } = require('./words');

const { Symbol } = globalThis;
const symbolFor = Symbol.for;

class MembraneDecoder extends Decoder {
  #end;

  /** @param {import('./end').End} end */
  constructor(end) {
    super();
    this.#end = end;
  }

  readPlatformObject() {
    const sort = this.readByte();
    switch (sort) {
      case SORT.YOURS:
        return this.#readYours();
      case SORT.OBJECT:
        return this.#readObjectReference();
      case SORT.STATIC:
        return this.#takeOr((id) => this.#end.standIns.static(id), true);
      case SORT.PROTOTYPE:
        return this.#takeOr((id) => this.#end.standIns.prototype(id), true);
      case SORT.FUNCTION:
        return this.#readFunction();
      case SORT.PROMISE:
        return this.#takeOr((id) => this.#end.promises.expect(id));
      case SORT.ERROR:
        return this.#readErrorTwin();
      case SORT.SIGNAL:
        return this.#readSignal();
      case SORT.BUFFER:
        return this.#replaceLatest(this.#end.realm.toBuffer(this.readValue()));
      case SORT.LENT:
        return this.#readLent();
      case SORT.BACK:
        return this.#readBack();
      case SORT.NULL_OBJECT:
        return P.setPrototypeOf(this.readValue(), null);
      case SORT.VALUE:
        return this.#end.realm.valueTypes.unpack(this.readString(), this.readValue());
      default:
        return this.#readName(sort);
    }
  }

  #readName(sort) {
    if (sort === SORT.SYMBOL) {
      const id = this.readVarint();
      const description = this.readString();
      return this.#end.received.take(id) ?? this.#end.received.add(id, Symbol(description), true);
    }
    const name = this.readString();
    if (sort === SORT.KNOWN_SYMBOL) return knownSymbol(name);
    if (sort === SORT.REGISTERED_SYMBOL) return symbolFor(name);
    const value = sort === SORT.INTRINSIC ? intrinsicOf(name) : undefined;
    return value ?? this.fail(`there is no ${name} here`);
  }

  #readYours() {
    const id = this.readVarint();
    return this.#end.given.get(id) ?? this.fail(`object ${id} has been released`);
  }

  /** What stands for an object already, or what @make makes. */
  #takeOr(make, isPinned = false) {
    const id = this.readVarint();
    const { received } = this.#end;
    return received.take(id) ?? received.add(id, make(id), isPinned);
  }

  #readObjectReference() {
    const id = this.readVarint();
    const prototype = this.readValue();
    const ownMethods = this.readValue();
    const { received, standIns } = this.#end;
    return received.take(id) ?? received.add(id, standIns.object(prototype, ownMethods));
  }

  #readFunction() {
    const id = this.readVarint();
    const flags = this.readByte();
    const name = this.readString();
    const length = this.readVarint();
    const { received, standIns } = this.#end;
    const known = received.take(id);
    if (known !== undefined) return known;
    const { standIn, isPinned } = standIns.function(flags, name, length);
    return received.add(id, standIn, isPinned);
  }

  #readErrorTwin() {
    const id = this.readVarint();
    const record = this.readValue();
    return this.#end.received.take(id) ?? this.#end.received.add(id, unpackError(record));
  }

  #readSignal() {
    const id = this.readVarint();
    const isAborted = this.readValue();
    const reason = this.readValue();
    const { received } = this.#end;
    const signal = received.take(id) ?? received.add(id, makeSignal());
    if (isAborted) abort(signal, reason);
    return signal;
  }

  // --- views

  /** In place of the view that was just read, for later references. */
  #replaceLatest(view) {
    this.objects[this.objectCount - 1] = view;
    return view;
  }

  #readLent() {
    const id = this.readVarint();
    const view = this.readValue();
    const { received, lent } = this.#end;
    const known = received.take(id);
    const mine = known !== undefined && copyInto(known, view) ? known : received.add(id, view);
    lent[lent.length] = mine;
    return this.#replaceLatest(mine);
  }

  #readBack() {
    const id = this.readVarint();
    const view = this.readValue();
    const original = this.#end.given.get(id);
    if (original === undefined) return view;
    fill(original, view);
    return this.#replaceLatest(original);
  }
}

/** @returns {Uint8Array | null} null when its buffer has been transferred, or is too short for it by now */
function bytesOf(view) {
  try {
    const name = P.typedArrayName(view);
    const buffer = name === undefined ? P.dataViewBuffer(view) : P.typedArrayBuffer(view);
    const offset = name === undefined ? P.dataViewOffset(view) : P.typedArrayOffset(view);
    const length = name === undefined ? P.dataViewLength(view) : P.typedArrayLength(view);
    return new P.Uint8Array(buffer, offset, length);
  } catch {
    return null;
  }
}

/** @returns {boolean} false for views of different lengths */
function copyInto(view, other) {
  const target = bytesOf(view);
  const source = bytesOf(other);
  if (target === null || P.typedArrayLength(target) !== P.typedArrayLength(source)) return false;
  P.typedArraySet(target, source, 0);
  return true;
}

/** Its owner may have made the view shorter meanwhile, or it is gone: it takes what it has room for. */
function fill(view, other) {
  const target = copyInto(view, other) ? null : bytesOf(view);
  if (target === null) return;
  const source = bytesOf(other);
  const size = P.typedArrayLength(source);
  const room = P.typedArrayLength(target);
  P.typedArraySet(target, P.copyBytes(source, 0, size < room ? size : room), 0);
}

module.exports = { MembraneDecoder };
