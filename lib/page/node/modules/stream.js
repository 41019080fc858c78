'use strict';

/**
 * `stream`: the package readable-stream, which is Node's own streams for other engines, and the
 * conversions from and to the page's web streams.
 */

const { loadPackage } = require('../packages');
const { acceptRemote, systemModule } = require('../system');
const web = require('./stream-web');

const stream = loadPackage('readable-stream');
const { Duplex, Readable, Writable } = stream;

function define(target, methods) {
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(target, name, { value, writable: true, configurable: true });
  }
}

define(Readable, { fromWeb: web.readableFromWeb(Readable), toWeb: web.readableToWeb });
define(Writable, { fromWeb: web.writableFromWeb(Writable), toWeb: web.writableToWeb });
define(Duplex, {
  fromWeb: (pair, options) =>
    Duplex.from({
      readable: Readable.fromWeb(pair.readable, options),
      writable: Writable.fromWeb(pair.writable, options),
    }),
  toWeb: (duplex) => ({
    readable: Readable.toWeb(duplex),
    writable: Writable.toWeb(duplex),
  }),
});

/** Two ends: what is written to one is read from the other. */
function duplexPair(options) {
  const ends = [];
  const other = (end) => ends[1 - ends.indexOf(end)];
  for (let i = 0; i < 2; i++) {
    let done = null;
    const end = new Duplex({
      ...options,
      read() {
        const written = done;
        done = null;
        written?.();
      },
      write(chunk, encoding, callback) {
        other(end).take(chunk, callback);
      },
      final(callback) {
        other(end).once('end', callback);
        other(end).push(null);
      },
    });
    end.take = (chunk, callback) => {
      if (chunk.length === 0) {
        queueMicrotask(callback);
        return;
      }
      done = callback;
      end.push(chunk);
    };
    ends.push(end);
  }
  return ends;
}

for (const name of ['Readable', 'Duplex', 'Transform', 'PassThrough', 'Stream']) {
  acceptRemote(stream[name], () => systemModule('stream')[name]);
}
// Writable has a question of its own, for its state.
acceptRemote(Writable.WritableState, () => systemModule('stream').Writable.WritableState);

stream._isArrayBufferView = ArrayBuffer.isView;
stream.duplexPair = duplexPair;
stream.isDestroyed = (each) => Boolean(each.destroyed);
stream.isWritable = (each) => (typeof each?.writable === 'boolean' ? each.writable : null);

module.exports = stream;
