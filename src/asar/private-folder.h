/* SPDX-License-Identifier: MIT */

/*
 * asar/private-folder - where a process keeps what the kernel must see of archives
 *
 * One folder for all threads, so that a module of an archive is one file for all of them. Only this
 * user may enter it. Who removes it is JavaScript: lib/asar/private-folders.js.
 *
 * Thread: any.
 */
#pragma once

/* Makes the folder when it is first asked for, from a template of mkdtemp;
 * with an empty one, says whether it has been made.
 * Returns 0, -ENOENT for an empty template, or a negative errno. */
int weft_private_folder(const char *template, const char **ret_folder);
