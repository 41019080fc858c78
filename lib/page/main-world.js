'use strict';

/**
 * Runs in the page's own world, before any page script. What is not put on `window` here can't be seen
 * by the page.
 */

const { createCodec } = require('../common/structured-clone');

const codec = createCodec();
require('./execute').install(codec);

if (options.preload && options.contextIsolation) require('./context-bridge').acceptExposed(codec);
if (options.nodeIntegrationInWorker && !options.sandbox) {
  require('./worker').install();
  require('./shared-memory').install();
}

if (!options.contextIsolation && (options.preload || (options.nodeIntegration && !options.sandbox))) {
  const { createRequire } = require('./page-require');
  const requireInPage = createRequire(codec);
  if (options.nodeIntegration && !options.sandbox) window.require = requireInPage;
  if (options.preload) require('./preload').run(requireInPage);
}

// WebKit tells the main process of the end of a load before module scripts have run.
const tellLoaded = (event) => {
  if (!event.isTrusted) return;
  window.removeEventListener('load', tellLoaded);
  binding.pageLoaded();
};
window.addEventListener('load', tellLoaded);
