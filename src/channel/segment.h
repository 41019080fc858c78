/* SPDX-License-Identifier: MIT */

/*
 * channel/segment - shared memory for payloads too large for a ring
 *
 * A segment is a sealed memfd that both ends map. Fresh pages are what costs, so its owner, the end
 * that made it, keeps a pool of idle ones. The life of an own segment:
 *
 *     acquire -> (filled, sent) -> out at the peer -> RELEASE comes -> idle in the pool
 *                                        `-> sent back by the peer -> held here -> idle
 *
 * and of the peer's: received (mapped the first time) -> held by an ArrayBuffer -> returned
 * (RELEASE goes) -> ... -> FORGET comes -> unmapped.
 *
 * An engine frees an ArrayBuffer long after it was detached. Such a late holder keeps the memory
 * mapped, and an own segment that has one is not idle.
 *
 * Threads: a table belongs to the thread of its link. Only weft_segment_return may be called
 * elsewhere (engines free ArrayBuffers where they like). The table lives until its link has closed
 * it and every segment that is held has been returned.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Smallest segment, in bytes; sizes are powers of two, untouched pages cost nothing. */
#define WEFT_SEGMENT_MIN (UINT64_C(1) << 17)
/* Largest segment. */
#define WEFT_SEGMENT_MAX (UINT64_C(1) << 33)
/* Most bytes of idle segments that a pool keeps warm. */
#define WEFT_SEGMENT_IDLE_MAX (UINT64_C(1) << 28)
/* Most segments that one end may have of its own, and so may have mapped for its peer. */
#define WEFT_SEGMENT_COUNT_MAX 4096

struct weft_segments; /* the segments of one end of a link: its own and the peer's */

struct weft_segment {
    uint32_t id;
    bool own;       /* of our pool; else the peer's */
    bool announced; /* own: the peer has had the descriptor */
    int fd;         /* own: -1 once announced */
    bool here;      /* its bytes are ours to use: own and not at the peer, or received from it */
    bool forgotten; /* the peer's: freed by it, unmapped with the last return */
    /* ArrayBuffers over it. Those that were detached when it was sent count until they are freed.
     */
    uint32_t holders;
    void *memory;
    uint64_t capacity;
    struct weft_segments *table;
    struct weft_segment *next;      /* in the table */
    struct weft_segment *next_idle; /* in the pool, or in the list of returned ones */
};

/* @bell_fd stays the caller's; it is rung when something was returned from another thread. */
int weft_segments_new(int bell_fd, struct weft_segments **ret_segments);

/* The link has ended. Frees the table now, or with the last return. NULL does nothing. */
void weft_segments_close(struct weft_segments *segments);

/* Takes an idle segment of at least @size bytes from the pool, or makes one. Returns 0, -EFBIG over
 * WEFT_SEGMENT_MAX, -EMFILE over WEFT_SEGMENT_COUNT_MAX, or another negative errno. */
int weft_segments_acquire(struct weft_segments *segments, uint64_t size,
                          struct weft_segment **ret_segment);

/* Looks one up. NULL when there is none. */
struct weft_segment *weft_segments_find(struct weft_segments *segments, uint32_t id, bool own);

/* The segment at @memory that has a holder. NULL when there is none. */
struct weft_segment *weft_segments_held_at(struct weft_segments *segments, const void *memory);

/* Maps the peer's segment @id from @fd (taken). The peer may lie: seals and size are checked.
 * Returns 0, -EBADMSG when it is no sealed memfd that we may write or there are too many, or
 * another negative errno. */
int weft_segments_add_peer(struct weft_segments *segments, uint32_t id, int fd,
                           struct weft_segment **ret_segment);

/* The peer has freed this segment of its own: unmaps it, with its last holder. Returns 0, or
 * -EBADMSG when it is unknown or here. */
int weft_segments_forget_peer(struct weft_segments *segments, uint32_t id);

/* An own segment is back: into the pool. Calls @forget (NULL for none) for each that is freed
 * because the pool is over WEFT_SEGMENT_IDLE_MAX, while it is still valid. */
void weft_segments_put_idle(struct weft_segments *segments, struct weft_segment *segment,
                            void (*forget)(void *data, const struct weft_segment *segment),
                            void *data);

/* One more ArrayBuffer (or other holder) uses the segment. */
void weft_segment_hold(struct weft_segment *segment);

/* Whether an ArrayBuffer uses it, or has not been freed yet. */
bool weft_segment_is_held(const struct weft_segment *segment);

/* The peer has sent the segment: its bytes are ours, and the receiver holds it. */
void weft_segment_come(struct weft_segment *segment);

/* The segment goes to the peer. ArrayBuffers that still hold it are about to be detached: their
 * return means nothing any more. */
void weft_segment_go(struct weft_segment *segment);

/* The peer has released this own segment. Returns whether it is idle now; otherwise the return of
 * its last late holder lists it. */
bool weft_segment_come_back(struct weft_segment *segment);

/* Thread: any. A holder is done. If it was the last one and the segment is here, puts it on the
 * list of returned ones and rings the link's own bell. After the link has closed, the last return
 * frees the table. */
void weft_segment_return(struct weft_segment *segment);

/* Takes one that is here from the list of returned segments; NULL when there is none. */
struct weft_segment *weft_segments_next_returned(struct weft_segments *segments);

/* Thread: any. Judges a descriptor from a peer: a memfd of ordinary pages that can't shrink, not a
 * file of a disk, a pipe or huge pages. @seals (F_SEAL_SHRINK at least) must be set; the size is
 * from 1 byte to WEFT_SEGMENT_MAX. Returns 0 or -EBADMSG. */
int weft_segment_check_memfd(int fd, int seals, uint64_t *ret_capacity);
