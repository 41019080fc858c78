/* SPDX-License-Identifier: MIT */

#include "asar/extract.h"

#include "asar/hash.h"
#include "asar/output.h"
#include "asar/path.h"
#include "asar/why.h"
#include "base/cleanup.h"
#include "base/file.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <nettle/sha2.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Read, hashed and written at once, so that it stays in a core's cache in between. What turns out
 * to be damaged is removed again. */
#define PART_SIZE ((size_t)128 << 10)

/* What a thread takes at a time. It is whole folders where they are not large: two threads that
 * make files in one folder wait for each other in the kernel. */
#define BATCH_FILES        32
#define BATCH_FILES_FOLDER 256
#define BATCH_SIZE         ((uint64_t)1 << 20)

/* Why a file cannot be had. */
struct missing {
    uint32_t place; /* of its entry */
    int error;
    uint32_t block;
};

/* Files that one thread writes, one after the other. */
struct batch {
    size_t first; /* in the job's list */
    size_t count;
    uint64_t size;
    uint32_t failed; /* place of the file that could not be written */
};

struct job {
    const struct weft_asar_extract *extract;
    const struct weft_asar_index *index;
    int root_fd;
    uint32_t *files; /* places of entries */
    size_t file_count;
    struct batch *batches;
    size_t batch_count;
    pthread_mutex_t mutex; /* guards what follows */
    struct missing *missing;
    size_t missing_count;
};

/* ---- folders ---- */

