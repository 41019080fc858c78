'use strict';

/**
 * structured-clone/encoder - writes a value as one message (see format.js)
 *
 * The algorithm is HTML's StructuredSerializeWithTransfer: own enumerable properties in key order,
 * getters called in that order, and an exception from one of them passes untouched. Getters may
 * encode another message meanwhile, with another Encoder (see structured-clone.js).
 *
 * Room: writeValue() first makes sure of SLACK bytes, which is enough for anything small. Whatever
 * writes more than that, or writes after a nested value, reserves for itself.
 *
 * Nesting is bounded by the engine's stack: its RangeError is what Chromium throws there too.
 */

const P = require('./primordials');
const {
  VERSION_TAG, FRAMED_TAG, VERSION, TAG, VIEW_KIND, VIEW_FLAG, ERROR_TAG, ERROR_KIND, REGEXP_FLAGS, MAX_RESERVED,
} = require('./format');
const { copyOneByte, copyTwoByte } = require('./code-units');
const { KIND, classify, describe, isArguments, isArrayBuffer, isProxy, ownStack } = require('./classify');
const { PORT_TYPE, findPlatformType } = require('./platform');
const { isSharedBuffer } = require('./shared-buffers');
const { isDetachable, isPooled } = require('./transferable');
const { viewOffset, viewLength, isOutOfBounds, isLengthTracking } = require('./views');
const { SHORT_STRING, writeLongString } = P.node === null ? require('./strings-page') : require('./strings-node');

const { keys: ownKeysOf, hasOwn, isArray, isView, getPrototypeOf, ObjectPrototype } = P;

/** The scratch buffer at first, and again after it had grown beyond SCRATCH_KEEP. */
const SCRATCH_INITIAL = 64 * 1024;
const SCRATCH_KEEP = 4 * 1024 * 1024;
/** A larger scratch is given up after this many messages in a row that would have fitted SCRATCH_KEEP. */
const SCRATCH_PATIENCE = 16;

/** What writeValue guarantees: the longest short string (two bytes a unit) and its header. */
const SLACK = 2 * SHORT_STRING + 32;

/** The first objects of a message are looked up in a list, which is faster than a Map up to here. */
const LISTED_OBJECTS = 8;

/** Longer arrays with fewer than half of their elements present are written as sparse. */
const SPARSE_MIN_LENGTH = 1024;

const COUNT_IN_LOOP = 32;

/** What most messages have beside their bytes. */
const EMPTY = P.freeze(P.safeArray());

/** JavaScriptCore copies to unaligned places ten times as slowly; V8 doesn't mind. */
const COPY_ALIGNMENT = 16;
const ALIGNED_LENGTH = 512;

const regExpFlagGetters = [];
for (let i = 0; i < REGEXP_FLAGS.length; i++)
  regExpFlagGetters[i] = P.uncurryGetter(P.RegExpPrototype, REGEXP_FLAGS[i][0]);

class Encoder {
  /** @param {boolean} [onlyPorts] nothing else than the language has, and ports, can be read by who gets it */
  constructor(onlyPorts = false) {
    this.onlyPorts = onlyPorts;
    this.scratch = null;
    this.bytes = null;
    this.halfwords = null;
    this.numbers = null;
    this.capacity = 0;
    this.position = 0;
    this.smallMessages = 0;
    this.setScratch(new P.ArrayBuffer(SCRATCH_INITIAL));

    this.objectCount = 0;
    this.listed = P.safeArray();
    for (let i = 0; i < LISTED_OBJECTS; i++) this.listed[i] = null;
    this.ids = P.newSafeMap();

    this.where = '';
    this.outOfBandMin = 0;
    this.reserved = 0;
    this.forgetAttachments();
  }

