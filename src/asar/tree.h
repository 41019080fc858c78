/* SPDX-License-Identifier: MIT */

/*
 * asar/tree - what a folder holds, as an archive of it will have it
 *
 * Links are not followed; where each leads is worked out from its text alone.
 *
 * Thread: any; one at a time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "asar/index.h"

struct weft_asar_item {
    struct weft_asar_item *parent; /* NULL of the root, which is in no list */
    char *path;                    /* from the root, without a leading slash */
    const char *name;              /* in it */
    char *text;                    /* of a link: what it says */
    char *target;                  /* of a link: where that leads, from the root */
    enum weft_asar_kind kind;
    bool unpacked;
    bool executable;
    uint32_t mode; /* of a file: the permission bits */
    uint64_t size; /* of a file, in bytes */
    struct timespec modified;

    /* For who writes it: */
    uint64_t offset;
    size_t rank;   /* its place in the list */
    bool is_copy;  /* its content is another's too, which comes before it */
    void *content; /* or NULL */
    uint8_t whole[WEFT_ASAR_HASH_SIZE];
    uint8_t (*blocks)[WEFT_ASAR_HASH_SIZE]; /* NULL: one, and that is the whole */
};

struct weft_asar_tree {
    char *folder;
    int fd; /* the folder, to open what is in it */
    struct weft_asar_item root;
    struct weft_asar_item **items; /* a folder before what it holds */
    size_t count;
    size_t capacity;
};

/* Reads all of @folder, sorted as JavaScript sorts the paths.
 * Returns 0, or a negative errno and a sentence in @ret_why. */
int weft_asar_tree_read(const char *folder, bool exclude_hidden, struct weft_asar_tree **ret_tree,
                        char ret_why[WEFT_ASAR_WHY_MAX]);

void weft_asar_tree_free(struct weft_asar_tree *tree);

/* Moves what the lines of the file @ordering name to the front, with the folders that it lies in.
 * How many items they named is in @ret_named. Errors as above. */
int weft_asar_tree_order(struct weft_asar_tree *tree, const char *ordering, size_t *ret_named,
                         char ret_why[WEFT_ASAR_WHY_MAX]);

/* Marks what will lie beside the archive: files that the pattern @unpack (or NULL) fits, and
 * folders that start with, or that the pattern fits, @unpack_dir (or NULL). Errors as above. */
int weft_asar_tree_unpack(struct weft_asar_tree *tree, const char *unpack, const char *unpack_dir,
                          char ret_why[WEFT_ASAR_WHY_MAX]);

/* Opens a file of the tree to read. Returns the descriptor, or a negative errno; -ESTALE when it is
 * another than the tree has seen. */
int weft_asar_tree_open(const struct weft_asar_tree *tree, const struct weft_asar_item *file);

/* Whether the file at @fd is as the tree has seen it. */
bool weft_asar_tree_is_unchanged(const struct weft_asar_item *file, int fd);
