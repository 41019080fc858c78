'use strict';

/**
 * structured-clone/decoder - reads one message (see format.js) back into a value
 *
 * Trust: the bytes may come from a hostile peer. No byte outside [offset, offset + length) is read;
 * a claimed length is compared with the bytes that are left before anything is made of it; nesting
 * ends where the engine's stack does; whatever is wrong ends in a DataCloneError. No code of the receiver's runs meanwhile:
 * properties are defined, never assigned where a setter could listen.
 */

const P = require('./primordials');
const {
  VERSION_TAG, FRAMED_TAG, VERSION, TAG, VIEW_KIND, VIEW_FLAG, ERROR_TAG, ERROR_KIND, REGEXP_FLAGS, MAX_RESERVED,
} = require('./format');
const { Pending } = require('./pending');
const { platformTypeOf } = require('./platform');
const { isSharedBuffer } = require('./shared-buffers');
const { isArrayBuffer, isDOMException } = require('./classify');
const { markReceived } = require('./transferable');
const { equalsOneByte } = require('./code-units');
const { readOneByte, readTwoByte, readUtf8 } = P.node === null ? require('./strings-page') : require('./strings-node');

const { ObjectPrototype, createDataProperty, defineProperty, dataDescriptor } = P;

/** Keys up to this length are remembered, so that a key that comes often is made once. */
const CACHED_KEY_LENGTH = 24;
const KEY_CACHE_SIZE = 1024;
const keyCache = P.safeArray();
/** Of each, whether Object.prototype had none of that name. */
const freeKeys = P.safeArray();
for (let i = 0; i < KEY_CACHE_SIZE; i++) {
  keyCache[i] = '';
  freeKeys[i] = true;
}

/** For messages of so many bytes it pays to look once whether anything was added to Object.prototype. */
const PRISTINE_MIN = 1024;
const prototypeKeys = P.setPrototypeOf(P.ownKeys(ObjectPrototype), null);

function isPrototypePristine() {
  const keys = P.ownKeys(ObjectPrototype);
  if (keys.length !== prototypeKeys.length) return false;
  for (let i = 0; i < keys.length; i++) if (keys[i] !== prototypeKeys[i]) return false;
  return true;
}

/** A table of object ids that grew beyond this is given up after its message. */
const KEEP_OBJECTS = 4096;

/** Sparse arrays that claim more than this must not make the engine allocate it. */
const DENSE_LENGTH = 1024;

/** Eight bytes as a double and as a 64-bit integer. */
const doubles = new Float64Array(1);
const digits = new BigUint64Array(doubles.buffer);
const octets = new Uint8Array(doubles.buffer);

/** View kind to constructor. */
const viewConstructors = P.safeArray();
for (const name of Object.keys(VIEW_KIND)) viewConstructors[VIEW_KIND[name]] = globalThis[name];

/** Error kind to constructor. */
const errorConstructors = P.safeArray();
for (const name of Object.keys(ERROR_KIND)) errorConstructors[ERROR_KIND[name]] = globalThis[name];

const exceptionName = P.uncurryGetter(P.DOMException.prototype, 'name');

/** What engines put on a new error, and the sender's error may not have had. */
const ERROR_OWN_KEYS = ['message', 'stack', 'line', 'column', 'sourceURL'];

class Decoder {
  constructor() {
    this.busy = false;
    this.bytes = null;
    this.position = 0;
    this.limit = 0;
    this.reserved = 0;
    this.objects = P.safeArray();
    this.objectCount = 0;
    this.attachments = undefined;
    this.laterCount = 0;
    this.pending = null;
    this.isPristine = false;
    this.isFreeKey = false;
  }

  /** Reads the one message that fills bytes [offset, offset + length). */
  decode(bytes, offset, length, attachments) {
    this.busy = true;
    this.bytes = bytes;
    this.position = offset;
    this.limit = offset + length;
    this.reserved = 0;
    this.attachments = attachments;
    this.isPristine = length >= PRISTINE_MIN && isPrototypePristine();
    try {
      this.readHeader();
      const value = this.readValue();
      if (this.position !== this.limit) this.fail('bytes are left behind the value');
      if (this.pending !== null) throw this.pending;
      return value;
    } catch (error) {
      throw this.pending !== null && error === this.pending ? error : asDataCloneError(error);
    } finally {
      if (this.laterCount !== 0) this.forgetPending();
      if (this.objectCount !== 0) this.forgetObjects();
      this.bytes = null;
      this.attachments = undefined;
      this.busy = false;
    }
  }