  /**
   * Writes one message at the start of `scratch`.
   * @returns {number} its length in bytes
   */
  encode(value, transferList, where, outOfBandMin) {
    if (this.capacity > SCRATCH_KEEP) this.considerShrinking();
    this.where = where;
    this.outOfBandMin = outOfBandMin;
    this.reserved = 0;
    this.position = 2;
    if (!this.isPlain) this.forgetAttachments();
    if (transferList !== undefined && transferList.length !== 0) this.checkTransferList(transferList);
    this.bytes[0] = VERSION_TAG;
    this.bytes[1] = VERSION;
    try {
      this.writeValue(value);
    } finally {
      if (this.objectCount !== 0) this.forgetObjects();
    }
    if (!this.isPlain) this.checkTransferred();
    return this.position;
  }

  /** What the latest message had beside it. */
  forgetAttachments() {
    /** Whether the message has nothing but its bytes. */
    this.isPlain = true;
    this.buffers = [];
    this.transferred = [];
    this.moving = EMPTY;
    this.shared = EMPTY;
    this.blobs = EMPTY;
    this.portCount = this.eventPortCount = 0;
  }

  /** After the value, as HTML has it: a getter's exception comes first. */
  checkTransferred() {
    if (this.transferred.length !== 0) this.checkDetachable();
    if (this.moving !== EMPTY) this.checkMovable();
  }

  /** Whether the latest message has more beside it than ArrayBuffers. */
  hasAttachments() {
    return !this.isPlain && (this.portCount !== 0 || this.shared !== EMPTY || this.blobs !== EMPTY);
  }

  /** Adds 32-bit words behind the message, and marks it as one that has them (see link.js). */
  appendTrailer(size, words) {
    this.position = size;
    this.reserve(words.length * 4);
    for (let i = 0; i < words.length; i++, this.position += 4) this.numbers.setUint32(this.position, words[i], true);
    this.bytes[0] = FRAMED_TAG;
    return this.position;
  }

  // --- scratch

  setScratch(buffer) {
    this.scratch = buffer;
    this.capacity = P.bufferLength(buffer);
    this.bytes = P.newSafeUint8Array(buffer);
    this.halfwords = new P.Uint16Array(buffer);
    this.numbers = P.newSafeDataView(buffer);
  }

  /** Makes sure of this many bytes at the position, and SLACK more. */
  reserve(size) {
    if (this.capacity - this.position < size + SLACK) this.grow(size + SLACK);
  }

  grow(size) {
    const old = new P.Uint8Array(this.scratch, 0, this.position);
    let capacity = this.capacity * 2;
    while (capacity < this.position + size) capacity *= 2;
    this.setScratch(this.allocate(capacity));
    P.typedArraySet(this.bytes, old, 0);
  }

  allocate(capacity) {
    try {
      return new P.ArrayBuffer(capacity);
    } catch {
      return this.fail('Data cannot be cloned, out of memory.');
    }
  }

  /** Counts the messages that would have fitted; the position still is the length of the latest. */
  considerShrinking() {
    this.smallMessages = this.position > SCRATCH_KEEP ? 0 : this.smallMessages + 1;
    if (this.smallMessages < SCRATCH_PATIENCE) return;
    this.smallMessages = 0;
    this.setScratch(new P.ArrayBuffer(SCRATCH_INITIAL));
  }

  // --- errors

  fail(text) {
    throw new P.DOMException(this.where === '' ? text : `${this.where}: ${text}`, 'DataCloneError');
  }

  failToClone(value) {
    this.fail(describe(value));
  }

  // --- transfer

  checkTransferList(list) {
    this.isPlain = false;
    const transferred = this.transferred;
    for (let i = 0; i < list.length; i++) {
      const item = list[i];
      if (typeof item !== 'object' && typeof item !== 'function' || item === null)
        throw new P.TypeError(this.where === '' ? "Failed to convert value to 'object'." :
          `${this.where}: Failed to convert value to 'object'.`);
      if (!isArrayBuffer(item) || isSharedBuffer(item)) {
        this.addMoving(item, i);
        continue;
      }
      for (let j = 0; j < transferred.length; j++)
        if (transferred[j] === item) this.fail(`ArrayBuffer at index ${i} is a duplicate of an earlier ArrayBuffer.`);
      P.createDataProperty(transferred, transferred.length, item);
    }
    this.numberPorts();
  }

