// Runs in a spare worker thread, so that running a script is not new to it (warm-up.js).
'use strict';
