/* SPDX-License-Identifier: MIT */

/*
 * main/sandbox - can the web processes be sandboxed?
 *
 * WebKit ends the whole process when bubblewrap cannot run, so it is tried before.
 *
 * Thread: main.
 */
#pragma once

/* Runs bubblewrap as WebKit will. Returns NULL when it works, or what it said (the caller's). */
char *weft_sandbox_probe(void);

/* Web processes started from now on have no sandbox. */
void weft_sandbox_disable(void);
