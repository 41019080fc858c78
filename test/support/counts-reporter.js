// @ts-check
'use strict';

/**
 * A node:test reporter that writes nothing but the final counts, as JSON, for test/run.js.
 * @param {AsyncIterable<{ type: string, data: any }>} source
 */
module.exports = async function* counts(source) {
  for await (const { type, data } of source) {
    // Each file has its own summary; the one of all has no file.
    if (type === 'test:summary' && data.file === undefined) yield JSON.stringify(data.counts);
  }
};
