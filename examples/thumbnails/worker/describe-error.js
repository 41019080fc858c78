'use strict';

const TEXTS = {
  EACCES: 'permission denied',
  EIO: 'the device cannot read it',
  ENOENT: 'it does not exist',
  ENOTDIR: 'it is not a folder',
  EPERM: 'not permitted',
};

/** Why a file or folder could not be read, in words. */
function describeError(error, path = error.path) {
  if (path?.includes('\uFFFD')) return 'its name is not UTF-8';
  return TEXTS[error.code] ?? error.message;
}

module.exports = { describeError };
