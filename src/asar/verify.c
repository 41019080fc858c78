/* SPDX-License-Identifier: MIT */

#include "asar/verify.h"

#include "asar/extract.h"
#include "asar/hash.h"
#include "asar/sha256.h"
#include "asar/why.h"
#include "base/cleanup.h"
#include "base/file.h"

#include <inttypes.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum difference {
    DIFFERS_BLOCK,
    DIFFERS_WHOLE, /* each block is right, and yet the whole is not */
    DIFFERS_SIZE,
    DIFFERS_UNREADABLE,
};

struct finding {
    uint32_t place; /* of the entry */
    enum difference difference;
    uint64_t number; /* of the block; the size; the error */
};

struct job {
    const struct weft_asar_verify *verify;
    const struct weft_asar_index *index;
    uint32_t *files;
    size_t file_count;
    pthread_mutex_t mutex; /* guards what follows */
    struct finding *findings;
    size_t count, capacity;
};

static int find_fault(struct job *job, uint32_t place, enum difference difference, uint64_t number)
{
    int r = 0;
    pthread_mutex_lock(&job->mutex);
    if (job->count == job->capacity) {
        size_t capacity = job->capacity ? job->capacity * 2 : 64;
        struct finding *findings = reallocarray(job->findings, capacity, sizeof(*findings));
        if (findings) {
            job->findings = findings;
            job->capacity = capacity;
        }
    }
    if (job->count < job->capacity)
        job->findings[job->count++] = (struct finding){place, difference, number};
    else
        r = -ENOMEM;
    pthread_mutex_unlock(&job->mutex);
    return r;
}

/* ---- one file ---- */

struct reading {
    struct job *job;
    uint32_t place;
    const struct weft_asar_entry *file;
    struct weft_asar_integrity integrity;
    int beside_fd; /* of an unpacked file, else -1 */
};

static ssize_t read_block(const struct reading *reading, void *buffer, size_t size, uint64_t offset)
{
    if (reading->beside_fd >= 0)
        return weft_file_read_up_to(reading->beside_fd, buffer, size, offset);
    return weft_archive_read(reading->job->verify->archive, reading->file, buffer, size, offset,
                             NULL);
}

static int check_blocks(const struct reading *reading, char *buffer, bool *ret_is_right,
                        uint8_t *ret_whole)
{
    const struct weft_asar_integrity *integrity = &reading->integrity;
    uint64_t size = reading->file->size, count = weft_asar_block_count(size, integrity->block_size);
    struct sha256_ctx whole, block;
    sha256_init(&whole);
    *ret_is_right = true;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t start = i * integrity->block_size, left = size - start;
        size_t part = left < integrity->block_size ? (size_t)left : integrity->block_size;
        if (weft_asar_is_interrupted())
            return -EINTR;
        ssize_t n = read_block(reading, buffer, part, start);
        if (n < 0) {
            *ret_is_right = false;
            return find_fault(reading->job, reading->place, DIFFERS_UNREADABLE, (uint64_t)-n);
        }
        uint8_t hash[WEFT_ASAR_HASH_SIZE];
        sha256_init(&block);
        if (count > 1)
            weft_sha256_update_two(&whole, buffer, &block, buffer, (size_t)n);
        else
            sha256_update(&block, (size_t)n, (uint8_t *)buffer);
        sha256_digest(&block, sizeof(hash), hash);
        if (memcmp(hash, integrity->blocks + i * WEFT_ASAR_HASH_SIZE, sizeof(hash)) != 0) {
            *ret_is_right = false;
            int r = find_fault(reading->job, reading->place, DIFFERS_BLOCK, i);
            if (r < 0)
                return r;
        }
        if (count == 1)
            memcpy(ret_whole, hash, sizeof(hash));
    }
    if (count > 1)
        sha256_digest(&whole, WEFT_ASAR_HASH_SIZE, ret_whole);
    return 0;
}

static int check_file(const struct reading *reading)
{
    struct stat stat;
    if (reading->beside_fd >= 0 && fstat(reading->beside_fd, &stat) == 0 &&
        (uint64_t)stat.st_size != reading->file->size)
        return find_fault(reading->job, reading->place, DIFFERS_SIZE, (uint64_t)stat.st_size);
    if (reading->file->integrity == 0)
        return 0; /* it is there, and that is all that can be said */
    uint64_t size = reading->file->size;
    size_t part = reading->integrity.block_size;
    weft_autofree char *buffer = malloc(size < part ? (size_t)size + 1 : part);
    if (!buffer)
        return -ENOMEM;
    bool is_right;
    uint8_t whole[WEFT_ASAR_HASH_SIZE];
    int r = check_blocks(reading, buffer, &is_right, whole);
    if (r < 0 || !is_right || memcmp(whole, reading->integrity.whole, sizeof(whole)) == 0)
        return r;
    return find_fault(reading->job, reading->place, DIFFERS_WHOLE, 0);
}

