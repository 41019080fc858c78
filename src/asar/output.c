/* SPDX-License-Identifier: MIT */

#include "asar/output.h"

#include "asar/hash.h"
#include "asar/pool.h"
#include "asar/why.h"
#include "base/cleanup.h"
#include "base/file.h"

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

/* Written at once. */
#define FLUSH_SIZE ((size_t)8 << 20)
#define COPY_SIZE  ((size_t)512 << 10)

/* Folders that are open at a time while a tree is removed. */
#define REMOVE_DEPTH 32

/* ---- names ---- */

/* How much of @name leaves room for what is put behind it: all, or up to a whole character. */
static size_t cut(const char *name)
{
    size_t length = strlen(name), room = NAME_MAX - strlen(".0123456789abcdef.tmp");
    if (length <= room)
        return length;
    while (room > 0 && ((unsigned char)name[room] & 0xc0) == 0x80)
        room--;
    return room;
}

char *weft_output_temporary_name(const char *path)
{
    uint64_t number;
    char *name;
    const char *slash = strrchr(path, '/'), *last = slash ? slash + 1 : path;
    int length = (int)(last - path) + (int)cut(last);
    if (getrandom(&number, sizeof(number), 0) != sizeof(number))
        return NULL;
    int r = asprintf(&name, "%.*s.%016llx.tmp", length, path, (unsigned long long)number);
    return r < 0 ? NULL : name;
}

int weft_output_make_folders(const char *path, char *why)
{
    weft_autofree char *folder = strdup(path);
    if (!folder)
        return -ENOMEM;
    for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(folder, 0777) < 0 && errno != EEXIST)
            return weft_why(why, -errno, "cannot make the folder '%s'", folder);
        *slash = '/';
    }
    return 0;
}

static int remove_cb(const char *path, const struct stat *stat, int kind, struct FTW *at)
{
    remove(path);
    return 0;
}

void weft_output_remove_tree(const char *path)
{
    nftw(path, remove_cb, REMOVE_DEPTH, FTW_DEPTH | FTW_PHYS);
}

/* ---- a file ---- */

static int open_new(struct weft_output *output, const char *path, uint32_t mode, char *why)
{
    output->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    return output->fd < 0 ? weft_why(why, -errno, "cannot write '%s'", output->path) : 0;
}

#define NEW_MODE 0666

/* A link is written through, as every program does; a device must not be replaced by a file.
 * @mode becomes that of a file that is there. */
static int find_place(const char *path, char **ret_place, mode_t *mode, char *why)
{
    struct stat stat_ = {.st_mode = S_IFREG | *mode};
    char *place = realpath(path, NULL);
    if (place && stat(place, &stat_) == 0 && !S_ISREG(stat_.st_mode)) {
        free(place);
        return weft_refuse(why, "cannot write '%s': it is there, and is no regular file", path);
    }
    *mode = stat_.st_mode & 0777;
    *ret_place = place ? place : strdup(path);
    return *ret_place ? 0 : -ENOMEM;
}

int weft_output_create(struct weft_output *output, const char *path, char *why)
{
    memset(output, 0, offsetof(struct weft_output, queue));
    output->fd = -1;
    mode_t mode = NEW_MODE;
    int r = find_place(path, &output->path, &mode, why);
    if (r == 0)
        r = weft_output_make_folders(output->path, why);
    if (r < 0)
        return r;
    output->temporary = weft_output_temporary_name(output->path);
    if (!output->temporary)
        return -ENOMEM;
    r = open_new(output, output->temporary, mode, why);
    if (r == 0 && mode != NEW_MODE)
        fchmod(output->fd, mode); /* past the umask; not all file systems can */
    return r;
}

void weft_output_deinit(struct weft_output *output)
{
    if (output->temporary && output->fd >= 0)
        unlink(output->temporary);
    weft_close_fd(&output->fd);
    free(output->path);
    free(output->temporary);
    output->path = output->temporary = NULL;
}

static int fail(const struct weft_output *output, int error, char *why)
{
    return weft_why(why, error, "cannot write '%s'", output->path);
}

