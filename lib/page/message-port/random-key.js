'use strict';

const P = require('../../common/structured-clone/primordials');

const { crypto, Uint32Array } = globalThis;
const fillRandom = crypto.getRandomValues.bind(crypto);
const toHex = P.uncurryThis(Number.prototype.toString);

/** 128 random bits as text. (crypto.randomUUID() is for secure contexts only.) @returns {string} */
function randomKey() {
  const words = fillRandom(new Uint32Array(4));
  let key = '';
  for (let i = 0; i < 4; i++) key += `${i === 0 ? '' : '-'}${toHex(words[i], 16)}`;
  return key;
}

module.exports = { randomKey };
