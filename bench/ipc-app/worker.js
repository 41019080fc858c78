// SPDX-License-Identifier: MIT
'use strict';

const { ipcRenderer } = require('electron');
const measure = require('./measure');

onmessage = ({ data: rounds }) => measure(ipcRenderer, rounds).then((results) => postMessage(results));
