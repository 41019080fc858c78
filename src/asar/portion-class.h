/* SPDX-License-Identifier: MIT */

/* asar/portion-class - `[a-z]` in a pattern. Thread: any. See asar/glob.h for the source. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    WEFT_PORTION_CLASS_NONE = 1, /* the bracket stands for itself */
};

struct weft_portion_class;

/* The bracket that closes the one at @open, or NULL. */
const char *weft_portion_class_end(const char *open, const char *end);

/* Reads the class that starts at @open. One that makes no sense matches nothing, and takes all that
 * follows. Returns 0, WEFT_PORTION_CLASS_NONE or -ENOMEM. */
int weft_portion_class_new(const char *open, const char *end, struct weft_portion_class **ret_class,
                           size_t *ret_used);

void weft_portion_class_free(struct weft_portion_class *class);

bool weft_portion_class_has(const struct weft_portion_class *class, int32_t code);
