'use strict';

const fs = require('node:fs');

self.onmessage = ({ data: path }) => {
  fs.readFile(path, 'utf8', (error, data) => {
    if (error) self.postMessage({ path, error: error.message });
    else self.postMessage({ path, data });
  });
};
