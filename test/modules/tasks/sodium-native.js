'use strict';

const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const sodium = require('sodium-native');
const { overlap } = require('../forever');

exports.work = async (index) => {
  const publicKey = Buffer.alloc(sodium.crypto_box_PUBLICKEYBYTES);
  const secretKey = Buffer.alloc(sodium.crypto_box_SECRETKEYBYTES);
  sodium.crypto_box_keypair(publicKey, secretKey);

  const message = Buffer.from(`message ${index}`);
  const sealed = Buffer.alloc(message.length + sodium.crypto_box_SEALBYTES);
  sodium.crypto_box_seal(sealed, message, publicKey);
  const opened = Buffer.alloc(message.length);
  assert.equal(sodium.crypto_box_seal_open(opened, sealed, publicKey, secretKey), true);
  assert.deepEqual(opened, message);
  sealed[0] ^= 1;
  assert.equal(sodium.crypto_box_seal_open(opened, sealed, publicKey, secretKey), false);

  const digest = Buffer.alloc(sodium.crypto_hash_sha256_BYTES);
  sodium.crypto_hash_sha256(digest, message);
  assert.deepEqual(digest, crypto.createHash('sha256').update(message).digest());

  const secret = sodium.sodium_malloc(32);
  sodium.randombytes_buf(secret);
  assert.notDeepEqual(secret, Buffer.alloc(32));
  sodium.sodium_free(secret);
  assert.deepEqual(await derive(index), await derive(index));
};

/** A key from a password, on a thread of libuv's pool. */
async function derive(index) {
  const key = Buffer.alloc(32);
  await sodium.crypto_pwhash_async(
    key,
    Buffer.from(`password ${index}`),
    Buffer.alloc(sodium.crypto_pwhash_SALTBYTES, index),
    sodium.crypto_pwhash_OPSLIMIT_MIN,
    sodium.crypto_pwhash_MEMLIMIT_MIN,
    sodium.crypto_pwhash_ALG_DEFAULT,
  );
  return key;
}

exports.busy = (index) => overlap(4, () => derive(index));
