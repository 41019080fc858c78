'use strict';

/** The thread behind sync-thread.js: one operation at a time, each answered. */

const { workerData } = require('node:worker_threads');
const { httpResource } = require('./http');

const operations = {
  http: (request) => httpResource(request),

  blob: async (blob) => new Uint8Array(await blob.arrayBuffer()),

  /** A FormData as it is sent: a FormData itself cannot go to another thread. */
  async form(entries) {
    const form = new FormData();
    for (const [name, value, ...filename] of entries) form.append(name, value, ...filename);
    const response = new Response(form);
    const body = new Uint8Array(await response.arrayBuffer());
    return { body, type: response.headers.get('content-type') };
  },
};

const { port, answers } = workerData;

port.on('message', async ({ operation, value }) => {
  let answer;
  try {
    answer = { result: await operations[operation](value) };
  } catch ({ name, message, cause }) {
    answer = { error: { name, message: cause?.message ?? message } };
  }
  port.postMessage(answer);
  Atomics.add(answers, 0, 1);
  Atomics.notify(answers, 0);
});
