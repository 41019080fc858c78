// SPDX-License-Identifier: MIT
'use strict';

const { contextBridge, ipcRenderer } = require('electron');
const measure = require('./measure');

contextBridge.exposeInMainWorld('ipc', {
    measure: (rounds) => measure(ipcRenderer, rounds),
    report: (page, worker) => ipcRenderer.send('results', page, worker),
});
