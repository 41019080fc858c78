'use strict';

/**
 * The text of a worker's blob: or data: script, at once: the page may revoke its address right after
 * the constructor. A script is UTF-8, whatever the blob says of itself. Done in the isolated world,
 * since a page's Content-Security-Policy for its own requests (connect-src) has no say in where its
 * workers come from.
 *
 * @param {string} url
 * @returns {string | null} null when there is no such script
 */
exports.readBlob = function readBlob(url) {
  const request = new XMLHttpRequest();
  request.open('GET', url, false);
  try {
    request.overrideMimeType('text/plain;charset=utf-8');
    request.send();
    return request.responseText;
  } catch {
    return null;
  }
};
