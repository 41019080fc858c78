'use strict';

/** What a worker may ask of `app`, and on which channel: no app's, for it begins as none does. */

module.exports = {
  APP_CHANNEL: '\u0001weft:app',
  APP_METHODS: [
    'getAppPath', 'getLocale', 'getName', 'getPath', 'getPreferredSystemLanguages',
    'getSystemLocale', 'getVersion', 'isReady',
  ],
  APP_PROPERTIES: ['isPackaged', 'name'],
};