  /** An object of the platform in the transfer list. */
  addMoving(object, index) {
    const type = findPlatformType(object);
    if (type === undefined || type.transfer === undefined)
      this.fail(`Value at index ${index} does not have a transferable type.`);
    const label = type.id === PORT_TYPE ? 'Message port' : type.name;
    for (let i = 0; i < this.moving.length; i++)
      if (this.moving[i].object === object)
        this.fail(`${label} at index ${index} is a duplicate of an earlier ${type.id === PORT_TYPE ? 'port' : label}.`);
    const reason = type.refuse === undefined ? null : type.refuse(object, index);
    if (reason !== null) this.fail(reason);
    if (this.moving === EMPTY) this.moving = P.safeArray();
    this.moving[this.moving.length] = { __proto__: null, object, type, index, firstPort: 0 };
  }

  /** The ports of an event come first, those that stand for other objects behind them. */
  numberPorts() {
    let count = 0;
    for (let i = 0; i < this.moving.length; i++)
      if (this.moving[i].type.id === PORT_TYPE) this.moving[i].firstPort = count++;
    this.eventPortCount = count;
    for (let i = 0; i < this.moving.length; i++) {
      if (this.moving[i].type.id === PORT_TYPE) continue;
      this.moving[i].firstPort = count;
      count += this.moving[i].type.ports;
    }
    this.portCount = count;
  }

  /** A getter may have transferred or locked one meanwhile. */
  checkMovable() {
    for (let i = 0; i < this.moving.length; i++) {
      const { object, type, index } = this.moving[i];
      const reason = type.refuse === undefined ? null : type.refuse(object, index);
      if (reason !== null) this.fail(reason);
    }
  }

  /** Takes the objects of the transfer list from their owner; @returns the ports that stand for them. */
  takePorts() {
    const ports = P.safeArray();
    const { moving } = this; // taking one may encode another message
    for (let i = 0; i < moving.length; i++) {
      const { object, type, firstPort } = moving[i];
      if (type.ports === 0) continue;
      const taken = type.transfer(object);
      for (let j = 0; j < type.ports; j++) ports[firstPort + j] = taken[j];
    }
    return ports;
  }

  /** A getter may have detached one. */
  checkDetachable() {
    for (let i = 0; i < this.transferred.length; i++) {
      if (P.bufferDetached(this.transferred[i])) this.fail(`ArrayBuffer at index ${i} is already detached.`);
      if (!isDetachable(this.transferred[i]))
        this.fail(`ArrayBuffer at index ${i} is not detachable and could not be transferred.`);
    }
  }

  isTransferred(buffer) {
    for (let i = 0; i < this.transferred.length; i++)
      if (this.transferred[i] === buffer) return true;
    return false;
  }

  /** Buffers, and objects that no port stands for: what they hold is in the message. */
  detachTransferred() {
    if (this.isPlain) return;
    for (let i = 0; i < this.transferred.length; i++)
      if (!P.bufferDetached(this.transferred[i])) P.bufferTransfer(this.transferred[i], 0);
    for (let i = 0; i < this.moving.length; i++)
      if (this.moving[i].type.ports === 0) this.moving[i].type.transfer(this.moving[i].object);
  }

  // --- object ids

  /** The id of an object that the message already has, or -1. */
  findObject(object) {
    const count = this.objectCount;
    if (count > LISTED_OBJECTS) {
      const id = this.ids.get(object);
      return id === undefined ? -1 : id;
    }
    const listed = this.listed;
    for (let i = 0; i < count; i++)
      if (listed[i] === object) return i;
    return -1;
  }

