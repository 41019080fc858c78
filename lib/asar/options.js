'use strict';

/** What follows the path: options of functions that take an encoding, by itself or among others; modes. */

/** @returns {any} */
const encodingOf = (options) => (typeof options === 'string' ? options : options?.encoding);

const isEncoding = (encoding) =>
  encoding == null || encoding === 'buffer' || Buffer.isEncoding(encoding);

/** What Node would object to, or look at more closely, is not. */
function areUsual(options) {
  if (options == null) return true;
  if (typeof options === 'string') return isEncoding(options);
  if (typeof options !== 'object') return false;
  const { encoding, recursive, flag, signal, buffer } = options;
  const isPlain = flag === undefined && signal === undefined && buffer === undefined;
  return isPlain && isEncoding(encoding) && (recursive == null || typeof recursive === 'boolean');
}

/** Of access() and copyFile(); wrong ones are Node's to refuse. */
const isMode = (mode) => mode == null || (Number.isInteger(mode) && mode >= 0 && mode <= 7);

/** @param {string} text @param {any} options @returns {string | Buffer} */
function encoded(text, options) {
  const encoding = encodingOf(options);
  if (encoding == null || encoding === 'utf8') return text;
  const bytes = Buffer.from(text);
  return encoding === 'buffer' ? bytes : bytes.toString(encoding);
}

module.exports = { areUsual, encoded, encodingOf, isMode };
