'use strict';

/** ProgressEvent (xhr.spec.whatwg.org), which Node does not have. */
class ProgressEvent extends Event {
  #lengthComputable;
  #loaded;
  #total;

  constructor(type, { lengthComputable = false, loaded = 0, total = 0, ...init } = {}) {
    super(type, init);
    this.#lengthComputable = Boolean(lengthComputable);
    this.#loaded = Number(loaded);
    this.#total = Number(total);
  }

  get lengthComputable() {
    return this.#lengthComputable;
  }

  get loaded() {
    return this.#loaded;
  }

  get total() {
    return this.#total;
  }
}

/** @param {EventTarget} target @param {number} [total] 0 where it is not known */
function fireProgress(target, type, loaded = 0, total = 0) {
  const lengthComputable = total > 0;
  target.dispatchEvent(new ProgressEvent(type, { lengthComputable, loaded, total }));
}

module.exports = { fireProgress, ProgressEvent };
