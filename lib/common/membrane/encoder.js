'use strict';

/**
 * Writes what crosses the membrane: plain data as a clone, everything else as the id under which the
 * other end has it, or will have.
 */

const P = require('../structured-clone/primordials');
const { isArrayBuffer, usualKind } = require('../structured-clone/classify');
const { Encoder } = require('../structured-clone/encoder');
const { TAG, VIEW_KIND } = require('../structured-clone/format');
const { isSharedBuffer } = require('../structured-clone/shared-buffers');
const { packError } = require('./errors');
const { functionFlags } = require('./functions');
const { intrinsicName, knownSymbol } = require('./intrinsics');
const { ArrayPrototype, isData } = require('./plain');
const { isAborted, isSignal, reasonOf } = require('./signals');
const { FUNCTION_FLAG, SORT } = require('./words');

const { ObjectPrototype, getPrototypeOf, isArray, isView } = P;
const { Symbol } = globalThis;
const registeredKey = Symbol.keyFor;
const descriptionOf = P.uncurryGetter(Symbol.prototype, 'description');
const PromisePrototype = globalThis.Promise.prototype;

class MembraneEncoder extends Encoder {
  #end;
  /** Those that are being written. */
  #errors = P.newSafeMap();

  /** @param {import('./end').End} end */
  constructor(end) {
    super();
    this.#end = end;
  }

  writeCallable(value) {
    if (typeof value === 'symbol') this.#writeSymbol(value);
    else this.#writeFunction(value);
  }

  writeObject(object) {
    if (isView(object)) {
      this.#writeAnyView(object);
      return;
    }
    const known = this.findObject(object);
    if (known !== -1) {
      this.writeReference(known);
      return;
    }
    if (this.#writeKnown(object)) return;
    const prototype = getPrototypeOf(object);
    if (prototype === ObjectPrototype || prototype === null) this.#writePlain(object, prototype);
    else if (prototype === ArrayPrototype && isArray(object)) this.writeListed(object);
    else this.#writeInstance(object, prototype);
  }

  writeListed(array) {
    this.addObject(array);
    this.writeArray(array);
  }

  // --- what both ends know already

  /** @returns {boolean} whether it needed no more than a name or an id */
  #writeKnown(object) {
    const { given, received } = this.#end;
    const id = received.idOf(object);
    if (id !== 0) {
      this.#writeId(SORT.YOURS, id);
      return true;
    }
    const name = intrinsicName(object);
    if (name !== undefined) {
      this.#writeSort(SORT.INTRINSIC);
      this.writeString(name);
      return true;
    }
    if (!this.#end.isPrototype(object)) return false;
    this.#writeId(SORT.PROTOTYPE, given.give(object, true));
    return true;
  }

  #writeSort(sort) {
    this.reserve(0);
    this.writeByte(TAG.PLATFORM_OBJECT);
    this.writeByte(sort);
  }

