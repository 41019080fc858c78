// SPDX-License-Identifier: MIT
'use strict';

self.onmessage = () => self.postMessage(globalThis.process?.versions?.node ? 'node' : 'web');
