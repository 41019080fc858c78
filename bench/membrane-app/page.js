// SPDX-License-Identifier: MIT
'use strict';

const { ipcRenderer } = require('electron');
const measure = require('./measure');

const rounds = Number(new URLSearchParams(location.search).get('rounds'));
measure(rounds).then((results) => ipcRenderer.send('results', results));
