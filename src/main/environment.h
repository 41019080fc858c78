/* SPDX-License-Identifier: MIT */

/*
 * main/environment - what must be so before GTK and WebKit start
 *
 * Thread: main, before any other thread reads the environment.
 */
#pragma once

#include <stdbool.h>

/* Descriptors 0 to 2 are open and survive exec; JavaScriptCore's switches are set; its garbage
 * collector leaves SIGUSR1 to Node; WebKit's processes will read archives, by the GIO module in
 * @vfs_directory, and compare their hashes if @checks_archives. Call once, before any call into GTK
 * or WebKit. */
void weft_environment_prepare(const char *vfs_directory, bool checks_archives);

/* Whether this machine has a GPU that a user may draw with. */
bool weft_environment_has_gpu(void);
