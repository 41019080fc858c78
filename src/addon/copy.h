/* SPDX-License-Identifier: MIT */

/*
 * addon/copy - a native module's file once more, in memory, with what must differ in it
 *
 * The loader knows a file by its inode: whatever path leads to it, it is loaded once. So each
 * instance is loaded from a file of its own, a memfd. Where the system forbids to execute those
 * (vm.memfd_noexec=2), it is a file without a name in a temporary folder.
 *
 * In the copy some bytes are changed in place; nothing moves:
 *  - STB_GNU_UNIQUE symbols become weak. The loader binds a unique one to the first definition in
 *    the process, which would join the instances and keep the first in memory for ever.
 *  - Imports of napi_throw and its kin become weft_throw (addon/throw-shim.h), and uv_default_loop
 *    becomes weft_event_loop (addon/loop-shim.h).
 *  - Names of libraries that are needed become the names they have here (addon/siblings.h).
 *
 * Thread: any; a copy has one owner.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addon/elf.h"
#include "addon/file-id.h"

enum {
    /* The file's file system is mounted noexec: a copy would get round that. */
    WEFT_COPY_NO_EXEC = 1,
    /* There is no place for a file that may be executed. */
    WEFT_COPY_NO_PLACE,
};

struct weft_copy {
    int fd;       /* of the copy */
    int original; /* the file, as it was opened */
    struct weft_file_id id;
    uint8_t *bytes; /* the copy, mapped */
    size_t size;
    struct weft_elf elf; /* of these bytes */
    /* For each page, whether it must stay the copy's own, because it differs. */
    bool *own_pages;
    size_t page_count;
};

/* Before _open and after _close. */
#define WEFT_COPY_NONE ((struct weft_copy){.fd = -1, .original = -1})

/* Copies a file. @take_original is a descriptor of it, opened to be read; @name is for people who
 * look at the memory map. Returns 0, one of the above, -ENOEXEC and a clause in @ret_why, or
 * another negative errno. */
int weft_copy_open(int take_original, const char *name, struct weft_copy *ret_copy,
                   char ret_why[WEFT_ELF_WHY_MAX]);

void weft_copy_close(struct weft_copy *copy);

/* Makes unique symbols weak. */
void weft_copy_separate(struct weft_copy *copy);

/* Lets the module import weft_throw and its kin, and weft_event_loop. Returns false when one can't
 * be renamed; then its imports are to be replaced once it is loaded. */
bool weft_copy_divert(struct weft_copy *copy);

/* Renames a library, in what is needed and in the file's own name. Both names are of one length,
 * and differ in their beginning. Returns false when its bytes are part of another name. */
bool weft_copy_rename_library(struct weft_copy *copy, const char *from, const char *to);
