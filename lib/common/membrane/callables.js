'use strict';

/** How functions and symbols are written. */

const P = require('../structured-clone/primordials');
const { functionFlags } = require('./functions');
const { knownSymbol } = require('./intrinsics');
const { FUNCTION_FLAG, SORT } = require('./words');

const { Symbol } = globalThis;
const registeredKey = Symbol.keyFor;
const descriptionOf = P.uncurryGetter(Symbol.prototype, 'description');

function writeFunction(encoder, end, fn) {
  if (encoder.writeKnown(fn)) return;
  const { given, isPinning, realm } = end;
  let flags = functionFlags(fn);
  if (isPinning) flags |= FUNCTION_FLAG.PINNED;
  if (realm.lends(fn)) flags |= FUNCTION_FLAG.LENDS;
  encoder.writeId(SORT.FUNCTION, given.give(fn, isPinning));
  encoder.writeByte(flags);
  const { name, length } = fn;
  encoder.writeString(typeof name === 'string' ? name : '');
  encoder.reserve(0);
  encoder.writeVarint(length >>> 0 === length ? length : 0);
}

function writeSymbol(encoder, end, symbol) {
  const { given, received } = end;
  const id = received.idOf(symbol);
  const name = knownSymbol(symbol);
  const key = registeredKey(symbol);
  if (id !== 0) {
    encoder.writeId(SORT.YOURS, id);
  } else if (name !== undefined) {
    encoder.writeSort(SORT.KNOWN_SYMBOL);
    encoder.writeString(name);
  } else if (key !== undefined) {
    encoder.writeSort(SORT.REGISTERED_SYMBOL);
    encoder.writeString(key);
  } else {
    encoder.writeId(SORT.SYMBOL, given.give(symbol, true));
    encoder.writeString(descriptionOf(symbol) ?? '');
  }
}

module.exports = { writeFunction, writeSymbol };
