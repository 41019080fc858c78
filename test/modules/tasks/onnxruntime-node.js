'use strict';

const assert = require('node:assert/strict');
const { InferenceSession, Tensor } = require('onnxruntime-node');
const { overlap } = require('../forever');

const SIZE = 4;
const FLOAT = 1;

/* A model is a message of Protocol Buffers: onnx.proto has the numbers of its fields. */
const number = (field, value) => Buffer.from([field << 3, value]);
const bytes = (field, ...parts) => {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.from([(field << 3) | 2, content.length]), content]);
};

/** A vector of floats with a name: ValueInfoProto. */
const vector = (name) => {
  const shape = bytes(2, bytes(1, number(1, SIZE)));
  return [bytes(1, name), bytes(2, bytes(1, number(1, FLOAT), shape))];
};

/** c = a + b */
const MODEL = Buffer.concat([
  number(1, 8), // version of the format
  bytes(8, number(2, 13)), // version of the operators
  bytes(
    7,
    bytes(1, bytes(1, 'a'), bytes(1, 'b'), bytes(2, 'c'), bytes(4, 'Add')),
    bytes(2, 'sum'),
    ...['a', 'b'].map((name) => bytes(11, ...vector(name))),
    bytes(12, ...vector('c')),
  ),
]);

const OPTIONS = { intraOpNumThreads: 1, interOpNumThreads: 1 };
const tensor = (values) => new Tensor('float32', Float32Array.from(values), [SIZE]);

exports.work = async (index) => {
  const session = await InferenceSession.create(MODEL, OPTIONS);
  assert.deepEqual([session.inputNames, session.outputNames], [['a', 'b'], ['c']]);
  const { c } = await session.run({ a: tensor([1, 2, 3, 4]), b: tensor([index, 0.5, -3, 10]) });
  assert.deepEqual([...c.data], [1 + index, 2.5, 0, 14]);
  await session.release();
  await assert.rejects(InferenceSession.create(Buffer.from('no model'), OPTIONS));
};

exports.busy = async () => {
  const session = await InferenceSession.create(MODEL, OPTIONS);
  await overlap(4, () => session.run({ a: tensor([1, 2, 3, 4]), b: tensor([1, 1, 1, 1]) }));
};