  addObject(object) {
    const id = this.objectCount++;
    if (id < LISTED_OBJECTS) {
      this.listed[id] = object;
      return;
    }
    if (id === LISTED_OBJECTS)
      for (let i = 0; i < LISTED_OBJECTS; i++) this.ids.set(this.listed[i], i);
    this.ids.set(object, id);
  }

  forgetObjects() {
    const count = this.objectCount;
    for (let i = 0; i < count && i < LISTED_OBJECTS; i++) this.listed[i] = null;
    if (count > LISTED_OBJECTS) this.ids.clear();
    this.objectCount = 0;
  }

  // --- primitives

  writeByte(byte) {
    this.bytes[this.position++] = byte;
  }

  /** A non-negative integer below 2^53. */
  writeVarint(number) {
    const bytes = this.bytes;
    let position = this.position;
    while (number >= 0x80) {
      bytes[position++] = number & 0x7f | 0x80;
      number = number > 0x7fffffff ? (number - (number % 0x80)) / 0x80 : number >>> 7;
    }
    bytes[position++] = number;
    this.position = position;
  }

  writeDouble(number) {
    this.numbers.setFloat64(this.position, number, true);
    this.position += 8;
  }

  writeValue(value) {
    if (this.capacity - this.position < SLACK) this.grow(SLACK);
    switch (typeof value) {
      case 'string': this.writeString(value); return;
      case 'number': this.writeNumber(value); return;
      case 'object':
        if (value === null) this.writeByte(TAG.NULL);
        else this.writeObject(value);
        return;
      case 'boolean': this.writeByte(value ? TAG.TRUE : TAG.FALSE); return;
      case 'undefined': this.writeByte(TAG.UNDEFINED); return;
      case 'bigint': this.writeByte(TAG.BIGINT); this.writeBigIntDigits(value); return;
      default: this.writeCallable(value);
    }
  }

  /** A function or a symbol: only who knows how (lib/common/membrane) writes one. */
  writeCallable(value) {
    this.failToClone(value);
  }

  writeNumber(number) {
    if ((number | 0) === number && (number !== 0 || 1 / number > 0)) {
      this.bytes[this.position++] = TAG.INT32;
      const zigzag = (number << 1 ^ number >> 31) >>> 0;
      if (zigzag < 0x80) this.bytes[this.position++] = zigzag;
      else this.writeVarint(zigzag);
    } else {
      this.bytes[this.position++] = TAG.DOUBLE;
      this.writeDouble(number);
    }
  }

  writeBigIntDigits(bigint) {
    const negative = bigint < 0n;
    const magnitude = negative ? -bigint : bigint;
    const digits = digitCount(magnitude);
    this.reserve(digits * 8);
    this.writeVarint(digits * 16 + (negative ? 1 : 0));
    this.writeDigits(magnitude, digits);
  }

  /** Halves, because taking digit after digit off a long number costs the square of its length. */
  writeDigits(magnitude, digits) {
    if (digits === 0) return;
    if (digits === 1) {
      this.numbers.setBigUint64(this.position, magnitude, true);
      this.position += 8;
      return;
    }
    const low = digits >>> 1;
    this.writeDigits(P.asUintN(low * 64, magnitude), low);
    this.writeDigits(magnitude >> P.BigInt(low * 64), digits - low);
  }

  // --- strings

  writeString(string) {
    const length = string.length;
    if (length >= SHORT_STRING) {
      writeLongString(this, string, length);
      return;
    }
    if (this.capacity - this.position < SLACK) this.grow(SLACK);
    const bytes = this.bytes;
    const position = this.position;
    bytes[position] = TAG.ONE_BYTE_STRING;
    bytes[position + 1] = length;
    if (copyOneByte(string, length, bytes, position + 2) < 256) {
      this.position = position + 2 + length;
    } else {
      this.twoByteHeader(length * 2);
      copyTwoByte(string, length, this.halfwords, this.position >> 1);
      this.position += length * 2;
    }
  }

