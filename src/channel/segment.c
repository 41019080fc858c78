/* SPDX-License-Identifier: MIT */

#include "channel/segment.h"

#include "base/cleanup.h"
#include "channel/wake.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>

struct weft_segments {
    struct weft_segment *all;
    struct weft_segment *idle; /* latest first: its pages are the warmest */
    uint64_t idle_bytes;
    uint32_t next_id;
    size_t own_count;
    size_t peer_count;

    /* What other threads touch; everything above is the link thread's. The lock also guards
     * `holders`, `here` and `forgotten` of each segment; the latter two change on the link's thread
     * only, which may read them without it. */
    pthread_mutex_t lock;
    struct weft_segment *returned;
    int bell_fd; /* -1 once closed */
    bool closed;
    size_t held; /* segments with holders: they keep the closed table alive */
};

int weft_segments_new(int bell_fd, struct weft_segments **ret_segments)
{
    struct weft_segments *segments = calloc(1, sizeof(*segments));
    if (!segments)
        return -ENOMEM;
    pthread_mutex_init(&segments->lock, NULL);
    segments->bell_fd = bell_fd;
    segments->next_id = 1;
    *ret_segments = segments;
    return 0;
}

static void segment_free(struct weft_segment *segment)
{
    if (segment->memory)
        munmap(segment->memory, segment->capacity);
    weft_close_fd(&segment->fd);
    free(segment);
}

static void segments_free(struct weft_segments *segments)
{
    while (segments->all) {
        struct weft_segment *segment = segments->all;
        segments->all = segment->next;
        segment_free(segment);
    }
    pthread_mutex_destroy(&segments->lock);
    free(segments);
}

void weft_segments_close(struct weft_segments *segments)
{
    if (!segments)
        return;
    pthread_mutex_lock(&segments->lock);
    segments->closed = true;
    segments->bell_fd = -1;
    bool unused = segments->held == 0;
    pthread_mutex_unlock(&segments->lock);
    if (unused)
        segments_free(segments);
}

static struct weft_segment *segment_new(struct weft_segments *segments, uint32_t id, bool own)
{
    struct weft_segment *segment = calloc(1, sizeof(*segment));
    if (!segment)
        return NULL;
    segment->id = id;
    segment->own = own;
    segment->here = own;
    segment->fd = -1;
    segment->table = segments;
    return segment;
}

static int map_segment(struct weft_segment *segment, int fd, uint64_t capacity)
{
    void *memory = mmap(NULL, capacity, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED)
        return -errno;
    segment->memory = memory;
    segment->capacity = capacity;
    return 0;
}

static void add(struct weft_segments *segments, struct weft_segment *segment)
{
    segment->next = segments->all;
    segments->all = segment;
}

static void remove_from(struct weft_segment **list, struct weft_segment *segment)
{
    while (*list != segment)
        list = &(*list)->next;
    *list = segment->next;
}

static int make_segment(struct weft_segments *segments, uint64_t capacity,
                        struct weft_segment **ret_segment)
{
    if (segments->own_count == WEFT_SEGMENT_COUNT_MAX)
        return -EMFILE; /* the peer would take one more for an attack */
    weft_autofd int fd = memfd_create("weft-segment", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -errno;
    /* Sealed before it is sent: a file that shrinks under a mapping kills its reader. */
    if (ftruncate(fd, (off_t)capacity) < 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK) < 0)
        return -errno;

    struct weft_segment *segment = segment_new(segments, segments->next_id, true);
    if (!segment)
        return -ENOMEM;
    int r = map_segment(segment, fd, capacity);
    if (r < 0) {
        segment_free(segment);
        return r;
    }
    segments->next_id++;
    segments->own_count++;
    segment->fd = weft_steal_fd(&fd);
    add(segments, segment);
    *ret_segment = segment;
    return 0;
}

static uint64_t capacity_for(uint64_t size)
{
    uint64_t capacity = WEFT_SEGMENT_MIN;
    while (capacity < size)
        capacity *= 2;
    return capacity;
}

int weft_segments_acquire(struct weft_segments *segments, uint64_t size,
                          struct weft_segment **ret_segment)
{
    if (size > WEFT_SEGMENT_MAX)
        return -EFBIG;
    uint64_t capacity = capacity_for(size);

    for (struct weft_segment **at = &segments->idle; *at; at = &(*at)->next_idle) {
        if ((*at)->capacity != capacity)
            continue;
        struct weft_segment *segment = *at;
        *at = segment->next_idle;
        segments->idle_bytes -= capacity;
        *ret_segment = segment;
        return 0;
    }
    return make_segment(segments, capacity, ret_segment);
}

struct weft_segment *weft_segments_find(struct weft_segments *segments, uint32_t id, bool own)
{
    for (struct weft_segment *segment = segments->all; segment; segment = segment->next)
        if (segment->id == id && segment->own == own && !segment->forgotten)
            return segment;
    return NULL;
}

struct weft_segment *weft_segments_held_at(struct weft_segments *segments, const void *memory)
{
    struct weft_segment *segment = segments->all;
    while (segment && segment->memory != memory)
        segment = segment->next;
    return segment && segment->here && weft_segment_is_held(segment) ? segment : NULL;
}

