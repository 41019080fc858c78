'use strict';

/* Runs the functions that the page sends: `run` of page-tools.js. */

self.addEventListener('message', async ({ data }) => {
  if (typeof data?.source !== 'string') return;
  try {
    postMessage({ value: await (0, eval)(`(${data.source})`)(...data.args) });
  } catch (error) {
    postMessage({ error: `${error?.stack ?? error}` });
  }
});
