// SPDX-License-Identifier: MIT
'use strict';

/* The smallest worker: its first message is what "worker start" waits for. */
self.postMessage(0);
