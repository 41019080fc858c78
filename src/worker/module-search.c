/* SPDX-License-Identifier: MIT */

#include "worker/module-search.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* Most mappings with modules' code that are kept; those of some hundred modules. */
#define RANGES_MAX 4096
/* How much of a stack is looked at. */
#define STACK_MAX (256 * 1024)
#define CHUNK     4096

/* One mapping with code of a native module. */
struct range {
    uintptr_t start;
    uintptr_t end;
};

/* A line of /proc/self/maps. */
struct mapping {
    struct range range;
    bool executable;
    const char *path; /* "" where it is no file's */
};

/* Not on the stack: that of a handler is small. */
static struct range ranges[RANGES_MAX];
static size_t range_count;
static char read_buffer[CHUNK + 1];
static char line[PATH_MAX + 256];
static uintptr_t words[CHUNK / sizeof(uintptr_t)];

/* Removes what the kernel adds to the path of a file that has no name any more. */
static void cut_deleted(char *path)
{
    static const char suffix[] = " (deleted)";
    size_t length = strlen(path), size = sizeof(suffix) - 1;
    if (length > size && strcmp(path + length - size, suffix) == 0)
        path[length - size] = '\0';
}

/* Reads "start-end perms offset dev inode   path" from @line. */
static bool parse_line(struct mapping *ret_mapping)
{
    char *at;
    ret_mapping->range.start = strtoul(line, &at, 16);
    if (*at != '-')
        return false;
    ret_mapping->range.end = strtoul(at + 1, &at, 16);
    if (at[0] != ' ' || strlen(at) < 5)
        return false;
    ret_mapping->executable = at[3] == 'x';
    char *path = strchr(at, '/');
    if (path)
        cut_deleted(path);
    ret_mapping->path = path ? path : "";
    return true;
}

static bool begins_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool is_module(const struct mapping *mapping)
{
    const char *path = mapping->path;
    size_t length = strlen(path);
    uintptr_t own = (uintptr_t)weft_module_search;
    if (!mapping->executable || (own >= mapping->range.start && own < mapping->range.end))
        return false;
    if (length > 5 && strcmp(path + length - 5, ".node") == 0)
        return true;
    return strstr(path, ".so") && !begins_with(path, "/usr/") && !begins_with(path, "/lib");
}

typedef bool (*mapping_cb)(const struct mapping *mapping, void *data);

/* Calls @use for each mapping until it returns false. Longer lines than a path may have are cut. */
static void each_mapping(mapping_cb use, void *data)
{
    int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    size_t length = 0;
    bool more = true;
    ssize_t size;
    while (more && (size = read(fd, read_buffer, CHUNK)) > 0) {
        for (ssize_t i = 0; more && i < size; i++) {
            if (read_buffer[i] != '\n') {
                if (length < sizeof(line) - 1)
                    line[length++] = read_buffer[i];
                continue;
            }
            line[length] = '\0';
            length = 0;
            struct mapping mapping;
            more = !parse_line(&mapping) || use(&mapping, data);
        }
    }
    close(fd);
}

static bool keep_range(const struct mapping *mapping, void *data)
{
    (void)data;
    if (is_module(mapping))
        ranges[range_count++] = mapping->range;
    return range_count < RANGES_MAX;
}

static const struct range *find_range(uintptr_t address)
{
    for (size_t i = 0; i < range_count; i++)
        if (address >= ranges[i].start && address < ranges[i].end)
            return &ranges[i];
    return NULL;
}

/* Copies words of this process's own memory, as a system call, which fails where a load would
 * crash. */
static size_t read_words(uintptr_t from, size_t size)
{
    struct iovec local = {.iov_base = words, .iov_len = size};
    struct iovec remote = {.iov_base = (void *)from, .iov_len = size};
    ssize_t got = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
    return got > 0 ? (size_t)got / sizeof(uintptr_t) : 0;
}

/* Returns 0 where there is none. */
static uintptr_t find_address(uintptr_t pc, uintptr_t sp)
{
    if (find_range(pc))
        return pc;
    uintptr_t at = sp & ~(sizeof(uintptr_t) - 1);
    for (uintptr_t end = at + STACK_MAX; at < end;) {
        /* To the end of a page: the next one may not be there. */
        size_t count = read_words(at, CHUNK - at % CHUNK);
        if (count == 0) { /* a guard page, where the stack has overflowed */
            at += CHUNK - at % CHUNK;
            continue;
        }
        for (size_t i = 0; i < count; i++)
            if (find_range(words[i]))
                return words[i];
        at += count * sizeof(uintptr_t);
    }
    return 0;
}

struct wanted {
    uintptr_t address;
    char *path;
    size_t capacity;
};

static bool copy_path(const struct mapping *mapping, void *data)
{
    struct wanted *wanted = data;
    if (wanted->address < mapping->range.start || wanted->address >= mapping->range.end)
        return true;
    size_t length = strnlen(mapping->path, wanted->capacity - 1);
    memcpy(wanted->path, mapping->path, length);
    wanted->path[length] = '\0';
    return false;
}

size_t weft_module_search(uintptr_t pc, uintptr_t sp, char *ret_path, size_t capacity)
{
    ret_path[0] = '\0';
    range_count = 0;
    each_mapping(keep_range, NULL);
    struct wanted wanted = {find_address(pc, sp), ret_path, capacity};
    if (wanted.address != 0)
        each_mapping(copy_path, &wanted);
    return strlen(ret_path);
}