int weft_segment_check_memfd(int fd, int seals, uint64_t *ret_capacity)
{
    struct statfs filesystem;
    struct stat file;
    int set = fcntl(fd, F_GET_SEALS);
    if (set < 0 || (set & seals) != seals)
        return -EBADMSG;
    if (fstatfs(fd, &filesystem) < 0 || filesystem.f_type != TMPFS_MAGIC)
        return -EBADMSG;
    if (fstat(fd, &file) < 0 || file.st_size <= 0 || (uint64_t)file.st_size > WEFT_SEGMENT_MAX)
        return -EBADMSG;
    *ret_capacity = (uint64_t)file.st_size;
    return 0;
}

int weft_segments_add_peer(struct weft_segments *segments, uint32_t id, int fd,
                           struct weft_segment **ret_segment)
{
    weft_autofd int taken = fd;
    uint64_t capacity;
    int r = weft_segment_check_memfd(taken, F_SEAL_SHRINK, &capacity);
    if (r < 0)
        return r;
    if (segments->peer_count == WEFT_SEGMENT_COUNT_MAX || weft_segments_find(segments, id, false))
        return -EBADMSG;

    struct weft_segment *segment = segment_new(segments, id, false);
    if (!segment)
        return -ENOMEM;
    r = map_segment(segment, taken, capacity);
    if (r < 0) {
        segment_free(segment);
        /* Sealed against writing, or opened for reading only. */
        return r == -EPERM || r == -EACCES ? -EBADMSG : r;
    }
    add(segments, segment);
    segments->peer_count++;
    *ret_segment = segment;
    return 0;
}

static void unmap_peer(struct weft_segments *segments, struct weft_segment *segment)
{
    remove_from(&segments->all, segment);
    segment_free(segment);
}

int weft_segments_forget_peer(struct weft_segments *segments, uint32_t id)
{
    struct weft_segment *segment = weft_segments_find(segments, id, false);
    if (!segment || segment->here)
        return -EBADMSG;
    segments->peer_count--;

    pthread_mutex_lock(&segments->lock);
    segment->forgotten = true;
    bool held = segment->holders > 0;
    pthread_mutex_unlock(&segments->lock);
    if (!held)
        unmap_peer(segments, segment);
    return 0;
}

/* Frees the coldest idle segments until the pool is within its limit. */
static void trim(struct weft_segments *segments,
                 void (*forget)(void *data, const struct weft_segment *segment), void *data)
{
    while (segments->idle_bytes > WEFT_SEGMENT_IDLE_MAX) {
        struct weft_segment **last = &segments->idle;
        while ((*last)->next_idle)
            last = &(*last)->next_idle;
        struct weft_segment *segment = *last;
        *last = NULL;
        segments->idle_bytes -= segment->capacity;
        if (forget)
            forget(data, segment);
        remove_from(&segments->all, segment);
        segments->own_count--;
        segment_free(segment);
    }
}

void weft_segments_put_idle(struct weft_segments *segments, struct weft_segment *segment,
                            void (*forget)(void *data, const struct weft_segment *segment),
                            void *data)
{
    segment->next_idle = segments->idle;
    segments->idle = segment;
    segments->idle_bytes += segment->capacity;
    trim(segments, forget, data);
}

void weft_segment_hold(struct weft_segment *segment)
{
    struct weft_segments *segments = segment->table;
    pthread_mutex_lock(&segments->lock);
    if (segment->holders++ == 0)
        segments->held++;
    pthread_mutex_unlock(&segments->lock);
}

bool weft_segment_is_held(const struct weft_segment *segment)
{
    pthread_mutex_lock(&segment->table->lock);
    bool held = segment->holders > 0;
    pthread_mutex_unlock(&segment->table->lock);
    return held;
}

static bool set_here(struct weft_segment *segment, bool here)
{
    pthread_mutex_lock(&segment->table->lock);
    segment->here = here;
    bool held = segment->holders > 0;
    pthread_mutex_unlock(&segment->table->lock);
    return held;
}

void weft_segment_come(struct weft_segment *segment)
{
    weft_segment_hold(segment); /* first: with the return of a late holder it is not the last */
    set_here(segment, true);
}

void weft_segment_go(struct weft_segment *segment)
{
    set_here(segment, false);
}

bool weft_segment_come_back(struct weft_segment *segment)
{
    return !set_here(segment, true);
}

/* Under the lock: the link's thread hears of it at its next turn. */
static void list_returned(struct weft_segments *segments, struct weft_segment *segment)
{
    segment->next_idle = segments->returned;
    segments->returned = segment;
    weft_bell_ring(segments->bell_fd);
}

void weft_segment_return(struct weft_segment *segment)
{
    struct weft_segments *segments = segment->table;

    pthread_mutex_lock(&segments->lock);
    if (--segment->holders == 0) {
        segments->held--;
        if (!segments->closed && (segment->here || segment->forgotten))
            list_returned(segments, segment);
    }
    bool last = segments->closed && segments->held == 0;
    pthread_mutex_unlock(&segments->lock);
    if (last)
        segments_free(segments);
}

static struct weft_segment *take_returned(struct weft_segments *segments)
{
    pthread_mutex_lock(&segments->lock);
    struct weft_segment *segment = segments->returned;
    if (segment) {
        segments->returned = segment->next_idle;
        segment->next_idle = NULL;
    }
    pthread_mutex_unlock(&segments->lock);
    return segment;
}

struct weft_segment *weft_segments_next_returned(struct weft_segments *segments)
{
    struct weft_segment *segment;
    while ((segment = take_returned(segments)) && segment->forgotten)
        unmap_peer(segments, segment);
    return segment;
}
