'use strict';

/**
 * Runs in the page's own world, before any page script. What is not put on `window` here can't be seen
 * by the page.
 */

const { createCodec } = require('../common/structured-clone');

if (options.nodeIntegrationInWorker && !options.sandbox) {
  require('./worker').install();
  require('./message-port/globals').install();
  require('./broadcast').install();
  require('./shared-memory').install();
}
if (options.preload && options.contextIsolation) require('./context-bridge').offerRealm();
if (options.nodeInPage) require('./node/page-globals').installPageGlobals(window);
require('./file-responses').install();
if (!options.isSubframe) installInMainFrame(createCodec());
if (!options.contextIsolation && (options.preload || options.nodeInPage)) {
  require('./main-line').openMainLine();
}
if (options.preload && !options.contextIsolation) require('./preload').run();

function installInMainFrame(codec) {
  require('./execute').install(codec);
  require('./window-open').install();
  tellWhenLoaded();
}

/** WebKit tells the main process of the end of a load before module scripts have run. */
function tellWhenLoaded() {
  const tellLoaded = (event) => {
    if (!event.isTrusted) return;
    window.removeEventListener('load', tellLoaded);
    binding.pageLoaded();
  };
  window.addEventListener('load', tellLoaded);
}
