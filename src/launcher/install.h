/* SPDX-License-Identifier: MIT */

/*
 * launcher/install - where Weft's own files and its Node.js are
 */
#pragma once

#include <limits.h>
#include <stdbool.h>

struct weft_install {
    char root[PATH_MAX]; /* the folder that holds lib/ and build/ */
    char node[PATH_MAX];
};

/* Both print one line on stderr when they fail, and return the exit code; else 0. */

/* Finds the root: the nearest folder above this very program, symbolic links followed, that has
 * lib/main/init.js. Fills @ret_install->root. */
int weft_install_find_root(struct weft_install *ret_install);

/* Finds Node.js: WEFT_NODE, else the pinned one below the root. Needs the root; fills .node. */
int weft_install_find_node(struct weft_install *install);

/* Writes "@root/@name" into @ret_path; false when that is longer than a path may be. */
bool weft_install_path(const struct weft_install *install, const char *name,
                       char ret_path[PATH_MAX]);
