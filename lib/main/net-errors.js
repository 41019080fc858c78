'use strict';

/** Chromium's numbers, which apps match on. */
const CODES = {
  ERR_FAILED: -2,
  ERR_ABORTED: -3,
  ERR_FILE_NOT_FOUND: -6,
  ERR_TIMED_OUT: -7,
  ERR_ACCESS_DENIED: -10,
  ERR_CONNECTION_RESET: -101,
  ERR_CONNECTION_REFUSED: -102,
  ERR_NAME_NOT_RESOLVED: -105,
  ERR_INTERNET_DISCONNECTED: -106,
  ERR_ADDRESS_UNREACHABLE: -109,
  ERR_CERT_COMMON_NAME_INVALID: -200,
  ERR_CERT_DATE_INVALID: -201,
  ERR_CERT_AUTHORITY_INVALID: -202,
  ERR_CERT_REVOKED: -206,
  ERR_CERT_INVALID: -207,
  ERR_INVALID_URL: -300,
  ERR_UNKNOWN_URL_SCHEME: -302,
  ERR_TOO_MANY_REDIRECTS: -310,
};

/** GError domains and codes: WebKitError.h, gioenums.h, libsoup's soup-session.h. */
const BY_DOMAIN = {
  WebKitNetworkError: {
    301: 'ERR_UNKNOWN_URL_SCHEME',
    302: 'ERR_ABORTED',
    303: 'ERR_FILE_NOT_FOUND',
  },
  WebKitPolicyError: {
    101: 'ERR_UNKNOWN_URL_SCHEME',
  },
  'g-io-error-quark': {
    1: 'ERR_FILE_NOT_FOUND',
    4: 'ERR_FILE_NOT_FOUND', // a path through a file
    14: 'ERR_ACCESS_DENIED',
    19: 'ERR_ABORTED',
    24: 'ERR_TIMED_OUT',
    37: 'ERR_ADDRESS_UNREACHABLE',
    38: 'ERR_ADDRESS_UNREACHABLE',
    39: 'ERR_CONNECTION_REFUSED',
    44: 'ERR_CONNECTION_RESET',
  },
  'g-resolver-error-quark': {
    0: 'ERR_NAME_NOT_RESOLVED',
    1: 'ERR_NAME_NOT_RESOLVED',
    2: 'ERR_NAME_NOT_RESOLVED',
  },
  'soup-session-error-quark': { 4: 'ERR_TOO_MANY_REDIRECTS' },
};

/** Bits of GTlsCertificateFlags, the most telling first. */
const TLS_FLAGS = [
  [1, 'ERR_CERT_AUTHORITY_INVALID'],
  [2, 'ERR_CERT_COMMON_NAME_INVALID'],
  [4 | 8, 'ERR_CERT_DATE_INVALID'],
  [16, 'ERR_CERT_REVOKED'],
];

/** @returns {{errno: number, code: string}} Chromium's number and name of a failed load */
function netError(domain, number) {
  const code =
    domain === 'tls'
      ? (TLS_FLAGS.find(([bits]) => number & bits)?.[1] ?? 'ERR_CERT_INVALID')
      : (BY_DOMAIN[domain]?.[number] ?? 'ERR_FAILED');
  return { code, errno: CODES[code] };
}

/** Whether a load has ended because it became a download: WebKitPolicyError. */
const isDownload = (domain, number) => domain === 'WebKitPolicyError' && number === 102;

/** The error with which Electron's loadURL() rejects. */
function loadError(code, url) {
  const errno = CODES[code];
  const error = new Error(`${code} (${errno}) loading '${String(url).slice(0, 2048)}'`);
  return Object.assign(error, { errno, code, url });
}

module.exports = { CODES, isDownload, netError, loadError };
