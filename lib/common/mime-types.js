'use strict';

/**
 * MIME types (mimesniff.spec.whatwg.org): what a file's name says of it, and what is a script.
 */

const BY_EXTENSION = {
  __proto__: null,
  aac: 'audio/aac',
  apng: 'image/apng',
  avif: 'image/avif',
  bin: 'application/octet-stream',
  bmp: 'image/bmp',
  cjs: 'text/javascript',
  css: 'text/css',
  csv: 'text/csv',
  eot: 'application/vnd.ms-fontobject',
  flac: 'audio/flac',
  gif: 'image/gif',
  gz: 'application/gzip',
  htm: 'text/html',
  html: 'text/html',
  ico: 'image/x-icon',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  js: 'text/javascript',
  json: 'application/json',
  m4a: 'audio/mp4',
  m4v: 'video/mp4',
  map: 'application/json',
  md: 'text/markdown',
  mjs: 'text/javascript',
  mov: 'video/quicktime',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  oga: 'audio/ogg',
  ogg: 'audio/ogg',
  ogv: 'video/ogg',
  opus: 'audio/ogg',
  otf: 'font/otf',
  pdf: 'application/pdf',
  png: 'image/png',
  svg: 'image/svg+xml',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  ttf: 'font/ttf',
  txt: 'text/plain',
  vtt: 'text/vtt',
  wasm: 'application/wasm',
  wav: 'audio/wav',
  webm: 'video/webm',
  webmanifest: 'application/manifest+json',
  webp: 'image/webp',
  woff: 'font/woff',
  woff2: 'font/woff2',
  xhtml: 'application/xhtml+xml',
  xml: 'text/xml',
  zip: 'application/zip',
};

const SCRIPT =
  /^(application|text)\/(x-)?(java|ecma)script$|^text\/(javascript1\.[0-5]|jscript|livescript)$/;
const JSON_TYPE = /^(application|text)\/json$|^[^/]+\/.+\+json$/;

/** @param {string} path @returns {string} '' where the name says nothing */
function mimeTypeOf(path) {
  const match = /\.([^./]+)$/.exec(path);
  return match ? (BY_EXTENSION[match[1].toLowerCase()] ?? '') : '';
}

/** `Text/HTML; charset=x` -> `text/html` */
function essenceOf(type) {
  return type.split(';', 1)[0].trim().toLowerCase();
}

const isJavaScript = (type) => SCRIPT.test(essenceOf(type));
const isJSON = (type) => JSON_TYPE.test(essenceOf(type));

module.exports = { essenceOf, isJavaScript, isJSON, mimeTypeOf };
