/* SPDX-License-Identifier: MIT */

#include "asar/cache.h"

#include "base/cleanup.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BUCKET_COUNT 256

static const char suffix[] = ".asar";
#define SUFFIX_LENGTH (sizeof(suffix) - 1)

struct cached {
    struct cached *next; /* in the same bucket; set before the entry is there for others */
    struct weft_archive *archive;
    uint32_t id;
    size_t length; /* of the path */
    char path[];
};

/* An entry is complete when it is published and never changes. The release stores of publish() pair
 * with the acquire loads of find_cached() and weft_cache_archive(). */
static _Atomic(struct cached *) buckets[BUCKET_COUNT];
static _Atomic(struct cached *) by_id[WEFT_ARCHIVES_MAX];

/* Only for who opens. */
static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;
static uint32_t count;
static enum weft_archive_check check = WEFT_ARCHIVE_CHECK;

void weft_cache_set_check(enum weft_archive_check new_check)
{
    pthread_mutex_lock(&opening);
    check = new_check;
    pthread_mutex_unlock(&opening);
}

/* FNV-1a. */
static _Atomic(struct cached *) *bucket_of(const char *path, size_t length)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)path[i]) * 16777619u;
    return &buckets[(hash ^ hash >> 16) % BUCKET_COUNT];
}

static const struct cached *find_cached(const char *path, size_t length)
{
    const struct cached *at = atomic_load_explicit(bucket_of(path, length), memory_order_acquire);
    while (at && (at->length != length || memcmp(at->path, path, length) != 0))
        at = at->next;
    return at;
}

static void publish(struct cached *cached)
{
    _Atomic(struct cached *) *bucket = bucket_of(cached->path, cached->length);
    cached->next = atomic_load_explicit(bucket, memory_order_relaxed); /* changed under the lock */
    atomic_store_explicit(&by_id[cached->id], cached, memory_order_release);
    atomic_store_explicit(bucket, cached, memory_order_release);
}

struct weft_archive *weft_cache_archive(uint32_t id)
{
    if (id >= WEFT_ARCHIVES_MAX)
        return NULL;
    const struct cached *cached = atomic_load_explicit(&by_id[id], memory_order_acquire);
    return cached ? cached->archive : NULL;
}

/* With the lock. */
static int open_archive(const char *path, size_t length, const struct cached **ret_cached,
                        char *why)
{
    weft_autofree struct cached *cached = calloc(1, sizeof(*cached) + length + 1);
    if (!cached)
        return -ENOMEM;
    memcpy(cached->path, path, length);
    cached->length = length;
    cached->id = count;
    if (count == WEFT_ARCHIVES_MAX)
        return -ENFILE;
    int r = weft_archive_open(cached->path, check, &cached->archive, why);
    if (r < 0)
        return r;
    count++;
    publish(cached);
    *ret_cached = weft_steal_ptr(&cached);
    return 0;
}

static int get(const char *path, size_t length, const struct cached **ret_cached, char *why)
{
    const struct cached *cached = find_cached(path, length);
    int r = 0;
    if (!cached) {
        pthread_mutex_lock(&opening);
        cached = find_cached(path, length); /* another thread was faster */
        if (!cached)
            r = open_archive(path, length, &cached, why);
        pthread_mutex_unlock(&opening);
    }
    if (r == 0)
        *ret_cached = cached;
    return r;
}

/* Where the last component called *.asar ends that ends at @end or before; 0 for none. */
static size_t find_name(const char *path, size_t end)
{
    for (; end > SUFFIX_LENGTH; end--)
        if ((path[end] == '/' || path[end] == '\0') &&
            strncasecmp(path + end - SUFFIX_LENGTH, suffix, SUFFIX_LENGTH) == 0)
            return end;
    return 0;
}

int weft_cache_locate(const char *path, struct weft_located *ret_located,
                      char ret_why[WEFT_ASAR_WHY_MAX])
{
    size_t end = strlen(path);
    if (end >= PATH_MAX)
        return WEFT_CACHE_PLAIN; /* the kernel says what is wrong */
    while ((end = find_name(path, end)) != 0) {
        const struct cached *cached;
        int r = get(path, end, &cached, ret_why);
        if (r == 0) {
            *ret_located = (struct weft_located){cached->archive, cached->id, end,
                                                 path + end + strspn(path + end, "/")};
            return 0;
        }
        if (r == -EBADMSG) {
            ret_located->archive_length = end;
            return WEFT_CACHE_INVALID;
        }
        if (r == -ENOMEM || r == -ENFILE)
            return r;
        end--; /* a folder, or not there: then one above it may be the archive */
    }
    return WEFT_CACHE_PLAIN;
}
