'use strict';

/** `a` and `b` are one document, at different places in it. */
function isSameDocument(a, b) {
  if (!URL.canParse(a) || !URL.canParse(b)) return false;
  const [from, to] = [new URL(a), new URL(b)];
  if (to.hash === '' || from.hash === to.hash) return false;
  from.hash = to.hash = '';
  return from.href === to.href;
}

module.exports = { isSameDocument };
