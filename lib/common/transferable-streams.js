'use strict';

/**
 * Streams that are transferred (Streams, 8.2, cross-realm transforms): the owner pipes its stream to or
 * from a message port, and at the other end a new stream is made of the port that came. One chunk is
 * sent for each `pull`, so backpressure crosses too.
 *
 * @typedef {object} Scope what the engine has
 * @property {() => [object, object]} makeChannel two message ports
 * @property {(port: object) => void} start
 * @property {(port: object, message: unknown) => void} post
 * @property {(port: object) => void} close
 */

const P = require('./structured-clone/primordials');
const { accepts } = require('./structured-clone/classify');
const { TYPE, registerPlatformType } = require('./structured-clone/platform');
const { readFrom, writeTo } = require('./stream-port');

const { ReadableStream, TransformStream, WritableStream } = globalThis;

const isReadableLocked = P.uncurryGetter(ReadableStream.prototype, 'locked');
const isWritableLocked = P.uncurryGetter(WritableStream.prototype, 'locked');
const ownReadable = P.uncurryGetter(TransformStream.prototype, 'readable');
const ownWritable = P.uncurryGetter(TransformStream.prototype, 'writable');
const pipeTo = P.uncurryThis(ReadableStream.prototype.pipeTo);
const then = P.uncurryThis(Promise.prototype.then);

/** What goes wrong is told to both streams; nobody waits for the pipe. */
function pipe(from, to) {
  then(pipeTo(from, to), undefined, () => {});
}

/** Received TransformStreams and their streams. */
const received = P.newSafeWeakMap();
const readableOf = (stream) => received.get(stream)?.readable ?? ownReadable(stream);
const writableOf = (stream) => received.get(stream)?.writable ?? ownWritable(stream);

const LOCKED = 'Cannot transfer a locked stream';

/** @param {Scope} scope */
function registerStreams(scope) {
  const sendReadable = (stream) => {
    const ports = scope.makeChannel();
    pipe(stream, writeTo(scope, ports[0]));
    return ports[1];
  };
  const sendWritable = (stream) => {
    const ports = scope.makeChannel();
    pipe(readFrom(scope, ports[0]), stream);
    return ports[1];
  };

  registerPlatformType({
    id: TYPE.READABLE_STREAM,
    name: 'ReadableStream',
    prototypes: [ReadableStream.prototype],
    accepts: accepts(isReadableLocked),
    ports: 1,
    refuse: (stream) => (isReadableLocked(stream) ? LOCKED : null),
    transfer: (stream) => [sendReadable(stream)],
    receive: (ports) => readFrom(scope, ports[0]),
  });

  registerPlatformType({
    id: TYPE.WRITABLE_STREAM,
    name: 'WritableStream',
    prototypes: [WritableStream.prototype],
    accepts: accepts(isWritableLocked),
    ports: 1,
    refuse: (stream) => (isWritableLocked(stream) ? LOCKED : null),
    transfer: (stream) => [sendWritable(stream)],
    receive: (ports) => writeTo(scope, ports[0]),
  });

  registerPlatformType({
    id: TYPE.TRANSFORM_STREAM,
    name: 'TransformStream',
    prototypes: [TransformStream.prototype],
    accepts: accepts(ownReadable),
    ports: 2,
    refuse(stream) {
      const isLocked = isReadableLocked(readableOf(stream)) || isWritableLocked(writableOf(stream));
      return isLocked ? LOCKED : null;
    },
    transfer: (stream) => [sendReadable(readableOf(stream)), sendWritable(writableOf(stream))],
    receive: (ports) => joinStreams(readFrom(scope, ports[0]), writeTo(scope, ports[1])),
  });
}

/**
 * A TransformStream of two that are there already. The language has no way to make one, so they are put
 * before those that this one was made with.
 */
function joinStreams(readable, writable) {
  const stream = new TransformStream();
  const parts = { __proto__: null, readable, writable };
  received.set(stream, parts);
  for (const name in parts) P.defineProperty(stream, name, P.dataDescriptor(parts[name], false));
  return stream;
}

module.exports = { registerStreams };