  oneByteHeader(byteLength) {
    this.bytes[this.position++] = TAG.ONE_BYTE_STRING;
    this.writeVarint(byteLength);
  }

  /** V8 wants UTF-16 at an even offset: padding goes before the tag. */
  twoByteHeader(byteLength) {
    if ((this.position + 1 + varintLength(byteLength) & 1) !== 0) this.bytes[this.position++] = TAG.PADDING;
    this.bytes[this.position++] = TAG.TWO_BYTE_STRING;
    this.writeVarint(byteLength);
  }

  /** Writes the header of a UTF-8 string, and returns where its bytes go; the position stays. */
  utf8Header(byteLength) {
    const start = this.position;
    this.bytes[this.position++] = TAG.UTF8_STRING;
    this.writeVarint(byteLength);
    const end = this.position;
    this.position = start;
    return end;
  }

  // --- objects

  writeObject(object) {
    if (isView(object)) {
      this.writeView(object);
      return;
    }
    const known = this.findObject(object);
    if (known !== -1) {
      this.writeReference(known);
      return;
    }
    if (isProxy !== null && isProxy(object)) this.fail('#<Object> could not be cloned.');
    this.addObject(object);
    const prototype = getPrototypeOf(object);
    if (prototype === ObjectPrototype) this.writePlainObject(object);
    else if (isArray(object)) this.writeArray(object);
    else this.writeOther(object, classify(object, prototype));
  }

  writeReference(id) {
    this.bytes[this.position++] = TAG.REFERENCE;
    this.writeVarint(id);
  }

