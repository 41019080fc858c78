'use strict';

/** A main line over the messages of WebKit's own, as long as there is no other. */

const { LINK_CHANNEL } = require('../common/ipc-frame');
const { createIpcLink } = require('./ipc-link');
const { createCodec } = require('../common/structured-clone');

exports.openMainLine = function openMainLine() {
  const codec = createCodec();
  let deliver = () => {};
  const { link, receive } = createIpcLink(([channel, message], ports = []) =>
    deliver(channel, [message], ports),
  );
  binding.onIpcMessage((channel, bytes) => {
    if (channel === LINK_CHANNEL) receive(bytes);
    else deliver(channel, codec.deserialize(bytes), []);
  });
  return {
    send: (channel, args) => binding.ipcSend(channel, codec.serialize(args)),
    invoke(channel, args, settle) {
      const bytes = codec.serialize(args);
      binding.ipcInvoke(channel, bytes, (ok, answer) => settle(ok, codec.deserialize(answer)));
    },
    post: (channel, message, transfer) => link.post([channel, message], transfer),
    onMessage(listener) {
      deliver = listener;
    },
  };
};
