/* SPDX-License-Identifier: MIT */

/*
 * addon/file-id - which file it is, and which state of it
 *
 * A file that npm has replaced is another one, whatever its path.
 *
 * Thread: any.
 */
#pragma once

#include <stdbool.h>
#include <sys/stat.h>

struct weft_file_id {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
};

static inline struct weft_file_id weft_file_id_of(const struct stat *status)
{
    return (struct weft_file_id){
        .device = status->st_dev,
        .inode = status->st_ino,
        .size = status->st_size,
        .modified = status->st_mtim,
    };
}

static inline bool weft_file_id_equal(const struct weft_file_id *a, const struct weft_file_id *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->modified.tv_sec == b->modified.tv_sec && a->modified.tv_nsec == b->modified.tv_nsec;
}
