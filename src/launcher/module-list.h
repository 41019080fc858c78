/* SPDX-License-Identifier: MIT */

/*
 * launcher/module-list - the .node files of an app
 *
 * Below its folder and, as package managers link packages from elsewhere, below the folders that
 * symbolic links lead to. Each folder is looked at once, however many links lead there.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct weft_module_list {
    char **paths; /* real ones, sorted; each once */
    size_t count;
    bool is_complete; /* every folder could be read */
};

/* Lists what is below @folder, a real path. Folders that cannot be read are said on stderr.
 * Returns 0 or negative errno. */
int weft_module_list_find(const char *folder, struct weft_module_list *ret_list);

void weft_module_list_free(struct weft_module_list *list);

/* Whether @path ends in ".node". */
bool weft_module_list_is_module(const char *path);

/* Whether @path is @folder or below it, both of them real paths. */
bool weft_module_list_is_below(const char *path, const char *folder);
