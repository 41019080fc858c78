'use strict';

/** structured-clone/platform-exception - DOMException: name, message, and the stack where there is one */

const P = require('./primordials');
const { isDOMException, ownStack } = require('./classify');
const { TYPE, registerPlatformType } = require('./platform');

const nameOf = P.uncurryGetter(P.DOMException.prototype, 'name');
const messageOf = P.uncurryGetter(P.DOMException.prototype, 'message');

/** What engines put on a new one, and the sender's may not have had. */
const OWN_KEYS = ['stack', 'line', 'column', 'sourceURL'];

function registerDOMException() {
  registerPlatformType({
    __proto__: null,
    id: TYPE.DOM_EXCEPTION,
    name: 'DOMException',
    prototypes: [P.DOMException.prototype],
    accepts: isDOMException,
    write(encoder, exception) {
      encoder.writeString(nameOf(exception));
      encoder.reserve(0);
      encoder.writeString(messageOf(exception));
      const stack = ownStack(exception);
      encoder.writeValue(typeof stack === 'string' ? stack : undefined);
    },
    read(decoder) {
      const name = decoder.readString();
      const exception = new P.DOMException(decoder.readString(), name);
      const stack = decoder.readValue();
      for (let i = 0; i < OWN_KEYS.length; i++) delete exception[OWN_KEYS[i]];
      if (typeof stack === 'string') P.defineProperty(exception, 'stack', P.dataDescriptor(stack, false));
      return exception;
    },
  });
}

module.exports = { registerDOMException };
