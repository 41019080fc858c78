/* SPDX-License-Identifier: MIT */

/*
 * The mappings of this process, in two hash tables under one lock: by the file, for descriptors
 * that come in, and by the address, for buffers that an engine shows us.
 *
 * A file is known by the numbers that the kernel gave it. Inode numbers of memfds are 32 bits wide
 * and may come again after four billion, so the time of birth counts, too.
 */

#include "channel/shared.h"

#include "base/cleanup.h"
#include "base/descriptors.h"
#include "channel/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define BUCKETS    1024 /* a power of two */
#define PAGE_SHIFT 12
/* Descriptors of the process that these may take: one in so many. */
#define DESCRIPTORS_SHARE 2

struct identity {
    uint64_t device;
    uint64_t inode;
    int64_t born_s;
    uint64_t born_ns;
};

struct entry {
    struct weft_shared shared; /* first: what callers have */
    struct identity identity;
    uint64_t capacity;
    size_t references;
    struct entry *next_by_file;
    struct entry *next_by_address;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct entry *by_file[BUCKETS];
static struct entry *by_address[BUCKETS];
static size_t count;
static uint64_t last_number;

static struct entry **file_bucket(const struct identity *identity)
{
    return &by_file[identity->inode & (BUCKETS - 1)];
}

static struct entry **address_bucket(const void *memory)
{
    return &by_address[((uintptr_t)memory >> PAGE_SHIFT) & (BUCKETS - 1)];
}

/* At least one page: a buffer of no bytes has an address as well. */
static uint64_t capacity_for(uint64_t size)
{
    uint64_t page = UINT64_C(1) << PAGE_SHIFT;
    return size == 0 ? page : (size + page - 1) & ~(page - 1);
}

static int identify(int fd, struct identity *ret_identity)
{
    struct statx file;
    if (fcntl(fd, F_GET_SEALS) <
        0) /* first: to ask anything of a file of FUSE's may take for ever */
        return -EBADMSG;
    if (statx(fd, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &file) < 0)
        return -errno;
    *ret_identity = (struct identity){
        .device = (uint64_t)file.stx_dev_major << 32 | file.stx_dev_minor,
        .inode = file.stx_ino,
    };
    if (file.stx_mask & STATX_BTIME) {
        ret_identity->born_s = file.stx_btime.tv_sec;
        ret_identity->born_ns = file.stx_btime.tv_nsec;
    }
    return 0;
}

static bool is_same(const struct identity *a, const struct identity *b)
{
    return a->device == b->device && a->inode == b->inode && a->born_s == b->born_s &&
           a->born_ns == b->born_ns;
}

/* ---- the tables; under the lock ---- */

static bool is_full(void)
{
    struct rlimit descriptors;
    if (count >= WEFT_SHARED_COUNT_MAX)
        return true;
    return getrlimit(RLIMIT_NOFILE, &descriptors) == 0 &&
           count >= descriptors.rlim_cur / DESCRIPTORS_SHARE;
}

static struct entry *find(const struct identity *identity)
{
    struct entry *entry = *file_bucket(identity);
    while (entry && !is_same(&entry->identity, identity))
        entry = entry->next_by_file;
    if (entry)
        entry->references++;
    return entry;
}

static void add(struct entry *entry)
{
    struct entry **file = file_bucket(&entry->identity);
    struct entry **address = address_bucket(entry->shared.memory);
    entry->next_by_file = *file;
    *file = entry;
    entry->next_by_address = *address;
    *address = entry;
    count++;
}

static void drop(struct entry *entry)
{
    struct entry **at = file_bucket(&entry->identity);
    while (*at != entry)
        at = &(*at)->next_by_file;
    *at = entry->next_by_file;
    at = address_bucket(entry->shared.memory);
    while (*at != entry)
        at = &(*at)->next_by_address;
    *at = entry->next_by_address;
    count--;
}

/* Maps the memory of @fd (taken) and adds it. */
static int map(int fd, uint64_t size, const struct identity *identity, struct entry **ret_entry)
{
    weft_autofd int taken = fd;
    if (is_full() || weft_descriptors_are_scarce(&taken, 1))
        return -EMFILE;
    struct entry *entry = calloc(1, sizeof(*entry));
    if (!entry)
        return -ENOMEM;
    entry->capacity = capacity_for(size);
    void *memory = mmap(NULL, entry->capacity, PROT_READ | PROT_WRITE, MAP_SHARED, taken, 0);
    if (memory == MAP_FAILED) {
        int saved = errno;
        free(entry);
        return -saved;
    }
    entry->shared = (struct weft_shared){
        .memory = memory,
        .size = size,
        .fd = weft_steal_fd(&taken),
        .number = ++last_number,
    };
    entry->identity = *identity;
    entry->references = 1;
    add(entry);
    *ret_entry = entry;
    return 0;
}

/* ---- what others call ---- */

int weft_shared_create(uint64_t size, struct weft_shared **ret_shared)
{
    if (size > WEFT_SHARED_SIZE_MAX)
        return -EFBIG;
    weft_autofd int fd = memfd_create("weft-shared", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -errno;
    /* Sealed at its size before anybody else has it: a file that shrinks under a mapping kills its
     * reader. */
    if (ftruncate(fd, (off_t)capacity_for(size)) < 0 ||
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) < 0)
        return -errno;
    struct identity identity;
    int r = identify(fd, &identity);
    if (r < 0)
        return r;

    struct entry *entry;
    pthread_mutex_lock(&lock);
    r = map(weft_steal_fd(&fd), size, &identity, &entry);
    pthread_mutex_unlock(&lock);
    if (r < 0)
        return r;
    *ret_shared = &entry->shared;
    return 0;
}

int weft_shared_open(int fd, uint64_t size, struct weft_shared **ret_shared)
{
    weft_autofd int taken = fd;
    struct identity identity;
    uint64_t capacity;
    if (size > WEFT_SHARED_SIZE_MAX ||
        weft_segment_check_memfd(taken, F_SEAL_SHRINK | F_SEAL_GROW, &capacity) < 0 ||
        capacity != capacity_for(size))
        return -EBADMSG;
    int r = identify(taken, &identity);
    if (r < 0)
        return r;

    pthread_mutex_lock(&lock);
    struct entry *entry = find(&identity);
    if (!entry)
        r = map(weft_steal_fd(&taken), size, &identity, &entry);
    pthread_mutex_unlock(&lock);
    if (r < 0) /* Sealed against writing, or opened for reading only. */
        return r == -EPERM || r == -EACCES ? -EBADMSG : r;
    if (entry->shared.size != size) {
        weft_shared_unref(&entry->shared);
        return -EBADMSG;
    }
    *ret_shared = &entry->shared;
    return 0;
}

struct weft_shared *weft_shared_find(int fd)
{
    struct identity identity;
    if (identify(fd, &identity) < 0)
        return NULL;
    pthread_mutex_lock(&lock);
    struct entry *entry = find(&identity);
    pthread_mutex_unlock(&lock);
    return entry ? &entry->shared : NULL;
}

struct weft_shared *weft_shared_at(const void *memory)
{
    pthread_mutex_lock(&lock);
    struct entry *entry = *address_bucket(memory);
    while (entry && entry->shared.memory != memory)
        entry = entry->next_by_address;
    if (entry)
        entry->references++;
    pthread_mutex_unlock(&lock);
    return entry ? &entry->shared : NULL;
}

bool weft_shared_are_many(void)
{
    pthread_mutex_lock(&lock);
    bool many = count >= WEFT_SHARED_MANY;
    pthread_mutex_unlock(&lock);
    return many;
}

struct weft_shared *weft_shared_ref(struct weft_shared *shared)
{
    struct entry *entry = (struct entry *)shared;
    pthread_mutex_lock(&lock);
    entry->references++;
    pthread_mutex_unlock(&lock);
    return shared;
}

void weft_shared_unref(struct weft_shared *shared)
{
    struct entry *entry = (struct entry *)shared;
    if (!entry)
        return;
    pthread_mutex_lock(&lock);
    bool last = --entry->references == 0;
    if (last)
        drop(entry);
    pthread_mutex_unlock(&lock);
    if (!last)
        return;
    munmap(shared->memory, entry->capacity);
    close(shared->fd);
    free(entry);
}
