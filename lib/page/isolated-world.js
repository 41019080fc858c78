'use strict';

/**
 * Runs in the isolated world, which sees the page's document but none of its script. Preload scripts
 * live here while `contextIsolation` is on.
 */

binding.onReadBlob(require('./read-blob').readBlob);
binding.onLoad(require('./load').load);

if (options.preload && options.contextIsolation) {
  const { createCodec } = require('../common/structured-clone');
  const { createRequire } = require('./page-require');
  require('./preload').run(createRequire(createCodec()));
}

if (options.isSubframe) {
  window.addEventListener('pagehide', (event) => {
    if (event.isTrusted) binding.documentEnded();
  });
}
