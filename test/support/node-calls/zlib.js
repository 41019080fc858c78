'use strict';

const zlib = require('zlib');
const { promisify } = require('util');

const TEXT = 'the same words, '.repeat(500);

const collect = async (stream) => {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
};

module.exports = {
  'gzipSync and back': () => zlib.gunzipSync(zlib.gzipSync(TEXT)).toString() === TEXT,
  'deflateSync is the same': () => zlib.deflateSync('abcabcabc'),
  'deflateRawSync with a level': () => zlib.deflateRawSync(TEXT, { level: 9 }).length,
  inflateSync: () => zlib.inflateSync(zlib.deflateSync('x')).toString(),
  brotli: () => zlib.brotliDecompressSync(zlib.brotliCompressSync(TEXT)).length,
  zstd: () => zlib.zstdDecompressSync(zlib.zstdCompressSync('zstd')).toString(),
  crc32: () => zlib.crc32('hello'),
  'gunzipSync of something else': () => zlib.gunzipSync(Buffer.from('this is no archive')),
  'inflateSync of half': () => zlib.inflateSync(zlib.deflateSync(TEXT).subarray(0, 20)),
  'gzip with a callback': () =>
    new Promise((resolve) => {
      zlib.gzip('abc', (error, bytes) => resolve([error, zlib.gunzipSync(bytes).toString()]));
    }),
  'promisify(deflate)': async () => await promisify(zlib.deflate)('abc'),
  'unzip of what is broken': () =>
    new Promise((resolve) => {
      zlib.unzip(Buffer.from('nope'), (error) => resolve(error));
    }),
  'createGzip as a stream': async () => {
    const gzip = zlib.createGzip();
    gzip.write('one ');
    gzip.end('two');
    return zlib.gunzipSync(await collect(gzip)).toString();
  },
  'createGunzip reports': async () => {
    const gunzip = zlib.createGunzip();
    const failed = new Promise((resolve) => gunzip.on('error', resolve));
    gunzip.end('no gzip at all');
    return await failed;
  },
  bytesWritten: async () => {
    const deflate = zlib.createDeflate();
    deflate.end(TEXT);
    await collect(deflate);
    return deflate.bytesWritten;
  },
  constants: () => [zlib.constants.Z_BEST_SPEED, zlib.constants.BROTLI_PARAM_QUALITY],
  'an invalid level': () => zlib.createGzip({ level: 50 }),
};
