/* SPDX-License-Identifier: MIT */

/*
 * addon/object - one file that is loaded as a copy: a module, or a library beside it
 *
 * Thread: any; an object has one owner.
 */
#pragma once

#include <link.h>
#include <stdbool.h>

#include "addon/copy.h"
#include "addon/siblings.h"
#include "addon/threads.h"

struct weft_object {
    struct weft_copy copy; /* until it is settled */
    char *spelling;        /* what it is opened as */
    char *name;            /* what the loader calls it once it is settled */
    void *handle;          /* a reference of ours, or NULL */
    struct weft_range text;
    bool wants_throws;
};

/* Copies the file @path, which is open as @take_fd.
 * Returns 0, a positive number of addon/copy.h, or negative errno with a clause in @ret_why. */
int weft_object_open(const char *path, int take_fd, struct weft_object *ret_object,
                     char ret_why[WEFT_ELF_WHY_MAX]);

/* Lets the copy need libraries by the aliases that they have. Returns false when it can't. */
bool weft_object_use_aliases(struct weft_object *object, const struct weft_siblings *siblings);

/* Loads the copy of a library. Returns 0, or -ELIBACC and the loader's words in @ret_why. */
int weft_object_load(struct weft_object *object, const struct weft_sibling *sibling,
                     char ret_why[WEFT_ELF_WHY_MAX]);

/* After it has been loaded: takes a reference, and gives it its original's pages and name. Returns
 * what it is to the loader, or NULL: it has not been loaded. */
struct link_map *weft_object_settle(struct weft_object *object);

/* Drops our reference, if there is one. */
void weft_object_release(struct weft_object *object);

/* Whether the loader still has a settled object. */
bool weft_object_is_loaded(const struct weft_object *object);

/* Frees what it consists of, and drops the reference. Of an object of all zeroes, too. */
void weft_object_close(struct weft_object *object);
