'use strict';

/** `string_decoder`: the package, which does not know base64url. */

const { loadPackage } = require('../packages');

const { StringDecoder: Base } = loadPackage('string_decoder');

const toUrl = (text) => text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');

/** A function, since the package's is called without `new` by subclasses of old. */
function StringDecoder(encoding) {
  const isUrl = /^base64url$/i.test(encoding);
  Base.call(this, isUrl ? 'base64' : encoding);
  if (!isUrl) return;
  const { write, end } = this;
  this.encoding = 'base64url';
  this.write = (bytes) => toUrl(write.call(this, bytes));
  this.end = (bytes) => toUrl(end.call(this, bytes));
}
StringDecoder.prototype = Base.prototype;
Object.defineProperty(Base.prototype, 'constructor', {
  value: StringDecoder,
  writable: true,
  configurable: true,
});

module.exports = { StringDecoder };
