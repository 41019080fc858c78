'use strict';

/**
 * Writes what crosses the membrane: plain data as a clone, everything else as the id under which the
 * other end has it, or will have.
 */

const P = require('../structured-clone/primordials');
const { isArrayBuffer, usualKind } = require('../structured-clone/classify');
const { Encoder } = require('../structured-clone/encoder');
const { TAG } = require('../structured-clone/format');
const { isSharedBuffer } = require('../structured-clone/shared-buffers');
const { writeFunction, writeSymbol } = require('./callables');
const { isErrorOfThread, packError } = require('./errors');
const { intrinsicName } = require('./intrinsics');
const { ArrayPrototype, isData } = require('./plain');
const { isAborted, isSignal, reasonOf } = require('./signals');
const { writeBytesOf } = require('./views');
const { SORT } = require('./words');

const { ObjectPrototype, getPrototypeOf, isArray, isView } = P;
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
    if (typeof value === 'symbol') writeSymbol(this, this.#end, value);
    else writeFunction(this, this.#end, value);
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
    if (this.writeKnown(object)) return;
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
  writeKnown(object) {
    const { given, received } = this.#end;
    const id = received.idOf(object);
    if (id !== 0) {
      this.writeId(SORT.YOURS, id);
      return true;
    }
    const name = intrinsicName(object);
    if (name !== undefined) {
      this.writeSort(SORT.INTRINSIC);
      this.writeString(name);
      return true;
    }
    if (!this.#end.marks.isPrototype(object)) return false;
    this.writeId(SORT.PROTOTYPE, given.give(object, true));
    return true;
  }

  writeSort(sort) {
    this.reserve(0);
    this.writeByte(TAG.PLATFORM_OBJECT);
    this.writeByte(sort);
  }

  writeId(sort, id) {
    this.writeSort(sort);
    this.writeVarint(id);
  }

  // --- by copy

  #writePlain(object, prototype) {
    if (this.#end.marks.isStatic(object)) {
      this.writeId(SORT.STATIC, this.#end.given.give(object, true));
    } else if (!isData(object) || this.#end.realm.isOpaque(object)) {
      this.#writeReferenceTo(object, prototype);
    } else {
      this.addObject(object);
      if (prototype === null) this.writeSort(SORT.NULL_OBJECT);
      this.writePlainObject(object);
    }
  }

  #writeInstance(object, prototype) {
    const kind = usualKind(object, prototype);
    if (P.isError(object) || isErrorOfThread(object, prototype)) {
      this.#writeTwin(object);
    } else if (kind !== undefined) {
      this.addObject(object);
      this.writeOther(object, kind);
    } else if (prototype === PromisePrototype) {
      this.writeId(SORT.PROMISE, this.#end.followPromise(object));
    } else if (isSignal(object)) {
      this.#writeSignal(object);
    } else {
      const type = this.#end.realm.valueTypes.find(prototype);
      if (type === undefined) this.#writeReferenceTo(object, prototype);
      else this.#writeValueOf(object, type);
    }
  }

  #writeValueOf(object, type) {
    this.writeSort(SORT.VALUE);
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
      this.writeId(SORT.ERROR, this.#end.given.give(error));
      this.writeValue(packError(error));
    } finally {
      this.#errors.delete(error);
    }
  }

  #writeSignal(signal) {
    this.writeId(SORT.SIGNAL, this.#end.followSignal(signal));
    this.writeValue(isAborted(signal));
    this.writeValue(isAborted(signal) ? reasonOf(signal) : undefined);
  }

  // --- by reference

  #writeReferenceTo(object, prototype) {
    this.writeId(SORT.OBJECT, this.#end.given.give(object));
    if (prototype !== null) this.#end.marks.addPrototype(prototype);
    this.writeValue(prototype);
    this.writeValue(this.#end.marks.ownMethods(object, prototype));
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
    if (id !== 0) this.writeId(SORT.BACK, id);
    else if (isLending) this.writeId(SORT.LENT, given.give(view));
    if (name === 'Uint8Array' && realm.isBuffer(view)) this.writeSort(SORT.BUFFER);
    writeBytesOf(this, view, name, buffer);
  }
}

module.exports = { MembraneEncoder };
