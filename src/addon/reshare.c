/* SPDX-License-Identifier: MIT */

#include "addon/reshare.h"

#include "base/cleanup.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of an entry of /proc/<pid>/pagemap: Documentation/admin-guide/mm/pagemap.rst of Linux. */
#define PAGEMAP_PRESENT (UINT64_C(1) << 63)
#define PAGEMAP_SWAPPED (UINT64_C(1) << 62)
#define PAGEMAP_OF_FILE (UINT64_C(1) << 61)
/* Entries that are read at a time. */
#define PAGEMAP_CHUNK 512

static size_t page_size(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

/* A segment of the file, by pages. */
struct span {
    size_t first; /* page of the file */
    size_t end;
    uint8_t *memory; /* where the first is mapped */
    int protection;
};

static struct span span_of(const struct weft_copy *copy, const Elf64_Phdr *segment,
                           const struct link_map *map)
{
    size_t page = page_size();
    size_t end = (segment->p_offset + segment->p_filesz + page - 1) / page;
    int readable = segment->p_flags & PF_R ? PROT_READ : 0;
    int executable = segment->p_flags & PF_X ? PROT_EXEC : 0;
    return (struct span){
        .first = segment->p_offset / page,
        .end = end < copy->page_count ? end : copy->page_count,
        .memory = (uint8_t *)(map->l_addr + segment->p_vaddr / page * page),
        .protection = readable | executable,
    };
}

/* The end of the pages from @start on that are all the copy's, or all not. */
static size_t end_of_run(const struct weft_copy *copy, size_t start, size_t end)
{
    size_t next = start + 1;
    while (next < end && copy->own_pages[next] == copy->own_pages[start])
        next++;
    return next;
}

/* Marks those pages as the copy's that a module has written into, its code being its own: they are
 * private memory, and of no file any more. */
static void find_written(struct weft_copy *copy, const struct span *span)
{
    size_t page = page_size();
    weft_autofd int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    for (size_t start = span->first, count; start < span->end; start += count) {
        uint64_t entries[PAGEMAP_CHUNK];
        count = span->end - start < PAGEMAP_CHUNK ? span->end - start : PAGEMAP_CHUNK;
        size_t index = (uintptr_t)span->memory / page + start - span->first;
        ssize_t size =
            pread(fd, entries, count * sizeof(*entries), (off_t)(index * sizeof(*entries)));
        bool is_known = size == (ssize_t)(count * sizeof(*entries));
        for (size_t i = 0; i < count; i++)
            if (!is_known || (entries[i] & PAGEMAP_SWAPPED) ||
                ((entries[i] & PAGEMAP_PRESENT) && !(entries[i] & PAGEMAP_OF_FILE)))
                copy->own_pages[start + i] = true;
    }
}

/* Maps the original over each run of pages that are the same. */
static void map_original(struct weft_copy *copy, const Elf64_Phdr *segment,
                         const struct link_map *map)
{
    size_t page = page_size();
    struct span span = span_of(copy, segment, map);
    find_written(copy, &span);
    for (size_t start = span.first, next; start < span.end; start = next) {
        next = end_of_run(copy, start, span.end);
        void *at = span.memory + (start - span.first) * page;
        if (!copy->own_pages[start] &&
            mmap(at, (next - start) * page, span.protection, MAP_PRIVATE | MAP_FIXED,
                 copy->original, (off_t)(start * page)) == MAP_FAILED)
            memset(copy->own_pages + start, true, next - start);
    }
}

/* Data is read from the copy when it is first used. */
static void keep_all(struct weft_copy *copy, const Elf64_Phdr *segment, const struct link_map *map)
{
    struct span span = span_of(copy, segment, map);
    if (span.first < span.end)
        memset(copy->own_pages + span.first, true, span.end - span.first);
}

/* Gives the memory of those pages back that nothing reads any more. */
static void punch_holes(const struct weft_copy *copy)
{
    size_t page = page_size();
    for (size_t start = 0, next; start < copy->page_count; start = next) {
        next = end_of_run(copy, start, copy->page_count);
        if (!copy->own_pages[start])
            fallocate(copy->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)(start * page),
                      (off_t)((next - start) * page));
    }
}

/* An installer that writes into the file, instead of replacing it, makes it another one. */
static bool is_original_as_it_was(const struct weft_copy *copy)
{
    struct stat status;
    if (fstat(copy->original, &status) < 0)
        return false;
    struct weft_file_id now = weft_file_id_of(&status);
    return weft_file_id_equal(&now, &copy->id);
}

/* Relocations in read-only segments: their pages are the instance's own. */
static bool has_text_relocations(const struct weft_elf *elf)
{
    return weft_elf_dynamic(elf, DT_TEXTREL) ||
           (weft_elf_dynamic_value(elf, DT_FLAGS) & DF_TEXTREL);
}

void weft_reshare(struct weft_copy *copy, const struct link_map *map)
{
    if (has_text_relocations(&copy->elf) || !is_original_as_it_was(copy))
        return;
    const Elf64_Phdr *segments = copy->elf.segments;
    size_t count = copy->elf.segment_count;
    for (size_t i = 0; i < count; i++)
        if (segments[i].p_type == PT_LOAD && !(segments[i].p_flags & PF_W))
            map_original(copy, &segments[i], map);
    for (size_t i = 0; i < count; i++)
        if (segments[i].p_type == PT_LOAD && (segments[i].p_flags & PF_W))
            keep_all(copy, &segments[i], map);
    punch_holes(copy);
}
