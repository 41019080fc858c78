'use strict';

/**
 * Runs in the isolated world, which sees the page's document but none of its script. Preload scripts
 * live here while `contextIsolation` is on.
 */

binding.onReadBlob(require('./read-blob').readBlob);
binding.onLoad(require('./load').load);

if (options.preload && options.contextIsolation) {
  require('./world-guard').install();
  require('./file-responses').install();
  require('./context-bridge').connect();
  require('./main-line').openMainLine();
  require('./preload').run();
}

if (options.isSubframe) {
  window.addEventListener('pagehide', (event) => {
    if (event.isTrusted) binding.documentEnded();
  });
}