/* Takes @size written bytes off the front of the queue. */
static void dequeue(struct weft_output *output, struct iovec **at, size_t size)
{
    output->offset += size;
    output->queued -= size;
    while (size > 0 && size >= (*at)->iov_len) {
        size -= (*at)->iov_len;
        ++*at;
    }
    if (size > 0) {
        (*at)->iov_base = (char *)(*at)->iov_base + size;
        (*at)->iov_len -= size;
    }
}

int weft_output_flush(struct weft_output *output, char *why)
{
    struct iovec *at = output->queue, *end = output->queue + output->queue_count;
    while (output->queued > 0) {
        if (weft_asar_is_interrupted())
            return -EINTR;
        ssize_t n = pwritev(output->fd, at, (int)(end - at), (off_t)output->offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail(output, -errno, why);
        dequeue(output, &at, (size_t)n);
    }
    output->queue_count = 0;
    return 0;
}

int weft_output_write(struct weft_output *output, const void *bytes, size_t size, char *why)
{
    if (size == 0)
        return 0;
    output->queue[output->queue_count++] = (struct iovec){(void *)bytes, size};
    output->queued += size;
    bool is_full = output->queue_count == WEFT_OUTPUT_QUEUE_MAX || output->queued >= FLUSH_SIZE;
    return is_full ? weft_output_flush(output, why) : 0;
}

/* ---- copying ---- */

/* Copies so that each part ends at a multiple of its size in the output: in copy_file_range() the
 * kernel copies page by page, and keeps the file in single pages, which are read more slowly. */
static int copy_range(struct weft_output *output, int fd, uint64_t start, uint64_t end,
                      char *buffer, char *why)
{
    for (uint64_t at = start; at < end;) {
        size_t part = COPY_SIZE - (output->offset + at) % COPY_SIZE;
        if (part > end - at)
            part = (size_t)(end - at);
        if (weft_asar_is_interrupted())
            return -EINTR;
        ssize_t n = weft_file_read_up_to(fd, buffer, part, at);
        if (n < 0)
            return weft_why(why, (int)n, "cannot read what goes into '%s'", output->path);
        if (n == 0)
            return -ESTALE;
        int r = weft_file_write_all(output->fd, buffer, (size_t)n, output->offset + at);
        if (r < 0)
            return fail(output, r, why);
        at += (uint64_t)n;
    }
    return 0;
}

/* Where data starts from @at on, and where it ends; all of the file where nobody knows. */
static void find_data(int fd, uint64_t at, uint64_t size, uint64_t *ret_start, uint64_t *ret_end)
{
    off_t start = lseek(fd, (off_t)at, SEEK_DATA);
    off_t end = start < 0 ? -1 : lseek(fd, start, SEEK_HOLE);
    bool is_hole = start < 0 && errno == ENXIO;
    *ret_start = is_hole ? size : start < 0 ? at : (uint64_t)start;
    *ret_end = end < 0 || (uint64_t)end > size ? size : (uint64_t)end;
    if (*ret_start > size)
        *ret_start = size;
}

int weft_output_copy(struct weft_output *output, int fd, uint64_t size, char *why)
{
    weft_autofree char *buffer = malloc(size < COPY_SIZE ? (size_t)size + 1 : COPY_SIZE);
    if (!buffer)
        return -ENOMEM;
    int r = weft_output_flush(output, why);
    for (uint64_t at = 0, start, end; r == 0 && at < size; at = end) {
        find_data(fd, at, size, &start, &end);
        r = copy_range(output, fd, start, end, buffer, why);
    }
    if (r < 0)
        return r;
    output->offset += size;
    if (ftruncate(output->fd, (off_t)output->offset) < 0) /* a hole at the end */
        return fail(output, -errno, why);
    return 0;
}

int weft_output_publish(struct weft_output *output, char *why)
{
    int r = weft_output_flush(output, why);
    if (r < 0)
        return r;
    if (rename(output->temporary, output->path) < 0)
        return fail(output, -errno, why);
    weft_close_fd(&output->fd);
    return 0;
}

/* ---- beside ---- */

void weft_beside_init(struct weft_beside *beside, const char *archive)
{
    *beside = (struct weft_beside){0};
    if (asprintf(&beside->folder, "%s.unpacked", archive) < 0)
        beside->folder = NULL;
    char *place = beside->folder ? realpath(beside->folder, NULL) : NULL;
    if (!place)
        return;
    free(beside->folder); /* nothing could be moved to where a link leads, to another disk */
    beside->folder = place;
}

void weft_beside_deinit(struct weft_beside *beside)
{
    if (beside->stage)
        weft_output_remove_tree(beside->stage);
    for (size_t i = 0; i < beside->count; i++)
        free(beside->paths[i]);
    free(beside->paths);
    free(beside->stage);
    free(beside->folder);
}

static int make_stage(struct weft_beside *beside, char *why)
{
    if (beside->stage)
        return 0;
    if (!beside->folder)
        return -ENOMEM;
    int r = weft_output_make_folders(beside->folder, why);
    if (r < 0)
        return r;
    char *stage = weft_output_temporary_name(beside->folder);
    if (!stage)
        return -ENOMEM;
    if (mkdir(stage, 0777) < 0) {
        r = weft_why(why, -errno, "cannot make the folder '%s'", stage);
        free(stage);
        return r;
    }
    beside->stage = stage;
    return 0;
}

/* Remembers @path, and makes the folders for it. */
static int begin(struct weft_beside *beside, const char *path, char **ret_staged, char *why)
{
    int r = make_stage(beside, why);
    if (r < 0)
        return r;
    if (beside->count == beside->capacity) {
        size_t capacity = beside->capacity ? beside->capacity * 2 : 64;
        char **paths = reallocarray(beside->paths, capacity, sizeof(*paths));
        if (!paths)
            return -ENOMEM;
        beside->paths = paths;
        beside->capacity = capacity;
    }
    char *copy = strdup(path), *staged;
    if (!copy)
        return -ENOMEM;
    beside->paths[beside->count++] = copy;
    if (asprintf(&staged, "%s/%s", beside->stage, path) < 0)
        return -ENOMEM;
    r = weft_output_make_folders(staged, why);
    if (r < 0)
        free(staged);
    else
        *ret_staged = staged;
    return r;
}

int weft_beside_begin_file(struct weft_beside *beside, const char *path, uint32_t mode,
                           struct weft_output *ret_file, char *why)
{
    char *staged;
    int r = begin(beside, path, &staged, why);
    if (r < 0)
        return r;
    memset(ret_file, 0, offsetof(struct weft_output, queue));
    ret_file->path = staged;
    r = open_new(ret_file, staged, mode & 0777, why);
    if (r < 0)
        weft_output_deinit(ret_file);
    return r;
}

int weft_beside_link(struct weft_beside *beside, const char *path, const char *text, char *why)
{
    weft_autofree char *staged = NULL;
    int r = begin(beside, path, &staged, why);
    if (r == 0 && symlink(text, staged) < 0)
        r = weft_why(why, -errno, "cannot make the link '%s'", staged);
    return r;
}

static int publish_one(const struct weft_beside *beside, const char *path, char *why)
{
    weft_autofree char *staged = NULL, *place = NULL;
    if (asprintf(&staged, "%s/%s", beside->stage, path) < 0) {
        staged = NULL;
        return -ENOMEM;
    }
    if (asprintf(&place, "%s/%s", beside->folder, path) < 0) {
        place = NULL;
        return -ENOMEM;
    }
    int r = weft_output_make_folders(place, why);
    if (r == 0 && rename(staged, place) < 0)
        r = weft_why(why, -errno, "cannot write '%s'", place);
    return r;
}

int weft_beside_publish(struct weft_beside *beside, char *why)
{
    /* A name that is there is a folder that is not empty, or no folder at all. */
    if (!beside->stage || rename(beside->stage, beside->folder) == 0)
        return 0;
    int r = 0;
    for (size_t i = 0; r == 0 && i < beside->count; i++)
        r = publish_one(beside, beside->paths[i], why);
    return r;
}
