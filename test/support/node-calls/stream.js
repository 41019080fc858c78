'use strict';

const stream = require('stream');
const { pipeline, finished } = require('stream/promises');
const { buffer, json, text } = require('stream/consumers');
const fs = require('fs');
const zlib = require('zlib');

const { Duplex, PassThrough, Readable, Transform, Writable } = stream;

class Upper extends Transform {
  _transform(chunk, encoding, callback) {
    callback(null, `${chunk}`.toUpperCase());
  }
}

function sink() {
  const chunks = [];
  const writable = new Writable({
    write(chunk, encoding, callback) {
      chunks.push(chunk);
      callback();
    },
  });
  return { writable, said: () => Buffer.concat(chunks).toString() };
}

module.exports = {
  'Readable.from': async () => await Readable.from([1, 2, 3]).toArray(),
  'a class extends Transform': async () => await text(Readable.from(['a', 'b']).pipe(new Upper())),
  'a class extends Readable': async () => {
    class Count extends Readable {
      #n = 0;
      _read() {
        this.push(this.#n < 3 ? String(this.#n++) : null);
      }
    }
    return await text(new Count());
  },
  'pipeline of ours': async () => {
    const { writable, said } = sink();
    await pipeline(Readable.from(['x', 'y']), new Upper(), writable);
    return said();
  },
  'pipeline rejects': () =>
    pipeline(
      Readable.from(['x']),
      new Writable({ write: (chunk, encoding, callback) => callback(new RangeError('full')) }),
    ),
  'pipeline with a callback': async () => {
    const { writable, said } = sink();
    const error = await new Promise((resolve) => {
      stream.pipeline(Readable.from(['a']), writable, resolve);
    });
    return [error, said()];
  },
  'pipeline with a generator': async () => {
    const { writable, said } = sink();
    const twice = async function* (source) {
      for await (const chunk of source) yield `${chunk}${chunk}`;
    };
    await pipeline(Readable.from(['ab']), twice, writable);
    return said();
  },
  'a file through ours to a file': async ({ file }) => {
    fs.writeFileSync(file('in'), 'words of a file');
    await pipeline(fs.createReadStream(file('in')), new Upper(), fs.createWriteStream(file('out')));
    return fs.readFileSync(file('out'), 'utf8');
  },
  'a file through zlib to ours': async ({ file }) => {
    fs.writeFileSync(file('in'), 'words '.repeat(10_000));
    const { writable, said } = sink();
    await pipeline(
      fs.createReadStream(file('in')),
      zlib.createGzip(),
      zlib.createGunzip(),
      writable,
    );
    return said().length;
  },
  'ours through zlib to ours': async () => {
    const { writable, said } = sink();
    await pipeline(Readable.from(['abc']), zlib.createDeflate(), zlib.createInflate(), writable);
    return said();
  },
  'pipe of a file to ours': async ({ file }) => {
    fs.writeFileSync(file('in'), 'piped');
    const { writable, said } = sink();
    fs.createReadStream(file('in')).pipe(writable);
    await finished(writable);
    return said();
  },
  'pipe of ours to a file': async ({ file }) => {
    const out = fs.createWriteStream(file('out'));
    Readable.from(['a', 'b']).pipe(out);
    await new Promise((resolve) => out.on('close', resolve));
    return fs.readFileSync(file('out'), 'utf8');
  },
  instanceof: ({ file }) => {
    fs.writeFileSync(file('a'), '');
    const reading = fs.createReadStream(file('a'));
    reading.destroy();
    return [reading instanceof Readable, reading instanceof stream, new Upper() instanceof Duplex];
  },
  'pause and resume': async () => {
    const readable = Readable.from(['a', 'b', 'c']);
    const seen = [];
    readable.on('data', (chunk) => {
      seen.push(chunk);
      readable.pause();
      setTimeout(() => readable.resume(), 1);
    });
    await new Promise((resolve) => readable.on('end', resolve));
    return seen;
  },
  highWaterMark: () => {
    const writable = new Writable({
      highWaterMark: 3,
      write: (chunk, encoding, callback) => callback(),
    });
    return [writable.write('ab'), writable.write('cd'), writable.writableHighWaterMark];
  },
  drain: async () => {
    const writable = new Writable({
      highWaterMark: 1,
      write: (chunk, encoding, callback) => setTimeout(callback, 1),
    });
    const more = writable.write('abc');
    await new Promise((resolve) => writable.once('drain', resolve));
    return more;
  },
  'destroy with an error': async () => {
    const readable = new PassThrough();
    const failed = new Promise((resolve) => readable.on('error', resolve));
    readable.destroy(new TypeError('enough'));
    return [await failed, readable.destroyed];
  },
  'write after end': async () => {
    const writable = new PassThrough();
    const failed = new Promise((resolve) => writable.on('error', resolve));
    writable.end();
    writable.write('late');
    return await failed;
  },
  'object mode': async () => {
    const double = new Transform({
      objectMode: true,
      transform: (value, encoding, callback) => callback(null, { n: value.n * 2 }),
    });
    return await Readable.from([{ n: 1 }, { n: 2 }])
      .pipe(double)
      .toArray();
  },
  'setEncoding joins letters': async () => {
    const bytes = Buffer.from('ä€');
    const readable = Readable.from(
      [bytes.subarray(0, 1), bytes.subarray(1, 3), bytes.subarray(3)],
      {
        objectMode: false,
      },
    );
    readable.setEncoding('utf8');
    let said = '';
    for await (const chunk of readable) said += chunk;
    return said;
  },
  consumers: async () => [
    await buffer(Readable.from(['ab', 'c'])),
    await json(Readable.from(['{"a":', '1}'])),
  ],
  operators: async () => {
    const even = Readable.from([1, 2, 3, 4]).filter((n) => n % 2 === 0);
    return await even.map((n) => n * 10).toArray();
  },
  'web streams and back': async () => {
    const web = Readable.toWeb(Readable.from(['w', 'eb'], { objectMode: false }));
    return await text(Readable.fromWeb(web));
  },
  'a duplex pair': async () => {
    const [one, other] = stream.duplexPair();
    one.end('hello');
    return await text(other);
  },
  addAbortSignal: async () => {
    const abort = new AbortController();
    const readable = stream.addAbortSignal(abort.signal, new PassThrough());
    const failed = new Promise((resolve) => readable.on('error', resolve));
    abort.abort();
    const { name, code } = await failed;
    return [name, code];
  },
};
