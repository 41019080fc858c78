'use strict';

/*
 * The part of structured-clone.test.js that runs in the jsc shell:
 *
 *   encode         prints "<index> <hex>" for each of the values of clone-values.js
 *   decode FILE    reads such lines and prints "<index> <difference, or ok>"
 *   tamper         all values there and back while every intrinsic is broken
 *   deep           a list of 100,000 levels
 *   errors         the errors for what cannot be cloned
 */

const { createCodec } = globalThis.requireLib('lib/common/structured-clone.js');
const { findDifference } = globalThis.requireLib('test/support/clone-compare.js');
const { values } = globalThis.requireLib('test/support/clone-values.js');
const { withBrokenIntrinsics } = globalThis.requireLib('test/support/broken-intrinsics.js');

const [command, file] = globalThis.scriptArguments;
const codec = createCodec();

function encode() {
  values.forEach(([, make], i) => globalThis.print(i, codec.serialize(make()).toHex()));
}

function decode() {
  for (const line of globalThis.read(file).trim().split('\n')) {
    const [index, hex] = line.split(' ');
    const [, make, expected = make] = values[index];
    globalThis.print(index, findDifference(codec.deserialize(Uint8Array.fromHex(hex)), expected()) || 'ok');
  }
}

function tamper() {
  const made = values.map(([, make]) => make());
  const results = new Array(made.length).fill(undefined);
  withBrokenIntrinsics(() => {
    for (let i = 0; i < made.length; i++) {
      try {
        results[i] = codec.deserialize(codec.serialize(made[i]));
      } catch (error) {
        results[i] = error;
      }
    }
  });
  results.forEach((result, i) => {
    const [, make, expected = make] = values[i];
    const difference = findDifference(result, expected());
    globalThis.print(i, difference && `${values[i][0]}: ${difference} ${result instanceof Error ? result.message : ''}` || 'ok');
  });
}

function deep() {
  let list = null;
  for (let i = 0; i < 100_000; i++) list = { list };
  try {
    codec.serialize(list);
    globalThis.print('cloned');
  } catch (error) {
    globalThis.print(error.name);
  }
  globalThis.print(codec.deserialize(codec.serialize('still alive')));
}

function errors() {
  const uncloneable = [
    () => 1, Symbol('x'), Object(Symbol('x')), Promise.resolve(), new WeakMap(), new SharedArrayBuffer(8),
    (function* () {})(), [].values(), new Intl.NumberFormat(), new DOMException('x'),
    (function () { return arguments; })(), (function () { 'use strict'; return arguments; })(1),
  ];
  for (const value of uncloneable) {
    try {
      codec.serialize(value);
      globalThis.print('- cloned');
    } catch (error) {
      globalThis.print('-', error.message);
    }
  }
}

({ encode, decode, tamper, deep, errors })[command]();
