/* SPDX-License-Identifier: MIT */

/*
 * channel/shared - memory that both engines use at the same time: SharedArrayBuffers
 *
 * Each is a sealed memfd, mapped once a process however often it comes in: all engine threads that
 * get the same memory get the same address, so that an engine's own waits and wake-ups on it meet.
 * Which memory a descriptor stands for is the kernel's word, not the peer's.
 *
 * The last reference of a process unmaps its mapping, and the last process frees the memory:
 * nobody counts across processes.
 *
 * Trust:  a peer may share anything; what is mapped was sealed at its full size before. It may
 * change bytes at any time: that is what the memory is for. Thread: any, all of it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Largest buffer, in bytes: the most that an ArrayBuffer of JavaScriptCore may have. */
#define WEFT_SHARED_SIZE_MAX (UINT64_C(1) << 32)

/* Most of them that one process has mapped at a time, fewer where it may have fewer than twice as
 * many descriptors. */
#define WEFT_SHARED_COUNT_MAX 4096

/* From so many on it is time that an engine's collector runs: it sees the bytes, but neither the
 * descriptor nor the mapping. */
#define WEFT_SHARED_MANY 256
/* What an engine then allocates in vain for each more, in bytes, so that its collector runs. */
#define WEFT_SHARED_PRESSURE ((size_t)1 << 18)

struct weft_shared {
    void *memory;    /* zeroes at first */
    uint64_t size;   /* in bytes, as script sees it; pages are mapped whole */
    int fd;          /* to be sent on */
    uint64_t number; /* no other of this process ever has it */
};

/* Makes new memory, with one reference. Returns 0, -EFBIG over WEFT_SHARED_SIZE_MAX, -EMFILE when
 * there are too many, or another negative errno. */
int weft_shared_create(uint64_t size, struct weft_shared **ret_shared);

/* A reference to the memory of @fd (taken), which a peer says has @size bytes: the mapping that is
 * here, or a new one. Returns 0, -EBADMSG when it is no memory of weft_shared_create that we may
 * write, -EMFILE when there are too many, or another negative errno. */
int weft_shared_open(int fd, uint64_t size, struct weft_shared **ret_shared);

/* A reference to the memory of @fd (which stays the caller's) where it is mapped, else NULL. */
struct weft_shared *weft_shared_find(int fd);

/* A reference to the one whose memory begins at @memory, else NULL. */
struct weft_shared *weft_shared_at(const void *memory);

/* Whether WEFT_SHARED_MANY are mapped. */
bool weft_shared_are_many(void);

struct weft_shared *weft_shared_ref(struct weft_shared *shared);

/* NULL does nothing. */
void weft_shared_unref(struct weft_shared *shared);
