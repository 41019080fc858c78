'use strict';

/** What Node says once a thread of the way in which classic scripts get their import(). */
const OURS = 'vm.USE_MAIN_CONTEXT_DEFAULT_LOADER';

/** Node calls it experimental; the script has not asked for it, so it is not told. */
function silenceOwnWarning() {
  const { emitWarning } = process;
  function emitOthers(warning, ...rest) {
    if (!`${warning}`.startsWith(OURS)) {
      emitWarning.call(process, warning, ...rest);
      return;
    }
    if (process.emitWarning === emitOthers) process.emitWarning = emitWarning;
  }
  Object.defineProperty(emitOthers, 'name', { value: 'emitWarning' });
  process.emitWarning = emitOthers;
}

module.exports = { silenceOwnWarning };