/* Opens what @path names in the extracted tree; a link anywhere on the way is -ELOOP. */
static int open_strictly(const struct job *job, const char *path, uint64_t flags)
{
    const struct open_how how = {
        .flags = flags | O_CLOEXEC,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    long fd;
    do
        fd = syscall(SYS_openat2, job->root_fd, path, &how, sizeof(how));
    while (fd < 0 && (errno == EINTR || errno == EAGAIN)); /* EAGAIN: something was renamed */
    return fd < 0 ? -errno : (int)fd;
}

/* The same for a folder, name by name, for kernels and sandboxes that have no openat2(). Makes
 * those that are not there. */
static int walk_to_folder(const struct job *job, char *path)
{
    weft_autofd int fd = -1;
    for (char *name = path, *next; name; name = next) {
        next = strchr(name, '/');
        if (next)
            *next++ = '\0';
        int at = fd < 0 ? job->root_fd : fd;
        if (mkdirat(at, name, 0777) < 0 && errno != EEXIST)
            return -errno;
        int inner = openat(at, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (inner < 0)
            return -errno;
        weft_close_fd(&fd);
        fd = inner;
    }
    return weft_steal_fd(&fd);
}

static bool has_no_openat2(int error)
{
    return error == -ENOSYS || error == -EPERM;
}

/* Opens the folder of the extracted tree that @folder is, entering no link. It is made when it is
 * first asked for, by any thread. */
static int open_folder(const struct job *job, const struct weft_asar_entry *folder)
{
    char path[PATH_MAX];
    if (weft_asar_index_path(job->index, folder, path, sizeof(path)) >= sizeof(path))
        return -ENAMETOOLONG;
    if (path[0] == '\0') {
        int copy = fcntl(job->root_fd, F_DUPFD_CLOEXEC, 0);
        return copy < 0 ? -errno : copy;
    }
    int fd = open_strictly(job, path, O_PATH | O_DIRECTORY);
    return fd == -ENOENT || has_no_openat2(fd) ? walk_to_folder(job, path) : fd;
}

static int fail(const struct job *job, const struct weft_asar_entry *entry, const char *doing,
                int error, char *why)
{
    char path[PATH_MAX];
    weft_asar_index_path(job->index, entry, path, sizeof(path));
    if (error == -ENOTDIR || error == -ELOOP)
        return weft_refuse(why, "cannot %s '%s' in '%s': a link or a file is in its place", doing,
                           path, job->extract->folder);
    return weft_why(why, error, "cannot %s '%s' in '%s'", doing, path, job->extract->folder);
}

/* Those that hold nothing: nobody else asks for them. */
static int make_empty_folders(const struct job *job, char *why)
{
    for (uint32_t i = 1; i < weft_asar_index_count(job->index); i++) {
        const struct weft_asar_entry *entry = weft_asar_index_entry(job->index, i);
        if (entry->kind != WEFT_ASAR_FOLDER || entry->count > 0)
            continue;
        weft_autofd int fd = open_folder(job, entry);
        if (fd < 0)
            return fail(job, entry, "make", fd, why);
        if (weft_asar_is_interrupted())
            return -EINTR;
    }
    return 0;
}

/* ---- files ---- */

#define NEW_FILE (O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC)

/* What has the name already is replaced. */
static int open_new(int folder_fd, const char *name)
{
    int fd = openat(folder_fd, name, NEW_FILE, 0666);
    if (fd < 0 && errno == EEXIST && unlinkat(folder_fd, name, 0) == 0)
        fd = openat(folder_fd, name, NEW_FILE, 0666);
    return fd < 0 ? -errno : fd;
}

static bool is_zero(const char *bytes, size_t size)
{
    return bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0;
}

/* Where the bytes of a file come from. */
struct source {
    struct weft_archive *archive;
    const struct weft_asar_entry *file;
    int beside_fd; /* of an unpacked file, else -1 */
    struct weft_asar_integrity integrity;
    bool is_hashed;     /* what lies beside is not: it may have been signed since */
    uint64_t block_end; /* of the block that is being read */
    struct sha256_ctx context;
    int error;      /* in reading */
    uint32_t block; /* that is not what its hash says, or UINT32_MAX */
};

static void start_source(struct source *source, struct weft_archive *archive,
                         const struct weft_asar_entry *file, int beside_fd)
{
    *source = (struct source){
        .archive = archive, .file = file, .beside_fd = beside_fd, .block = UINT32_MAX};
    source->is_hashed = beside_fd < 0 && weft_asar_index_integrity(weft_archive_index(archive),
                                                                   file, &source->integrity);
    source->block_end = source->is_hashed ? source->integrity.block_size : UINT64_MAX;
    sha256_init(&source->context);
}

/* Reads the next part, within one block. Returns its size; 0 at the end. */
static ssize_t read_part(struct source *source, char *buffer, size_t size, uint64_t offset)
{
    if (source->beside_fd >= 0)
        return weft_file_read_up_to(source->beside_fd, buffer, size, offset);
    if (size > source->block_end - offset)
        size = (size_t)(source->block_end - offset);
    return weft_archive_read(source->archive, source->file, buffer, size, offset, NULL);
}

/* Compares the hash when a block is complete: @end is how far the file has been read. */
static bool is_as_hashed(struct source *source, const void *bytes, size_t size, uint64_t end)
{
    uint8_t hash[WEFT_ASAR_HASH_SIZE];
    if (!source->is_hashed)
        return true;
    sha256_update(&source->context, size, bytes);
    if (end < source->block_end && end < source->file->size)
        return true;
    uint64_t number = (end ? end - 1 : 0) / source->integrity.block_size;
    sha256_digest(&source->context, sizeof(hash), hash); /* and starts anew */
    source->block_end += source->integrity.block_size;
    if (memcmp(hash, source->integrity.blocks + number * sizeof(hash), sizeof(hash)) == 0)
        return true;
    source->block = (uint32_t)number;
    return false;
}

/* Copies all; parts that are all zeroes become holes. An error in reading is in the source, and is
 * returned as 0. */
static int copy_all(struct source *source, int fd)
{
    uint64_t size = source->file->size, offset = 0;
    size_t part = source->beside_fd < 0 && size < PART_SIZE ? (size_t)size : PART_SIZE;
    weft_autofree char *buffer = malloc(part ? part : 1);
    bool has_hole = false;
    if (!buffer)
        return -ENOMEM;
    for (;;) {
        ssize_t n = read_part(source, buffer, part, offset);
        if (n >= 0 && !is_as_hashed(source, buffer, (size_t)n, offset + (size_t)n))
            n = -EIO;
        if (n < 0)
            source->error = (int)n;
        if (n <= 0)
            break;
        if (offset > 0 && weft_asar_is_interrupted())
            return -EINTR;
        bool is_hole = (size_t)n == PART_SIZE && is_zero(buffer, PART_SIZE);
        has_hole = has_hole || is_hole;
        int r = is_hole ? 0 : weft_file_write_all(fd, buffer, (size_t)n, offset);
        if (r < 0)
            return r;
        offset += (size_t)n;
        if (source->beside_fd < 0 && offset == size)
            break;
    }
    return has_hole && ftruncate(fd, (off_t)offset) < 0 ? -errno : 0;
}

int weft_asar_open_beside(const struct weft_asar_index *index, const struct weft_asar_entry *file,
                          const char *archive_path)
{
    char path[PATH_MAX];
    weft_autofree char *beside = NULL;
    if (weft_asar_index_path(index, file, path, sizeof(path)) >= sizeof(path))
        return -ENAMETOOLONG;
    if (asprintf(&beside, "%s.unpacked/%s", archive_path, path) < 0) {
        beside = NULL;
        return -ENOMEM;
    }
    weft_autofd int fd = open(beside, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat stat;
    if (fd < 0 || fstat(fd, &stat) < 0)
        return -errno;
    return S_ISREG(stat.st_mode) ? weft_steal_fd(&fd) : -EISDIR;
}

static int miss(struct job *job, uint32_t place, int error, uint32_t block)
{
    pthread_mutex_lock(&job->mutex);
    job->missing[job->missing_count++] = (struct missing){place, error, block};
    pthread_mutex_unlock(&job->mutex);
    return 0;
}

/* The folder that a batch is writing to. */
struct folder {
    uint32_t place; /* of its entry */
    int fd;
};

static int enter_folder(const struct job *job, uint32_t place, struct folder *folder)
{
    if (folder->fd >= 0 && folder->place == place)
        return 0;
    weft_close_fd(&folder->fd);
    folder->place = place;
    folder->fd = open_folder(job, weft_asar_index_entry(job->index, place));
    return folder->fd < 0 ? folder->fd : 0;
}

static int extract_one(struct job *job, uint32_t place, struct folder *folder)
{
    const struct weft_asar_entry *file = weft_asar_index_entry(job->index, place);
    const char *name = weft_asar_index_name(job->index, file);
    weft_autofd int beside_fd = -1;
    int r = enter_folder(job, file->parent, folder);
    if (r < 0)
        return r;
    if (file->unpacked) {
        beside_fd = weft_asar_open_beside(job->index, file, job->extract->archive_path);
        if (beside_fd < 0)
            return miss(job, place, beside_fd, UINT32_MAX);
    }
    weft_autofd int fd = open_new(folder->fd, name);
    if (fd < 0)
        return fd;
    struct source source;
    start_source(&source, job->extract->archive, file, beside_fd);
    r = copy_all(&source, fd);
    if (r == 0 && source.error == 0)
        return file->executable && fchmod(fd, 0755) < 0 ? -errno : 0;
    unlinkat(folder->fd, name, 0);
    return r < 0 ? r : miss(job, place, source.error, source.block);
}

static int extract_cb(void *context, size_t task, uint64_t *done)
{
    struct job *job = context;
    struct batch *batch = &job->batches[task];
    struct folder folder = {.fd = -1};
    int r = 0;
    *done = batch->size;
    for (size_t i = 0; r == 0 && i < batch->count; i++) {
        batch->failed = job->files[batch->first + i];
        r = extract_one(job, batch->failed, &folder);
    }
    weft_close_fd(&folder.fd);
    return r;
}

/* ---- links ---- */

/* @link's target, where that is within the package: its own root counts too. */
static char *normalized_target(const struct job *job, const struct weft_asar_entry *link)
{
    const char *text = weft_asar_index_target(job->index, link);
    char *target = strdup(text + strspn(text, "/"));
    if (target)
        weft_path_normalize(target);
    return target;
}

static int make_link(const struct job *job, const struct weft_asar_entry *link, char *why)
{
    char path[PATH_MAX];
    if (weft_asar_index_path(job->index, link, path, sizeof(path)) >= sizeof(path))
        return fail(job, link, "make the link", -ENAMETOOLONG, why);
    weft_autofree char *target = normalized_target(job, link);
    if (!target)
        return -ENOMEM;
    if (strcmp(target, "..") == 0 || strncmp(target, "../", 3) == 0)
        return weft_refuse(why, "the link '%s' leads out of the package, to '%s'", path,
                           weft_asar_index_target(job->index, link));
    weft_autofree char *text = weft_path_relative(path, target);
    if (!text)
        return -ENOMEM;
    weft_autofd int fd = open_folder(job, weft_asar_index_entry(job->index, link->parent));
    if (fd < 0)
        return fail(job, link, "make the link", fd, why);
    const char *name = weft_asar_index_name(job->index, link);
    int r = symlinkat(text, fd, name);
    if (r < 0 && errno == EEXIST && unlinkat(fd, name, 0) == 0)
        r = symlinkat(text, fd, name);
    return r < 0 ? fail(job, link, "make the link", -errno, why) : 0;
}

static int make_links(const struct job *job, char *why)
{
    int r = 0;
    for (uint32_t i = 1; r == 0 && i < weft_asar_index_count(job->index); i++) {
        const struct weft_asar_entry *entry = weft_asar_index_entry(job->index, i);
        if (entry->kind == WEFT_ASAR_LINK)
            r = make_link(job, entry, why);
    }
    return r;
}

/* ---- the whole ---- */

static bool is_full(const struct batch *batch, uint64_t next_size, bool is_same_folder)
{
    size_t most = is_same_folder ? BATCH_FILES_FOLDER : BATCH_FILES;
    return batch->count >= most || batch->size + next_size > BATCH_SIZE;
}

static void list_batches(struct job *job)
{
    const struct weft_asar_entry *last = NULL;
    struct batch *batch = NULL;
    for (size_t i = 0; i < job->file_count; i++) {
        const struct weft_asar_entry *file = weft_asar_index_entry(job->index, job->files[i]);
        if (!batch || is_full(batch, file->size, file->parent == last->parent)) {
            batch = &job->batches[job->batch_count++];
            batch->first = i;
        }
        batch->count++;
        batch->size += file->size;
        last = file;
    }
}

static int list_files(struct job *job)
{
    uint32_t count = weft_asar_index_count(job->index);
    job->files = calloc(count, sizeof(*job->files));
    job->batches = calloc(count, sizeof(*job->batches));
    job->missing = calloc(count, sizeof(*job->missing));
    if (!job->files || !job->batches || !job->missing)
        return -ENOMEM;
    for (uint32_t i = 1; i < count; i++)
        if (weft_asar_index_entry(job->index, i)->kind == WEFT_ASAR_FILE)
            job->files[job->file_count++] = i;
    list_batches(job);
    if (job->extract->progress)
        for (size_t i = 0; i < job->batch_count; i++)
            job->extract->progress->total += job->batches[i].size;
    return 0;
}

static int compare_missing(const void *a, const void *b)
{
    const struct missing *x = a, *y = b;
    return (x->place > y->place) - (x->place < y->place);
}

static void tell_missing(const struct job *job)
{
    qsort(job->missing, job->missing_count, sizeof(*job->missing), compare_missing);
    for (size_t i = 0; i < job->missing_count; i++) {
        const struct missing *it = &job->missing[i];
        const struct weft_asar_entry *file = weft_asar_index_entry(job->index, it->place);
        char path[PATH_MAX], sentence[WEFT_ASAR_WHY_MAX];
        weft_asar_index_path(job->index, file, path, sizeof(path));
        if (it->error == -EIO && it->block != UINT32_MAX)
            weft_refuse(sentence, "'%s' is damaged: block %u is not what its hash says", path,
                        it->block);
        else
            weft_why(sentence, it->error,
                     file->unpacked ? "cannot read '%s' beside the archive" : "cannot read '%s'",
                     path);
        job->extract->missing_cb(job->extract->data, sentence);
    }
}

static int extract_into(struct job *job, const char *folder, char *why)
{
    weft_autofd int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return weft_why(why, -errno, "cannot open the folder '%s'", folder);
    job->root_fd = fd;
    int r = list_files(job);
    if (r < 0)
        return r;
    const struct weft_asar_work work = {job->batch_count, extract_cb, job, job->extract->progress,
                                        .waits = true};
    size_t task;
    r = weft_asar_pool_run(&work, &task);
    if (r < 0 && r != -EINTR)
        return fail(job, weft_asar_index_entry(job->index, job->batches[task].failed), "write", r,
                    why);
    if (r == 0)
        r = make_empty_folders(job, why);
    return r == 0 ? make_links(job, why) : r;
}

/* A new folder is filled under another name. */
static int extract_anew(struct job *job, const char *folder, char *why)
{
    int r = weft_output_make_folders(folder, why);
    if (r < 0)
        return r;
    weft_autofree char *stage = weft_output_temporary_name(folder);
    if (!stage)
        return -ENOMEM;
    if (mkdir(stage, 0777) < 0)
        return weft_why(why, -errno, "cannot make the folder '%s'", folder);
    r = extract_into(job, stage, why);
    if (r == 0 && rename(stage, folder) < 0)
        r = weft_why(why, -errno, "cannot make the folder '%s'", folder);
    if (r < 0)
        weft_output_remove_tree(stage);
    return r;
}

int weft_asar_extract(const struct weft_asar_extract *extract, size_t *ret_missing,
                      char ret_why[WEFT_ASAR_WHY_MAX])
{
    struct job job = {
        .extract = extract,
        .index = weft_archive_index(extract->archive),
        .mutex = PTHREAD_MUTEX_INITIALIZER,
    };
    snprintf(ret_why, WEFT_ASAR_WHY_MAX, "out of memory");
    weft_autofree char *folder = strdup(extract->folder);
    if (!folder)
        return -ENOMEM;
    weft_path_normalize(folder); /* no slash at its end: a name is made of it */
    struct stat stat_;
    int r = lstat(folder, &stat_) == 0 ? extract_into(&job, folder, ret_why)
                                       : extract_anew(&job, folder, ret_why);
    if (r == 0) {
        tell_missing(&job);
        *ret_missing = job.missing_count;
    }
    free(job.files);
    free(job.batches);
    free(job.missing);
    return r;
}

/* ---- one file ---- */

static int find_file(const struct weft_asar_index *index, const char *path,
                     const struct weft_asar_entry **ret_file, char *why)
{
    int r = weft_asar_index_find(index, path, true, ret_file);
    if (r == -ENOENT || r == -ENOTDIR)
        return weft_refuse(why, "'%s' was not found in this archive", path);
    if (r < 0)
        return weft_why(why, r, "'%s'", path);
    if ((*ret_file)->kind != WEFT_ASAR_FILE)
        return weft_refuse(why, "'%s' is a folder", path);
    return 0;
}

int weft_asar_extract_file(struct weft_archive *archive, const char *archive_path, const char *path,
                           const char *output_path, char ret_why[WEFT_ASAR_WHY_MAX])
{
    const struct weft_asar_index *index = weft_archive_index(archive);
    const struct weft_asar_entry *file;
    struct source source;
    snprintf(ret_why, WEFT_ASAR_WHY_MAX, "out of memory");
    int r = find_file(index, path, &file, ret_why);
    if (r < 0)
        return r;
    weft_autofd int beside_fd = -1;
    if (file->unpacked) {
        beside_fd = weft_asar_open_beside(index, file, archive_path);
        if (beside_fd < 0)
            return weft_why(ret_why, beside_fd, "cannot read '%s' beside the archive", path);
    }
    WEFT_CLEANUP(weft_output_deinit) struct weft_output output;
    r = weft_output_create(&output, output_path, ret_why);
    if (r < 0)
        return r;
    start_source(&source, archive, file, beside_fd);
    r = copy_all(&source, output.fd);
    if (r < 0)
        return r == -EINTR ? r : weft_why(ret_why, r, "cannot write '%s'", output_path);
    if (source.error == -EIO && source.block != UINT32_MAX)
        return weft_refuse(ret_why, "'%s' is damaged: block %u is not what its hash says", path,
                           source.block);
    if (source.error < 0)
        return weft_why(ret_why, source.error, "cannot read '%s'", path);
    return weft_output_publish(&output, ret_why);
}
