/* SPDX-License-Identifier: MIT */

/*
 * base/cleanup - scope-bound release of descriptors and memory
 *
 * Thread: any. Every helper keeps errno, so that `return -errno` after one still
 * reports the call that failed.
 */
#pragma once

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* Runs @fn with the address of the variable when it goes out of scope. */
#define WEFT_CLEANUP(fn) __attribute__((cleanup(fn)))

static inline void weft_close_fd(int *fd)
{
    if (*fd < 0)
        return;
    int saved = errno;
    close(*fd);
    errno = saved;
    *fd = -1;
}

static inline void weft_free_ptr(void *pointer)
{
    int saved = errno;
    free(*(void **)pointer);
    errno = saved;
}

/* An int that closes itself; initialise it, with -1 for "none". */
#define weft_autofd __attribute__((cleanup(weft_close_fd)))

/* A malloc()ed pointer that frees itself; initialise it. */
#define weft_autofree __attribute__((cleanup(weft_free_ptr)))

/* Moves a descriptor out of an autofd: the caller closes it from here on. */
static inline int weft_steal_fd(int *fd)
{
    int stolen = *fd;
    *fd = -1;
    return stolen;
}

/* Moves a pointer out of an owning variable. */
#define weft_steal_ptr(pointer)                                                                    \
    ({                                                                                             \
        __typeof__(pointer) weft_at_ = (pointer);                                                  \
        __typeof__(*(pointer)) weft_stolen_ = *weft_at_;                                           \
        *weft_at_ = NULL;                                                                          \
        weft_stolen_;                                                                              \
    })