  forgetObjects() {
    if (this.objectCount > KEEP_OBJECTS) this.objects = P.safeArray();
    else for (let i = 0; i < this.objectCount; i++) this.objects[i] = null;
    this.objectCount = 0;
  }

  forgetPending() {
    this.laterCount = 0;
    this.pending = null;
  }

  fail(reason) {
    throw new P.DOMException(`Unable to deserialize cloned data: ${reason}.`, 'DataCloneError');
  }

  failTruncated() {
    this.fail('it ends too early');
  }

  // --- bytes

  readHeader() {
    const tag = this.readByte();
    if (tag !== VERSION_TAG && tag !== FRAMED_TAG) this.fail('it has no version');
    const version = this.readVarint();
    if (version !== VERSION) this.fail(`its format is version ${version}, not ${VERSION}`);
  }

  readByte() {
    if (this.position >= this.limit) this.failTruncated();
    return this.bytes[this.position++];
  }

  /** The next tag. */
  readTag() {
    let tag;
    do {
      if (this.position >= this.limit) this.failTruncated();
      tag = this.bytes[this.position++];
    } while (tag === TAG.PADDING);
    return tag;
  }

  /** Passes over the next tag if it is this one. */
  skipTag(tag) {
    let position = this.position;
    while (position < this.limit && this.bytes[position] === TAG.PADDING) position++;
    if (position >= this.limit || this.bytes[position] !== tag) return false;
    this.position = position + 1;
    return true;
  }

  /** An integer below 2^53. */
  readVarint() {
    if (this.position >= this.limit) this.failTruncated();
    const byte = this.bytes[this.position++];
    return byte < 0x80 ? byte : this.readLongVarint(byte & 0x7f);
  }

  readLongVarint(number) {
    let scale = 0x80;
    for (;;) {
      const byte = this.readByte();
      number += (byte & 0x7f) * scale;
      if (number > 0x1fffffffffffff) this.fail('a number is too large');
      if (byte < 0x80) return byte === 0 ? this.fail('a number is longer than it needs') : number;
      scale *= 0x80;
      if (scale > 0x1fffffffffffff) this.fail('a number is too long');
    }
  }

  readUint32() {
    const number = this.readVarint();
    return number > 0xffffffff ? this.fail('a number is too large') : number;
  }

  readInt32() {
    const position = this.position;
    const first = position < this.limit ? this.bytes[position] : 0x80;
    if (first < 0x80) {
      this.position = position + 1;
      return first >>> 1 ^ -(first & 1);
    }
    const zigzag = this.readUint32();
    return zigzag >>> 1 ^ -(zigzag & 1);
  }

  readDouble() {
    this.readOctets();
    return doubles[0];
  }

  readOctets() {
    const start = this.take(8);
    const bytes = this.bytes;
    octets[0] = bytes[start];
    octets[1] = bytes[start + 1];
    octets[2] = bytes[start + 2];
    octets[3] = bytes[start + 3];
    octets[4] = bytes[start + 4];
    octets[5] = bytes[start + 5];
    octets[6] = bytes[start + 6];
    octets[7] = bytes[start + 7];
  }

  /** Passes over so many bytes, and returns where they start. */
  take(size) {
    const start = this.position;
    if (size > this.limit - start) this.failTruncated();
    this.position = start + size;
    return start;
  }

  // --- values

  readValue() {
    const tag = this.readTag();
    if (tag === TAG.ONE_BYTE_STRING) return this.readOneByteString();
    if (tag === TAG.INT32) return this.readInt32();
    if (tag === TAG.OBJECT) return this.readObject();
    if (tag === TAG.DENSE_ARRAY) return this.readDenseArray();
    return this.readRareValue(tag);
  }

