'use strict';

module.exports = require('../packages').loadPackage('punycode');
