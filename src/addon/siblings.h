/* SPDX-License-Identifier: MIT */

/*
 * addon/siblings - libraries that a module brings along, in its own folder
 *
 * The trap: a module finds them by $ORIGIN, the folder that it lies in, and a copy lies in
 * /proc/self/fd. So they are opened first, by their real paths; then the loader recognises what the
 * copy needs by the library's own name (DT_SONAME), and looks for no file. A library without such a
 * name is recognised by nothing: it gets a name that no other has, and the copy is told to need
 * that.
 *
 * They are shared by all instances, as most are big and made for many threads, and stay for good:
 * many start threads. Copies of them (`deep`) are loaded as instances are (addon/instance.c).
 *
 * Thread: any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "addon/elf.h"

struct weft_sibling {
    char *name;  /* what the module needs */
    char *path;  /* the file */
    char *alias; /* what the copy shall need instead, of the same length; or NULL */
    bool has_soname;
    bool is_common; /* the C or C++ library, or their kin: there is only one in a process */
};

struct weft_siblings {
    struct weft_sibling *items;
    size_t count;
};

/* Lists what the file @path with @elf finds by $ORIGIN, and what those find so, each after what it
 * needs itself. Returns 0 or -ENOMEM. */
int weft_siblings_find(const char *path, const struct weft_elf *elf,
                       struct weft_siblings *ret_siblings);

/* Of a found list, or one of all zeroes. */
void weft_siblings_free(struct weft_siblings *siblings);

/* Opens @sibling to be shared, and sets its alias if it needs one.
 * Returns 0, -ENOMEM, or -ELIBACC and the loader's words in @ret_why. */
int weft_siblings_share(struct weft_sibling *sibling, char ret_why[WEFT_ELF_WHY_MAX]);

/* Gives @sibling an alias that no other library has. Returns 0, -ENOMEM, or -EINVAL: its name is
 * too short. */
int weft_siblings_make_alias(struct weft_sibling *sibling);
