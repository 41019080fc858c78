/* SPDX-License-Identifier: MIT */

/*
 * launcher/modules - says how a worker loads each native module of an app, or why it cannot
 */
#pragma once

/* `weft doctor --modules <app>`, where @app is a folder or a single .node file. Returns the exit
 * code: 0; 1 when there is no such folder, not all of it can be read, or a module is damaged; 2 for
 * another kind of file. */
int weft_modules(const char *app);
