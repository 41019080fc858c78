/* SPDX-License-Identifier: MIT */

/*
 * launcher/asar - `weft asar ...`: makes archives, looks into them, takes them apart
 *
 * Commands, options and output are those of npm's @electron/asar, and `stat` and `verify`.
 */
#pragma once

/* @arguments is what follows `weft asar`, NULL-terminated. Returns the exit code. */
int weft_asar(char **arguments);