  readRareValue(tag) {
    switch (tag) {
      case TAG.TRUE: return true;
      case TAG.FALSE: return false;
      case TAG.NULL: return null;
      case TAG.UNDEFINED: return undefined;
      case TAG.DOUBLE: return this.readDouble();
      case TAG.UTF8_STRING: return this.readUtf8String();
      case TAG.TWO_BYTE_STRING: return this.readTwoByteString();
      case TAG.REFERENCE: return this.readReference();
      case TAG.UINT32: return this.readUint32();
      case TAG.BIGINT: return this.readBigInt();
      case TAG.SPARSE_ARRAY: return this.readSparseArray();
      case TAG.DATE: return this.keep(new P.Date(this.readDouble()));
      case TAG.MAP: return this.readMap();
      case TAG.SET: return this.readSet();
      case TAG.REGEXP: return this.readRegExp();
      case TAG.ERROR: return this.readError();
      case TAG.ARRAY_BUFFER: return this.withView(this.readArrayBuffer());
      case TAG.RESIZABLE_ARRAY_BUFFER: return this.withView(this.readResizableArrayBuffer());
      case TAG.TRANSFERRED_ARRAY_BUFFER: return this.withView(this.readOutOfBandBuffer());
      case TAG.SHARED_ARRAY_BUFFER: return this.withView(this.keep(this.readAttachment('shared')));
      case TAG.PLATFORM_OBJECT: return this.readPlatformObject();
      case TAG.TRUE_OBJECT: return this.keep(new P.Boolean(true));
      case TAG.FALSE_OBJECT: return this.keep(new P.Boolean(false));
      case TAG.NUMBER_OBJECT: return this.keep(new P.Number(this.readDouble()));
      case TAG.BIGINT_OBJECT: return this.keep(P.Object(this.readBigInt()));
      case TAG.STRING_OBJECT: return this.keep(new P.String(this.readString()));
      default: return this.fail(`unknown tag ${tag}`);
    }
  }

  readOneByteString() {
    const length = this.readVarint();
    const start = this.take(length);
    return readOneByte(this.bytes, start, start + length);
  }

  readUtf8String() {
    const length = this.readVarint();
    const start = this.take(length);
    return readUtf8(this.bytes, start, start + length);
  }

  readTwoByteString() {
    const length = this.readVarint();
    if (length % 2 !== 0) this.fail('a string has half a character');
    const start = this.take(length);
    return readTwoByte(this.bytes, start, start + length);
  }

  readString() {
    switch (this.readTag()) {
      case TAG.ONE_BYTE_STRING: return this.readOneByteString();
      case TAG.UTF8_STRING: return this.readUtf8String();
      case TAG.TWO_BYTE_STRING: return this.readTwoByteString();
      default: return this.fail('a string is missing');
    }
  }

  readBigInt() {
    const header = this.readVarint();
    const size = (header - header % 2) / 2;
    if (size % 8 !== 0) this.fail('a BigInt has half a digit');
    if (size > this.limit - this.position) this.failTruncated();
    const magnitude = this.readDigits(size / 8);
    return header % 2 === 1 ? -magnitude : magnitude;
  }

  /** Halves, because adding digit after digit to a long number costs the square of its length. */
  readDigits(count) {
    if (count === 0) return 0n;
    if (count === 1) {
      this.readOctets();
      return digits[0];
    }
    const low = count >>> 1;
    const lowDigits = this.readDigits(low);
    return this.readDigits(count - low) << P.BigInt(low * 64) | lowDigits;
  }

  // --- objects: each gets the next id when its tag is read, before what it contains

  keep(object) {
    this.objects[this.objectCount++] = object;
    return object;
  }

  /** Takes the next id for an object that can only be made when its contents are read. */
  reserveId() {
    this.objects[this.objectCount] = undefined;
    return this.objectCount++;
  }

  readReference() {
    const id = this.readVarint();
    const object = id < this.objectCount ? this.objects[id] : undefined;
    if (object === undefined) this.fail(`there is no object ${id}`);
    return this.withView(object);
  }

  readObject() {
    const object = {};
    this.objects[this.objectCount++] = object;
    for (let count = 0; ; count++) {
      const tag = this.readTag();
      if (tag === TAG.OBJECT_END) {
        if (this.readVarint() !== count) this.fail('properties are missing');
        return object;
      }
      const key = tag === TAG.ONE_BYTE_STRING ? this.readKey() : this.readRareKey(tag);
      const isFree = tag === TAG.ONE_BYTE_STRING && this.isPristine && this.isFreeKey;
      const value = this.readValue();
      // Assigning is several times as fast as defining, and the same while nothing is inherited.
      if (isFree || !(key in ObjectPrototype)) object[key] = value;
      else createDataProperty(object, key, value);
    }
  }

  /** Reads properties of an array up to the end tag and the number of them behind it. */
  readProperties(object, endTag) {
    for (let count = 0; ; count++) {
      const tag = this.readTag();
      if (tag === endTag) {
        if (this.readVarint() !== count) this.fail('properties are missing');
        return;
      }
      const key = tag === TAG.ONE_BYTE_STRING ? this.readKey() : this.readRareKey(tag);
      const value = this.readValue();
      if (key in ObjectPrototype || key in object) createDataProperty(object, key, value);
      else object[key] = value;
    }
  }

