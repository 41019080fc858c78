'use strict';

/** Classes of `fs` whose objects are data: a page has classes that do the same (lib/page/node/values.js). */

const fs = require('node:fs');
const { ValueTypes, addIntrinsic } = require('../../common/membrane');

const { create, fromEntries, keys } = Object;

const [TYPE] = Object.getOwnPropertySymbols(new fs.Dirent('', '', 0));

/** @returns {import('../../common/membrane/values').ValueTypes} */
function makeValueTypes() {
  const types = new ValueTypes();
  // Of a file that this thread may read, whatever the window's nodePermissions are.
  const BigIntStats = fs.statSync(__filename, { bigint: true }).constructor;
  for (const [name, Class] of Object.entries({ Stats: fs.Stats, BigIntStats })) {
    types.add({
      name,
      prototype: Class.prototype,
      pack: (stats) => fromEntries(keys(stats).map((key) => [key, stats[key]])),
      unpack: (record) => Object.assign(create(Class.prototype), record),
    });
    addIntrinsic(`${name}.prototype`, Class.prototype);
  }
  types.add({
    name: 'Dirent',
    prototype: fs.Dirent.prototype,
    pack: (dirent) => ({ name: dirent.name, parentPath: dirent.parentPath, type: dirent[TYPE] }),
    unpack: ({ name, parentPath, type }) => new fs.Dirent(name, parentPath, type),
  });
  addIntrinsic('Dirent.prototype', fs.Dirent.prototype);
  return types;
}

module.exports = { makeValueTypes };
