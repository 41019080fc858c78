// SPDX-License-Identifier: MIT
'use strict';

/* Loads one native module, when it is told to. */

const v8 = require('node:v8');
const vm = require('node:vm');

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc');

/** What this thread's start has left to collect must not be collected while we measure. */
function calm() {
    collect();
    return process.pid;
}

/** Without the package's own scripts: their memory is not the module's. */
function load(file) {
    const module = { exports: {} };
    process.dlopen(module, file);
    globalThis.kept = module;
    const [{ mode, size, loadTime }] = process.getWeftNativeModules();
    collect();
    return { mode, size, loadTime };
}

self.onmessage = ({ data: file }) => self.postMessage(file ? load(file) : calm());