  readKey() {
    const length = this.readVarint();
    const start = this.take(length);
    const bytes = this.bytes;
    this.isFreeKey = false;
    if (length > CACHED_KEY_LENGTH) return readOneByte(bytes, start, start + length);
    let hash = length;
    for (let i = 0; i < length; i++) hash = hash * 31 + bytes[start + i] | 0;
    const slot = hash & KEY_CACHE_SIZE - 1;
    const cached = keyCache[slot];
    if (cached.length === length && equalsOneByte(cached, bytes, start)) {
      this.isFreeKey = freeKeys[slot];
      return cached;
    }
    const key = readOneByte(bytes, start, start + length);
    keyCache[slot] = key;
    freeKeys[slot] = !(key in ObjectPrototype);
    return key;
  }

  readRareKey(tag) {
    switch (tag) {
      case TAG.TWO_BYTE_STRING: return this.readTwoByteString();
      case TAG.UTF8_STRING: return this.readUtf8String();
      case TAG.INT32: return this.readInt32();
      case TAG.UINT32: return this.readUint32();
      case TAG.DOUBLE: return this.readDouble();
      default: return this.fail('a property has no name');
    }
  }

  readDenseArray() {
    const length = this.readVarint();
    if (length > this.limit - this.position) this.failTruncated(); // an element has a byte at least
    const array = new P.Array(length);
    this.objects[this.objectCount++] = array;
    for (let i = 0; i < length; i++) {
      const tag = this.position < this.limit ? this.bytes[this.position] : -1;
      if (tag === TAG.INT32) {
        this.position++;
        array[i] = this.readInt32();
      } else if (tag === TAG.HOLE) {
        this.position++;
      } else {
        array[i] = this.readValue();
      }
    }
    this.readProperties(array, TAG.DENSE_ARRAY_END);
    if (this.readVarint() !== length) this.fail('elements are missing');
    return array;
  }

  readSparseArray() {
    const length = this.readVarint();
    if (length > 0xffffffff) this.fail('an array is too long');
    const array = this.keep(sparseArray(length));
    this.readProperties(array, TAG.SPARSE_ARRAY_END);
    if (this.readVarint() !== length) this.fail('elements are missing');
    return array;
  }

  readMap() {
    const map = this.keep(new P.Map());
    let length = 0;
    for (; !this.skipTag(TAG.MAP_END); length += 2) {
      const key = this.readValue();
      P.mapSet(map, key, this.readValue());
    }
    if (this.readVarint() !== length) this.fail('entries are missing');
    return map;
  }

  readSet() {
    const set = this.keep(new P.Set());
    let length = 0;
    for (; !this.skipTag(TAG.SET_END); length++) P.setAdd(set, this.readValue());
    if (this.readVarint() !== length) this.fail('values are missing');
    return set;
  }

  readRegExp() {
    const id = this.reserveId();
    const source = this.readString();
    const bits = this.readVarint();
    let flags = '';
    for (let i = 0; i < REGEXP_FLAGS.length; i++)
      if (bits & REGEXP_FLAGS[i][2]) flags += REGEXP_FLAGS[i][1];
    const regexp = new P.RegExp(source, flags);
    this.objects[id] = regexp;
    return regexp;
  }

  readError() {
    const id = this.reserveId();
    let tag = this.readTag();
    let constructor = P.Error;
    if (errorConstructors[tag] !== undefined) {
      constructor = errorConstructors[tag];
      tag = this.readTag();
    }
    const error = bareError(constructor);
    this.objects[id] = error;
    if (tag === ERROR_TAG.MESSAGE) {
      defineProperty(error, 'message', dataDescriptor(this.readString(), false));
      tag = this.readTag();
    }
    if (tag === ERROR_TAG.STACK) {
      defineProperty(error, 'stack', dataDescriptor(this.readString(), false));
      tag = this.readTag();
    }
    if (tag === ERROR_TAG.CAUSE) {
      defineProperty(error, 'cause', dataDescriptor(this.readValue(), false));
      tag = this.readTag();
    }
    if (tag !== ERROR_TAG.END) this.fail('an error is broken');
    return error;
  }

  // --- buffers and views

  readArrayBuffer() {
    const length = this.readVarint();
    const copy = this.copyBytes(length);
    return this.keep(P.typedArrayBuffer(copy));
  }

  /** A new Uint8Array with the next so many bytes, in a buffer of just that length. */
  copyBytes(length) {
    return P.copyBytes(this.bytes, this.take(length), length);
  }