  writePlainObject(object) {
    this.bytes[this.position++] = TAG.OBJECT;
    const keys = ownKeysOf(object);
    if ((keys.length === 0 || keys[0].length === 1 && keys[0] === '0') && isArguments(object)) this.failToClone(object);
    let count = 0;
    // As writeProperties(), which is not called here to save a frame of the stack at each level.
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      const value = object[key];
      if (value === undefined && !hasOwn(object, key)) continue;
      this.writeString(key);
      this.writeValue(value);
      count++;
    }
    this.reserve(0);
    this.bytes[this.position++] = TAG.OBJECT_END;
    this.writeVarint(count);
  }

  /** Writes the properties named, but for those that a getter removed meanwhile. */
  writeProperties(object, keys) {
    let count = 0;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      const value = object[key];
      if (value === undefined && !hasOwn(object, key)) continue;
      this.writeString(key);
      this.writeValue(value);
      count++;
    }
    return count;
  }

  writeArray(array) {
    const length = array.length;
    const keyCount = countKeys(array, length);
    if (length > SPARSE_MIN_LENGTH && keyCount < length / 2) {
      this.writeSparseArray(array, length);
      return;
    }
    this.bytes[this.position++] = TAG.DENSE_ARRAY;
    this.writeVarint(length);
    const present = this.writeElements(array, length);
    const named = keyCount === present ? 0 : this.writeNamedProperties(array, length);
    this.reserve(0);
    this.bytes[this.position++] = TAG.DENSE_ARRAY_END;
    this.writeVarint(named);
    this.writeVarint(length);
  }

  /** @returns {number} how many elements there were, holes not counted */
  writeElements(array, length) {
    let present = 0;
    for (let i = 0; i < length; i++) {
      const value = array[i];
      if (typeof value === 'number' && (value | 0) === value && value !== 0) {
        if (this.capacity - this.position < SLACK) this.grow(SLACK);
        const bytes = this.bytes;
        let position = this.position;
        bytes[position++] = TAG.INT32;
        let zigzag = (value << 1 ^ value >> 31) >>> 0;
        while (zigzag >= 0x80) {
          bytes[position++] = zigzag & 0x7f | 0x80;
          zigzag >>>= 7;
        }
        bytes[position++] = zigzag;
        this.position = position;
      } else if (value === undefined && !hasOwn(array, i)) {
        this.reserve(0);
        this.bytes[this.position++] = TAG.HOLE;
        continue;
      } else {
        this.writeValue(value);
      }
      present++;
    }
    return present;
  }

  writeSparseArray(array, length) {
    this.bytes[this.position++] = TAG.SPARSE_ARRAY;
    this.writeVarint(length);
    const count = this.writeProperties(array, ownKeysOf(array));
    this.reserve(0);
    this.bytes[this.position++] = TAG.SPARSE_ARRAY_END;
    this.writeVarint(count);
    this.writeVarint(length);
  }

  writeNamedProperties(array, length) {
    const keys = ownKeysOf(array);
    const named = P.safeArray();
    let count = 0;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      const index = key >>> 0;
      if (index >= length || P.toText(index) !== key) named[count++] = key;
    }
    return this.writeProperties(array, named);
  }

  writeOther(object, kind) {
    switch (kind) {
      case KIND.PLAIN: this.writePlainObject(object); return;
      case KIND.ERROR: this.writeError(object); return;
      case KIND.MAP: this.writeMap(object); return;
      case KIND.SET: this.writeSet(object); return;
      case KIND.ARRAY_BUFFER: this.writeArrayBuffer(object); return;
      case KIND.REGEXP: this.writeRegExp(object); return;
      case KIND.DATE: this.writeByte(TAG.DATE); this.writeDouble(P.dateGetTime(object)); return;
      case KIND.NUMBER: this.writeByte(TAG.NUMBER_OBJECT); this.writeDouble(P.numberValueOf(object)); return;
      case KIND.STRING: this.writeByte(TAG.STRING_OBJECT); this.writeString(P.stringValueOf(object)); return;
      case KIND.BOOLEAN: this.writeByte(P.booleanValueOf(object) ? TAG.TRUE_OBJECT : TAG.FALSE_OBJECT); return;
      case KIND.BIGINT: this.writeByte(TAG.BIGINT_OBJECT); this.writeBigIntDigits(P.bigintValueOf(object)); return;
      case KIND.SHARED: this.writeShared(object); return;
      case KIND.PLATFORM: this.writePlatformObject(object, findPlatformType(object)); return;
      default: this.failToClone(object);
    }
  }

  /** Maps and sets are listed first: a getter among their contents may change them. */
  writeMap(map) {
    const list = P.safeArray();
    let length = 0;
    P.mapForEach(map, (value, key) => {
      list[length++] = key;
      list[length++] = value;
    });
    this.writeList(TAG.MAP, list, length, TAG.MAP_END);
  }

  writeSet(set) {
    const list = P.safeArray();
    let length = 0;
    P.setForEach(set, (value) => {
      list[length++] = value;
    });
    this.writeList(TAG.SET, list, length, TAG.SET_END);
  }

  writeList(tag, list, length, endTag) {
    this.writeByte(tag);
    for (let i = 0; i < length; i++) this.writeValue(list[i]);
    this.reserve(0);
    this.writeByte(endTag);
    this.writeVarint(length);
  }

  writeRegExp(regexp) {
    this.writeByte(TAG.REGEXP);
    this.writeString(P.regExpSource(regexp));
    let flags = 0;
    for (let i = 0; i < REGEXP_FLAGS.length; i++)
      if (regExpFlagGetters[i](regexp)) flags |= REGEXP_FLAGS[i][2];
    this.reserve(0);
    this.writeVarint(flags);
  }

  writeError(error) {
    const name = error.name;
    const message = P.getOwnPropertyDescriptor(error, 'message');
    const cause = P.getOwnPropertyDescriptor(error, 'cause');
    const stack = ownStack(error);
    this.writeByte(TAG.ERROR);
    if (typeof name === 'string' && ERROR_KIND[name] !== undefined) this.writeByte(ERROR_KIND[name]);
    if (message !== undefined && hasOwn(message, 'value')) {
      const text = P.toText(message.value);
      this.reserve(0);
      this.writeByte(ERROR_TAG.MESSAGE);
      this.writeString(text);
    }
    if (typeof stack === 'string') {
      this.reserve(0);
      this.writeByte(ERROR_TAG.STACK);
      this.writeString(stack);
    }
    if (cause !== undefined && hasOwn(cause, 'value')) {
      this.reserve(0);
      this.writeByte(ERROR_TAG.CAUSE);
      this.writeValue(cause.value);
    }
    this.reserve(0);
    this.writeByte(ERROR_TAG.END);
  }

  // --- what bytes can't carry: in the message stands its place in a list beside it

  /** serialize() makes bytes for anybody: nothing goes beside them. */
  checkAttachable(object, isPort = false) {
    if (this.outOfBandMin === Infinity || this.onlyPorts && !isPort) this.failToClone(object);
  }

  writeShared(buffer) {
    this.checkAttachable(buffer);
    this.isPlain = false;
    if (this.shared === EMPTY) this.shared = P.safeArray();
    this.writeByte(TAG.SHARED_ARRAY_BUFFER);
    this.writeVarint(this.shared.length);
    this.shared[this.shared.length] = buffer;
  }

  writePlatformObject(object, type) {
    if (type.write === undefined) {
      this.writeMoving(object, type);
      return;
    }
    this.checkAttachable(object); // who gets bytes for anybody may not have the type
    this.writeByte(TAG.PLATFORM_OBJECT);
    this.writeVarint(type.id);
    type.write(this, object);
  }

  writeMoving(object, type) {
    this.checkAttachable(object, type.id === PORT_TYPE);
    for (let i = 0; i < this.moving.length; i++) {
      if (this.moving[i].object !== object) continue;
      this.writeByte(TAG.PLATFORM_OBJECT);
      this.writeVarint(type.id);
      this.writeVarint(this.moving[i].firstPort);
      return;
    }
    this.fail(`A ${type.name} could not be cloned because it was not transferred.`);
  }

  /**
   * A Blob, whose bytes are read after the message was made, for a platform type's record.
   * @param {Blob} blob
   */
  writeBlob(blob) {
    this.checkAttachable(blob);
    this.isPlain = false;
    if (this.blobs === EMPTY) this.blobs = P.safeArray();
    this.reserve(0);
    this.writeVarint(this.blobs.length);
    this.blobs[this.blobs.length] = blob;
  }

  // --- buffers and views

  writeArrayBuffer(buffer) {
    const length = P.bufferLength(buffer);
    const transferred = this.isTransferred(buffer);
    if (!transferred && P.bufferDetached(buffer)) this.fail('An ArrayBuffer is detached and could not be cloned.');
    if (P.bufferResizable(buffer)) {
      const maximum = P.bufferMaxLength(buffer);
      this.reserved += maximum;
      if (this.reserved > MAX_RESERVED) this.fail('ArrayBuffers that may grow beyond 4 GiB could not be cloned.');
      this.alignFor(length, 1 + varintLength(length) + varintLength(maximum));
      this.writeByte(TAG.RESIZABLE_ARRAY_BUFFER);
      this.writeVarint(length);
      this.writeVarint(maximum);
      this.writeBytes(new P.Uint8Array(buffer), length);
    } else if (length >= this.outOfBandMin) {
      this.isPlain = false;
      this.writeByte(TAG.TRANSFERRED_ARRAY_BUFFER);
      this.writeVarint(this.buffers.length);
      P.createDataProperty(this.buffers, this.buffers.length, { __proto__: null, buffer, byteLength: length });
    } else {
      this.alignFor(length, 1 + varintLength(length));
      this.writeByte(TAG.ARRAY_BUFFER);
      this.writeVarint(length);
      // A detached buffer in the transfer list gets its error after the value, from checkDetachable().
      if (length !== 0) this.writeBytes(new P.Uint8Array(buffer), length);
    }
  }

  /** Pads until the bytes behind a header of this length will be aligned, where they are many enough. */
  alignFor(length, headerLength) {
    if (length < ALIGNED_LENGTH) return;
    while ((this.position + headerLength) % COPY_ALIGNMENT !== 0) this.bytes[this.position++] = TAG.PADDING;
  }

  writeBytes(bytes, length) {
    this.reserve(length);
    P.typedArraySet(this.bytes, bytes, this.position);
    this.position += length;
  }

  writeView(view) {
    const known = this.findObject(view);
    if (known !== -1) {
      this.writeReference(known);
      return;
    }
    const name = P.typedArrayName(view);
    const buffer = name === undefined ? P.dataViewBuffer(view) : P.typedArrayBuffer(view);
    if (isPooled(view, buffer)) {
      this.writePooledView(view);
      return;
    }
    const resizable = isArrayBuffer(buffer) && P.bufferResizable(buffer);
    if (resizable && isOutOfBounds(view, name)) this.failToClone(view);
    const bufferId = this.findObject(buffer);
    if (bufferId !== -1) this.writeReference(bufferId);
    else this.writeObject(buffer);
    this.addObject(view);
    const tracking = resizable && isLengthTracking(view, name, buffer);
    this.reserve(0);
    this.writeByte(TAG.VIEW);
    this.writeByte(VIEW_KIND[name === undefined ? 'DataView' : name]);
    this.writeVarint(viewOffset(view, name));
    this.writeVarint(tracking ? 0 : viewLength(view, name));
    this.writeVarint((resizable ? VIEW_FLAG.RESIZABLE : 0) | (tracking ? VIEW_FLAG.LENGTH_TRACKING : 0));
  }

  /**
   * Small Buffers are slices of a pool that Node shares between all of them: cloning the pool, as
   * the algorithm would, sends 64 KiB that the receiver has no business with. So only the slice goes.
   */
  writePooledView(view) {
    const length = P.typedArrayLength(view);
    this.writeByte(TAG.ARRAY_BUFFER);
    this.writeVarint(length);
    this.writeBytes(view, length);
    this.addObject(new P.Object()); // the slice's own buffer takes an id too
    this.addObject(view);
    this.reserve(0);
    this.writeByte(TAG.VIEW);
    this.writeByte(VIEW_KIND.Uint8Array);
    this.writeVarint(0);
    this.writeVarint(length);
    this.writeVarint(0);
  }
}

/**
 * How many enumerable keys an array has: more than its elements when it has named properties, and much fewer
 * than its length when it is sparse. There is no quick way to ask; for long arrays, JavaScriptCore
 * takes half the time for a loop. (Enumerable properties on Array.prototype make that count too
 * large, which costs time only.)
 */
function countKeys(array, length) {
  if (P.node !== null || length < COUNT_IN_LOOP) return ownKeysOf(array).length;
  let count = 0;
  for (const key in array) count++;
  return count;
}

/** How many bytes writeVarint() makes of a number. */
function varintLength(number) {
  let length = 1;
  for (; number >= 0x80; number = (number - (number % 0x80)) / 0x80) length++;
  return length;
}

function digitCount(magnitude) {
  if (magnitude === 0n) return 0;
  if (magnitude < 0x10000000000000000n) return 1;
  let digits = 2;
  while (P.asUintN(digits * 64, magnitude) !== magnitude) digits *= 2;
  let low = digits >>> 1; // between low (too few) and digits (enough)
  while (digits - low > 1) {
    const middle = low + digits >>> 1;
    if (P.asUintN(middle * 64, magnitude) === magnitude) digits = middle;
    else low = middle;
  }
  return digits;
}

module.exports = { Encoder };
