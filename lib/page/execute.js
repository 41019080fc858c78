'use strict';

/**
 * The page's half of webContents.executeJavaScript: src/page/ipc.c evaluates the code, here its value
 * is awaited and cloned.
 *
 * @param {import('../common/structured-clone').Codec} codec
 */
exports.install = function install(codec) {
  const { Error: PageError, String: toString } = globalThis;

  function asError(reason) {
    try {
      return codec.serialize(reason);
    } catch {
      return codec.serialize(new PageError(toString(reason)));
    }
  }

  binding.onExecute(async (value, thrown, settle) => {
    if (thrown !== null) {
      const error = new PageError(thrown.message);
      error.name = thrown.name;
      settle(false, asError(error));
      return;
    }
    try {
      settle(true, codec.serialize(await value));
    } catch (reason) {
      settle(false, asError(reason));
    }
  });
};