static int verify_cb(void *context, size_t task, uint64_t *done)
{
    struct job *job = context;
    struct reading reading = {
        .job = job,
        .place = job->files[task],
        .file = weft_asar_index_entry(job->index, job->files[task]),
        .beside_fd = -1,
    };
    *done = reading.file->integrity ? reading.file->size : 0;
    weft_asar_index_integrity(job->index, reading.file, &reading.integrity);
    weft_autofd int fd = -1;
    if (reading.file->unpacked) {
        fd = reading.beside_fd =
            weft_asar_open_beside(job->index, reading.file, job->verify->archive_path);
        if (fd < 0)
            return find_fault(job, reading.place, DIFFERS_UNREADABLE, (uint64_t)-fd);
    }
    return check_file(&reading);
}

/* ---- all ---- */

static int compare_findings(const void *a, const void *b)
{
    const struct finding *x = a, *y = b;
    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static void tell(const struct job *job, const struct finding *finding)
{
    const struct weft_asar_entry *file = weft_asar_index_entry(job->index, finding->place);
    const char *where = file->unpacked ? " beside the archive" : "";
    char path[PATH_MAX], why[WEFT_ASAR_WHY_MAX];
    weft_asar_index_path(job->index, file, path, sizeof(path));
    switch (finding->difference) {
    case DIFFERS_BLOCK:
        weft_refuse(why, "'%s'%s: block %" PRIu64 " is not what its hash says", path, where,
                    finding->number);
        break;
    case DIFFERS_WHOLE:
        weft_refuse(why, "'%s'%s: the whole is not what its hash says, though each block is", path,
                    where);
        break;
    case DIFFERS_SIZE:
        weft_refuse(why, "'%s'%s: it has %" PRIu64 " bytes, not %" PRIu64, path, where,
                    finding->number, file->size);
        break;
    case DIFFERS_UNREADABLE:
        weft_why(why, -(int)finding->number, "'%s'%s cannot be read", path, where);
    }
    job->verify->differs_cb(job->verify->data, why);
}

static int list_files(struct job *job, struct weft_asar_verified *verified)
{
    uint32_t count = weft_asar_index_count(job->index);
    struct weft_asar_progress *progress = job->verify->progress;
    job->files = calloc(count, sizeof(*job->files));
    if (!job->files)
        return -ENOMEM;
    for (uint32_t i = 1; i < count; i++) {
        const struct weft_asar_entry *entry = weft_asar_index_entry(job->index, i);
        if (entry->kind != WEFT_ASAR_FILE)
            continue;
        bool is_hashed = entry->integrity != 0;
        verified->files += is_hashed;
        verified->unhashed += !is_hashed;
        if (is_hashed || entry->unpacked) /* one that lies beside may be missing there */
            job->files[job->file_count++] = i;
        if (progress && is_hashed)
            progress->total += entry->size;
    }
    return 0;
}

static void tell_all(struct job *job, struct weft_asar_verified *verified)
{
    if (job->count > 0)
        qsort(job->findings, job->count, sizeof(*job->findings), compare_findings);
    for (size_t i = 0; i < job->count; i++) {
        const struct finding *finding = &job->findings[i];
        tell(job, finding);
        if (i > 0 && finding->place == job->findings[i - 1].place)
            continue;
        verified->differ++;
        if (weft_asar_index_entry(job->index, finding->place)->integrity == 0) {
            verified->unhashed--;
            verified->files++;
        }
    }
}

int weft_asar_verify(const struct weft_asar_verify *verify, struct weft_asar_verified *ret_verified)
{
    struct weft_asar_verified verified = {0};
    struct job job = {
        .verify = verify,
        .index = weft_archive_index(verify->archive),
        .mutex = PTHREAD_MUTEX_INITIALIZER,
    };
    int r = list_files(&job, &verified);
    if (r == 0) {
        const struct weft_asar_work work = {job.file_count, verify_cb, &job, verify->progress};
        r = weft_asar_pool_run(&work, NULL);
    }
    if (r == 0) {
        tell_all(&job, &verified);
        *ret_verified = verified;
    }
    free(job.files);
    free(job.findings);
    return r;
}
