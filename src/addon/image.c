/* SPDX-License-Identifier: MIT */

#include "addon/image.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "addon/elf.h"
#include "addon/search.h"
#include "base/cleanup.h"
#include "base/file.h"

/* The header and the table of segments lie at the start of what linkers write. */
#define HEAD_BYTES 4096

/* A longer segment is read only when it turns out to be needed: the tables of 20 000 symbols fit.
 */
#define PART_MAX (1024 * 1024)

/* Small enough for the cache, so that what was just read is searched at once. */
#define CHUNK_BYTES (64 * 1024)

static bool is_regular(mode_t mode, int *ret_error)
{
    *ret_error = S_ISDIR(mode) ? -EISDIR : -ENODEV;
    return S_ISREG(mode);
}

/* Reads to the same place of the image. A file that was cut short meanwhile has zeroes there, and
 * is judged as what it then is. */
static int read_range(const struct weft_image *image, uint64_t offset, uint64_t size)
{
    if (offset > image->size)
        return 0;
    size = size < image->size - offset ? size : image->size - offset;
    ssize_t got = weft_file_read_up_to(image->fd, image->bytes + offset, size, offset);
    return got < 0 ? (int)got : 0;
}

/* The segments, where the head has their table; nothing of it is checked but that. */
static const Elf64_Phdr *find_segments(const struct weft_image *image, size_t *ret_count)
{
    const Elf64_Ehdr *header = (const void *)image->bytes;
    const size_t room = (HEAD_BYTES - sizeof(*header)) / sizeof(Elf64_Phdr);

    if (image->size < HEAD_BYTES || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
        return NULL;
    if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB)
        return NULL;
    if (header->e_phoff != sizeof(*header) || header->e_phnum > room)
        return NULL;
    *ret_count = header->e_phnum;
    return (const void *)(image->bytes + sizeof(*header));
}

static bool is_left_out(const Elf64_Phdr *segments, size_t count, const Elf64_Phdr *segment)
{
    bool is_long = !(segment->p_flags & PF_W) && segment->p_filesz > PART_MAX;
    return segment->p_type != PT_LOAD || is_long || weft_elf_is_code(segments, count, segment);
}

/* What is loaded and is not left out; of a file that is something else, its head. */
static int read_parts(struct weft_image *image)
{
    size_t count = 0;

    int r = read_range(image, 0, HEAD_BYTES);
    const Elf64_Phdr *segments = find_segments(image, &count);
    if (!segments)
        return r;

    /* A copy: reading a segment writes the table again, from a file that may have changed. */
    Elf64_Phdr kept[HEAD_BYTES / sizeof(Elf64_Phdr)];
    memcpy(kept, segments, count * sizeof(*segments));
    for (size_t i = 0; i < count && r == 0; i++)
        if (!is_left_out(kept, count, &kept[i]))
            r = read_range(image, kept[i].p_offset, kept[i].p_filesz);
    return r;
}

int weft_image_complete(struct weft_image *image)
{
    if (image->is_whole)
        return 0;
    image->is_whole = true;
    return read_range(image, 0, image->size);
}

/* In pieces, each with the end of the one before it, where a word may have begun. */
static int search_file(int fd, uint64_t offset, uint64_t size, const char *const words[],
                       size_t count, uint32_t *found)
{
    uint8_t chunk[CHUNK_BYTES];
    size_t kept = 0;

    while (size > 0) {
        size_t wanted = sizeof(chunk) - kept < size ? sizeof(chunk) - kept : size;
        ssize_t got = weft_file_read_up_to(fd, chunk + kept, wanted, offset);
        if (got <= 0)
            return (int)got;
        offset += (uint64_t)got;
        size -= (uint64_t)got;

        size_t there = kept + (size_t)got;
        *found |= weft_search(chunk, there, words, count);
        kept = there < WEFT_SEARCH_MAX - 1 ? there : WEFT_SEARCH_MAX - 1;
        memmove(chunk, chunk + there - kept, kept);
    }
    return 0;
}

int weft_image_search(const struct weft_image *image, uint64_t offset, uint64_t size,
                      const char *const words[], size_t count, uint32_t *found)
{
    if (!image->is_whole)
        return search_file(image->fd, offset, size, words, count, found);
    *found |= weft_search(image->bytes + offset, size, words, count);
    return 0;
}

static int open_file(const char *path, struct weft_image *image)
{
    struct stat info;
    int error;

    /* A pipe would wait for its writer. */
    image->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (image->fd < 0 || fstat(image->fd, &info) < 0)
        return -errno;
    if (!is_regular(info.st_mode, &error))
        return error;
    if ((uint64_t)info.st_size > WEFT_IMAGE_MAX)
        return -EFBIG;
    image->size = (size_t)info.st_size;
    return 0;
}

int weft_image_open(const char *path, struct weft_image *ret_image)
{
    WEFT_CLEANUP(weft_image_close) struct weft_image image = WEFT_IMAGE_NONE;

    int r = open_file(path, &image);
    if (r < 0)
        return r;
    if (image.size > 0) {
        void *memory = mmap(NULL, image.size, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory == MAP_FAILED)
            return -errno;
        image.bytes = memory;
    }
    r = read_parts(&image);
    if (r < 0)
        return r;
    *ret_image = image;
    image = (struct weft_image)WEFT_IMAGE_NONE;
    return 0;
}

void weft_image_close(struct weft_image *image)
{
    if (image->bytes)
        munmap(image->bytes, image->size);
    image->bytes = NULL;
    weft_close_fd(&image->fd);
}