  #writeId(sort, id) {
    this.#writeSort(sort);
    this.writeVarint(id);
  }

  // --- by copy

  #writePlain(object, prototype) {
    if (this.#end.isStatic(object)) {
      this.#writeId(SORT.STATIC, this.#end.given.give(object, true));
    } else if (!isData(object)) {
      this.#writeReferenceTo(object, prototype);
    } else {
      this.addObject(object);
      if (prototype === null) this.#writeSort(SORT.NULL_OBJECT);
      this.writePlainObject(object);
    }
  }

  #writeInstance(object, prototype) {
    const kind = usualKind(object, prototype);
    if (P.isError(object)) {
      this.#writeTwin(object);
    } else if (kind !== undefined) {
      this.addObject(object);
      this.writeOther(object, kind);
    } else if (prototype === PromisePrototype) {
      this.#writeId(SORT.PROMISE, this.#end.followPromise(object));
    } else if (isSignal(object)) {
      this.#writeSignal(object);
    } else {
      const type = this.#end.realm.valueTypes.find(prototype);
      if (type === undefined) this.#writeReferenceTo(object, prototype);
      else this.#writeValueOf(object, type);
    }
  }

  #writeValueOf(object, type) {
    this.#writeSort(SORT.VALUE);
    this.writeString(type.name);
    this.writeValue(type.pack(object));
  }

  /** An error is copied, but each end knows its own again. One that has itself as its cause loses that. */
  #writeTwin(error) {
    if (this.#errors.get(error) === true) {
      this.writeValue(undefined);
      return;
    }
    this.#errors.set(error, true);
    try {
      this.#writeId(SORT.ERROR, this.#end.given.give(error));
      this.writeValue(packError(error));
    } finally {
      this.#errors.delete(error);
    }
  }

  #writeSignal(signal) {
    this.#writeId(SORT.SIGNAL, this.#end.followSignal(signal));
    this.writeValue(isAborted(signal));
    this.writeValue(isAborted(signal) ? reasonOf(signal) : undefined);
  }

  // --- by reference

  #writeReferenceTo(object, prototype) {
    this.#writeId(SORT.OBJECT, this.#end.given.give(object));
    if (prototype !== null) this.#end.addPrototype(prototype);
    this.writeValue(prototype);
  }

  #writeFunction(fn) {
    if (this.#writeKnown(fn)) return;
    const { given, isPinning, realm } = this.#end;
    let flags = functionFlags(fn);
    if (isPinning) flags |= FUNCTION_FLAG.PINNED;
    if (realm.lends(fn)) flags |= FUNCTION_FLAG.LENDS;
    this.#writeId(SORT.FUNCTION, given.give(fn, isPinning));
    this.writeByte(flags);
    const { name, length } = fn;
    this.writeString(typeof name === 'string' ? name : '');
    this.reserve(0);
    this.writeVarint(length >>> 0 === length ? length : 0);
  }

  #writeSymbol(symbol) {
    const { given, received } = this.#end;
    const id = received.idOf(symbol);
    const name = knownSymbol(symbol);
    const key = registeredKey(symbol);
    if (id !== 0) {
      this.#writeId(SORT.YOURS, id);
    } else if (name !== undefined) {
      this.#writeSort(SORT.KNOWN_SYMBOL);
      this.writeString(name);
    } else if (key !== undefined) {
      this.#writeSort(SORT.REGISTERED_SYMBOL);
      this.writeString(key);
    } else {
      this.#writeId(SORT.SYMBOL, given.give(symbol, true));
      this.writeString(descriptionOf(symbol) ?? '');
    }
  }

  // --- views

  #writeAnyView(view) {
    const known = this.findObject(view);
    if (known !== -1) {
      this.writeReference(known);
      return;
    }
    const name = P.typedArrayName(view);
    const buffer = name === undefined ? P.dataViewBuffer(view) : P.typedArrayBuffer(view);
    if (isSharedBuffer(buffer) || !isArrayBuffer(buffer)) {
      this.writeView(view);
      return;
    }
    const { given, received, isLending, realm } = this.#end;
    const id = received.idOf(view);
    if (id !== 0) this.#writeId(SORT.BACK, id);
    else if (isLending) this.#writeId(SORT.LENT, given.give(view));
    if (name === 'Uint8Array' && realm.isBuffer(view)) this.#writeSort(SORT.BUFFER);
    this.#writeBytesOf(view, name, buffer);
  }

  /** Only the part of the buffer that the view shows; it is all that the other end sees. */
  #writeBytesOf(view, name, buffer) {
    const offset = name === undefined ? P.dataViewOffset(view) : P.typedArrayOffset(view);
    const length = name === undefined ? P.dataViewLength(view) : P.typedArrayLength(view);
    if (length >= this.outOfBandMin) {
      const isWhole = length === P.bufferLength(buffer) && !P.bufferResizable(buffer);
      const part = isWhole ? buffer : P.bufferSlice(buffer, offset, offset + length);
      this.isPlain = false;
      this.reserve(0);
      this.writeByte(TAG.TRANSFERRED_ARRAY_BUFFER);
      this.writeVarint(this.buffers.length);
      P.createDataProperty(this.buffers, this.buffers.length, {
        __proto__: null,
        buffer: part,
        byteLength: length,
      });
    } else {
      this.reserve(0);
      this.alignFor(length, 1 + (length < 0x80 ? 1 : length < 0x4000 ? 2 : 3));
      this.writeByte(TAG.ARRAY_BUFFER);
      this.writeVarint(length);
      if (length !== 0) this.writeBytes(new P.Uint8Array(buffer, offset, length), length);
    }
    this.addObject(new P.Object()); // the part takes an id too
    this.addObject(view);
    this.reserve(0);
    this.writeByte(TAG.VIEW);
    this.writeByte(VIEW_KIND[name === undefined ? 'DataView' : name]);
    this.writeVarint(0);
    this.writeVarint(length);
    this.writeVarint(0);
  }
}

module.exports = { MembraneEncoder };
