'use strict';

const crypto = require('crypto');
const { promisify } = require('util');

const KEY = Buffer.alloc(32, 7);
const IV = Buffer.alloc(16, 9);

/** Made once: it takes a while. */
let pair = null;
const keys = () => (pair ??= crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' }));

function seal(text) {
  const cipher = crypto.createCipheriv('aes-256-gcm', KEY, IV);
  const bytes = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return { bytes, tag: cipher.getAuthTag() };
}

function open({ bytes, tag }) {
  const decipher = crypto.createDecipheriv('aes-256-gcm', KEY, IV);
  decipher.setAuthTag(tag);
  return decipher.update(bytes, undefined, 'utf8') + decipher.final('utf8');
}

module.exports = {
  createHash: () => crypto.createHash('sha256').update('abc').digest('hex'),
  'createHash in pieces': () => {
    const hash = crypto.createHash('sha512');
    for (const piece of ['a', Buffer.from('b'), new Uint8Array([99])]) hash.update(piece);
    return hash.digest('base64');
  },
  'digest gives a Buffer': () => Buffer.isBuffer(crypto.createHash('md5').update('').digest()),
  'digest twice': () => {
    const hash = crypto.createHash('md5');
    hash.digest();
    hash.digest();
  },
  'an unknown hash': () => crypto.createHash('nope'),
  'update takes no number': () => crypto.createHash('md5').update(5),
  'hash at once': () => crypto.hash('sha1', 'abc'),
  'hash.copy': () => {
    const hash = crypto.createHash('sha1').update('a');
    const other = hash.copy();
    return [hash.update('b').digest('hex'), other.update('c').digest('hex')];
  },
  createHmac: () => crypto.createHmac('sha256', 'key').update('text').digest('hex'),
  getHashes: () => crypto.getHashes().includes('sha256'),
  getCiphers: () => crypto.getCiphers().includes('aes-256-gcm'),
  randomBytes: () => {
    const bytes = crypto.randomBytes(16);
    return [bytes.length, Buffer.isBuffer(bytes), bytes.equals(crypto.randomBytes(16))];
  },
  'randomBytes with a callback': () =>
    new Promise((resolve) => {
      crypto.randomBytes(8, (error, bytes) => resolve([error, bytes.length]));
    }),
  randomFillSync: () => {
    const bytes = Buffer.alloc(32);
    const same = crypto.randomFillSync(bytes) === bytes;
    return [same, bytes.equals(Buffer.alloc(32))];
  },
  randomInt: () => {
    const n = crypto.randomInt(5, 8);
    return n >= 5 && n < 8;
  },
  randomUUID: () => /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(crypto.randomUUID()),
  timingSafeEqual: () => crypto.timingSafeEqual(Buffer.from('abc'), Buffer.from('abc')),
  'timingSafeEqual of other lengths': () =>
    crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('ab')),
  pbkdf2Sync: () => crypto.pbkdf2Sync('secret', 'salt', 100, 32, 'sha256').toString('hex'),
  'promisify(pbkdf2)': async () =>
    await promisify(crypto.pbkdf2)('secret', 'salt', 10, 16, 'sha512'),
  scryptSync: () => crypto.scryptSync('secret', 'salt', 16, { N: 16 }).toString('hex'),
  hkdfSync: () => crypto.hkdfSync('sha256', 'key', 'salt', 'info', 16),
  'a cipher and back': () => open(seal('secret words')),
  'a cipher with a broken tag': () => open({ ...seal('secret'), tag: Buffer.alloc(16) }),
  'a key of the wrong length': () => crypto.createCipheriv('aes-256-cbc', Buffer.alloc(3), IV),
  'sign and verify': () => {
    const { privateKey, publicKey } = keys();
    const signature = crypto.sign('sha256', Buffer.from('text'), privateKey);
    return [
      crypto.verify('sha256', Buffer.from('text'), publicKey, signature),
      crypto.verify('sha256', Buffer.from('other'), publicKey, signature),
    ];
  },
  'keys have types': () => [keys().publicKey.type, keys().privateKey.asymmetricKeyType],
  'export of a key': () => {
    const text = keys().publicKey.export({ type: 'spki', format: 'pem' });
    return [text.split('\n')[0], crypto.createPublicKey(text).asymmetricKeyType];
  },
  createSecretKey: () => crypto.createSecretKey(KEY).symmetricKeySize,
  ECDH: () => {
    const [a, b] = [crypto.createECDH('prime256v1'), crypto.createECDH('prime256v1')];
    a.generateKeys();
    b.generateKeys();
    return a.computeSecret(b.getPublicKey()).equals(b.computeSecret(a.getPublicKey()));
  },
  'a hash is a stream': async () => {
    const hash = crypto.createHash('sha1');
    hash.end('abc');
    const chunks = [];
    for await (const chunk of hash) chunks.push(chunk);
    return Buffer.concat(chunks);
  },
};
