'use strict';

/** What main says of the window on the host's command line: lib/main/worker-host.js. */

const { parseArgs } = require('node:util');

const { values } = parseArgs({
  options: {
    'app-path': { type: 'string', default: '' },
    drop: { type: 'string', multiple: true, default: [] },
    'native-modules': { type: 'string' },
    'no-asar-integrity': { type: 'boolean', default: false },
    own: { type: 'boolean', default: false },
    warm: { type: 'string', multiple: true, default: [] },
  },
});

const nativeModules = values['native-modules'];

/** Each thread of the host gets them as its workerData. */
module.exports = Object.freeze({
  /** It is for one worker and those that it makes. */
  isOwn: values.own,
  /** Of which kinds one thread is always kept ready (supervisor/threads.js). */
  warm: values.warm,
  appPath: values['app-path'],
  /** What the app's code may not do and Weft's may: permissions.js. */
  drops: values.drop,
  /** What archives have hashes of is compared with them. */
  checksArchives: !values['no-asar-integrity'],
  /** @type {import('./native-modules/policy').Settings | undefined} */
  nativeModules: nativeModules === undefined ? undefined : JSON.parse(nativeModules),
});
