'use strict';

/*
 * Worker: hashes the files of one batch after the other. It reads synchronously, which is fastest,
 * and blocks nobody: the thread is its own. Reports go out while it works.
 */

const { createHash } = require('node:crypto');
const fs = require('node:fs');
const { describeError } = require('./describe-error');

const CHUNK_BYTES = 1024 * 1024;
const REPORT_INTERVAL_MS = 100;

/** What was a file may have become a link or a pipe meanwhile: do not follow, do not wait. */
const FLAGS = fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK;

const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);

let batchBytes = 0;
let lastReport = 0;

/** Tells the page now and then what is being read, and how many bytes of the batch are done. */
function report(file, done) {
  const now = performance.now();
  if (now - lastReport < REPORT_INTERVAL_MS) return;
  lastReport = now;
  self.postMessage({ type: 'progress', file, done, batchBytes: batchBytes + done });
}

/** No further than the size at the start: a log may grow as fast as it is read. */
function hashDescriptor(descriptor, file) {
  const stat = fs.fstatSync(descriptor);
  if (!stat.isFile()) throw new Error('it is not a file any more');
  const hash = createHash('sha256');
  let done = 0;
  while (done < stat.size) {
    report(file, done);
    const length = fs.readSync(descriptor, chunk, 0, Math.min(CHUNK_BYTES, stat.size - done));
    if (length === 0) break;
    hash.update(chunk.subarray(0, length));
    done += length;
  }
  return { size: done, digest: hash.digest('hex') };
}

function hashFile(file) {
  let descriptor;
  try {
    descriptor = fs.openSync(file.path, FLAGS);
    return { ...file, ...hashDescriptor(descriptor, file) };
  } catch (error) {
    return { ...file, size: 0, error: describeError(error) };
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}

self.onmessage = ({ data: batch }) => {
  batchBytes = 0;
  const files = batch.map((file) => {
    report(file, 0);
    const hashed = hashFile(file);
    batchBytes += hashed.size;
    return hashed;
  });
  self.postMessage({ type: 'hashed', files });
};