  readResizableArrayBuffer() {
    const length = this.readVarint();
    const maxByteLength = this.readVarint();
    if (length > maxByteLength) this.fail('a buffer is larger than it can be');
    this.reserved += maxByteLength;
    if (this.reserved > MAX_RESERVED) this.fail('its buffers may grow too large');
    const content = this.copyBytes(length);
    const buffer = new P.ArrayBuffer(length, { __proto__: null, maxByteLength });
    P.typedArraySet(new P.Uint8Array(buffer), content, 0);
    return this.keep(buffer);
  }

  readOutOfBandBuffer() {
    const buffer = this.readAttachment('buffers');
    markReceived(buffer);
    return this.keep(buffer);
  }

  // --- what came beside the message

  /** @param {'buffers' | 'shared' | 'blobs'} kind of the attachment whose index comes next */
  readAttachment(kind) {
    const index = this.readVarint();
    const list = this.attachments === undefined ? undefined : this.attachments[kind];
    const attachment = list !== undefined && index < list.length ? list[index] : undefined;
    if (attachment === undefined) this.fail(`number ${index} of its ${kind} did not come with it`);
    return attachment;
  }

  /** What writeBlob() wrote. @returns {ArrayBuffer | Blob} as the channel brought it */
  readBlob() {
    return this.readAttachment('blobs');
  }

  /**
   * A value that takes time to make, such as a CryptoKey. The message is read to its end without, and decode()
   * throws the Pending; it is to be decoded again when that has settled (see pending.js).
   * @param {() => Promise<object>} make
   */
  readLater(make) {
    const index = this.laterCount++;
    const { settled } = this.attachments;
    if (settled === undefined) {
      this.pending ??= new Pending();
      this.pending.add(make());
      return new P.Object();
    }
    if (settled[index] === undefined) this.fail('a value could not be made');
    return settled[index];
  }

  readPlatformObject() {
    const id = this.reserveId();
    const type = platformTypeOf(this.readVarint());
    if (type === undefined) this.fail('it has an object of a type that this scope does not have');
    const object = type.write === undefined ? this.receiveObject(type) : type.read(this);
    this.objects[id] = object;
    return object;
  }

  receiveObject(type) {
    const first = this.readVarint();
    const ports = this.attachments === undefined ? undefined : this.attachments.ports;
    if (ports === undefined || first + type.ports > ports.length) this.fail(`a ${type.name} did not come with it`);
    const own = [];
    for (let i = 0; i < type.ports; i++) createDataProperty(own, i, ports[first + i]);
    const received = this.attachments.received ??= P.safeArray(); // a message may be read twice
    return received[first] ??= type.receive(own);
  }

  /** A view is written behind its buffer: reads one if it follows. */
  withView(object) {
    if (!this.skipTag(TAG.VIEW)) return object;
    if (!isArrayBuffer(object) && !isSharedBuffer(object)) this.fail('a view has no buffer');
    return this.readView(object);
  }

  readView(buffer) {
    const constructor = viewConstructors[this.readByte()];
    if (constructor === undefined) this.fail('a view has an unknown type');
    const offset = this.readVarint();
    const length = this.readVarint();
    const flags = this.readVarint();
    const size = constructor === P.DataView ? 1 : constructor.BYTES_PER_ELEMENT;
    if ((flags & VIEW_FLAG.LENGTH_TRACKING) !== 0) return this.keep(new constructor(buffer, offset));
    if (length % size !== 0) this.fail('a view has half an element');
    return this.keep(new constructor(buffer, offset, length / size));
  }
}

/** An empty array of a length that must not cost memory. */
function sparseArray(length) {
  const array = [];
  if (length > DENSE_LENGTH) {
    // An element far behind the end makes both engines keep elements in a table, and it stays one.
    array[length - 1] = undefined;
    delete array[length - 1];
  } else {
    array.length = length;
  }
  return array;
}

/** An error without any property of its own. */
function bareError(constructor) {
  const error = new constructor();
  for (let i = 0; i < ERROR_OWN_KEYS.length; i++) delete error[ERROR_OWN_KEYS[i]];
  return error;
}

/** The engine's own refusals (a bad regular expression, a full stack...) are about the message too. */
function asDataCloneError(error) {
  if (isDOMException(error) && exceptionName(error) === 'DataCloneError') return error;
  return new P.DOMException('Unable to deserialize cloned data: ' + P.toText(error.message) + '.', 'DataCloneError');
}

module.exports = { Decoder };
