/* SPDX-License-Identifier: MIT */

#include "launcher/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"

/* A folder this young may belong to a launcher that has not locked it yet. */
#define WEFT_SCRATCH_MIN_AGE_S 60

#define FOLDER_PREFIX "weft-display-"
#define COOKIE_NAME   "Xauthority"
#define LOG_NAME      "xvfb.log"
#define COOKIE_PROTO  "MIT-MAGIC-COOKIE-1"
#define COOKIE_BYTES  16
#define FAMILY_WILD   0xffff

/* Fills in the names; false when they are too long. */
static bool name_files(struct weft_scratch *scratch)
{
    const size_t size = sizeof(scratch->cookie);
    snprintf(scratch->log, sizeof(scratch->log), "%s/" LOG_NAME, scratch->folder);
    return snprintf(scratch->cookie, size, "%s/" COOKIE_NAME, scratch->folder) < (int)size;
}

static void remove_files(const struct weft_scratch *scratch)
{
    unlink(scratch->cookie);
    unlink(scratch->log);
    rmdir(scratch->folder);
}

/* Whether the folder was left by a launcher of ours that was killed. */
static bool is_abandoned(const struct weft_scratch *scratch)
{
    struct stat info;
    if (lstat(scratch->folder, &info) < 0 || !S_ISDIR(info.st_mode) || info.st_uid != geteuid())
        return false;
    if (time(NULL) - info.st_mtime < WEFT_SCRATCH_MIN_AGE_S)
        return false;
    weft_autofd int fd = open(scratch->cookie, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT;
    return flock(fd, LOCK_EX | LOCK_NB) == 0;
}

static void remove_abandoned(const char *parent)
{
    DIR *list = opendir(parent);
    if (!list)
        return;
    for (struct dirent *entry; (entry = readdir(list));) {
        struct weft_scratch scratch = {.lock_fd = -1};
        const size_t size = sizeof(scratch.folder);
        if (strncmp(entry->d_name, FOLDER_PREFIX, strlen(FOLDER_PREFIX)) != 0)
            continue;
        if (snprintf(scratch.folder, size, "%s/%s", parent, entry->d_name) >= (int)size)
            continue;
        if (name_files(&scratch) && is_abandoned(&scratch))
            remove_files(&scratch);
    }
    closedir(list);
}

static int make_folder_below(const char *parent, struct weft_scratch *scratch)
{
    const size_t size = sizeof(scratch->folder);
    if (snprintf(scratch->folder, size, "%s/" FOLDER_PREFIX "XXXXXX", parent) >= (int)size)
        return -ENAMETOOLONG;
    remove_abandoned(parent);
    if (!mkdtemp(scratch->folder))
        return -errno;
    return name_files(scratch) ? 0 : -ENAMETOOLONG;
}

/* The user's own folder, which is emptied at the end of the session, or else where X itself keeps
 * its sockets. */
static int make_folder(struct weft_scratch *scratch)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    if (runtime && runtime[0] == '/' && make_folder_below(runtime, scratch) == 0)
        return 0;
    return make_folder_below(P_tmpdir, scratch);
}

/* One field of an Xauthority record: length (big-endian, 16 bits), then bytes. */
static size_t put_field(uint8_t *out, const void *bytes, uint16_t length)
{
    out[0] = (uint8_t)(length >> 8);
    out[1] = (uint8_t)length;
    memcpy(out + 2, bytes, length);
    return 2u + length;
}

/* The record matches any host and any display number, for the number is not known yet.
 * Format: Xauth(3), "struct xauth". */
static int write_cookie(int fd)
{
    uint8_t cookie[COOKIE_BYTES];
    if (getrandom(cookie, sizeof(cookie), 0) != (ssize_t)sizeof(cookie))
        return -errno;

    uint8_t record[64] = {FAMILY_WILD >> 8, FAMILY_WILD & 0xff};
    size_t size = 2;
    size += put_field(record + size, "", 0); /* address */
    size += put_field(record + size, "", 0); /* display number */
    size += put_field(record + size, COOKIE_PROTO, sizeof(COOKIE_PROTO) - 1);
    size += put_field(record + size, cookie, sizeof(cookie));

    ssize_t written = write(fd, record, size);
    if (written < 0)
        return -errno;
    return (size_t)written == size ? 0 : -ENOSPC;
}

static int make_cookie(struct weft_scratch *scratch)
{
    weft_autofd int fd = open(scratch->cookie, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0)
        return -errno;
    int r = write_cookie(fd);
    if (r < 0)
        return r;
    scratch->lock_fd = weft_steal_fd(&fd);
    return 0;
}

int weft_scratch_open(struct weft_scratch *ret_scratch)
{
    struct weft_scratch scratch = {.lock_fd = -1};

    int r = make_folder(&scratch);
    if (r < 0)
        return r;
    r = make_cookie(&scratch);
    if (r < 0) {
        remove_files(&scratch);
        return r;
    }
    *ret_scratch = scratch;
    return 0;
}

void weft_scratch_close(struct weft_scratch *scratch)
{
    remove_files(scratch);
    weft_close_fd(&scratch->lock_fd);
}
