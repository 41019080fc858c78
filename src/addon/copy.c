/* SPDX-License-Identifier: MIT */

#include "addon/copy.h"

#include "base/cleanup.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Says that it will be executed; kernels before 6.3 do not know it, and allow that anyway. */
#ifndef MFD_EXEC
#define MFD_EXEC 0x10U
#endif

/* memfd_create takes 249 bytes. */
#define NAME_MAX_SIZE 200

/* ---- the file ---- */

static bool is_noexec(int fd)
{
    struct statvfs system;
    return fstatvfs(fd, &system) == 0 && (system.f_flag & ST_NOEXEC);
}

static int open_memory(const char *name)
{
    char short_name[NAME_MAX_SIZE];
    snprintf(short_name, sizeof(short_name), "%s", name);
    int fd = memfd_create(short_name, MFD_CLOEXEC | MFD_EXEC);
    if (fd < 0 && errno == EINVAL)
        fd = memfd_create(short_name, MFD_CLOEXEC);
    return fd;
}

/* Where memory may not be executed, a disk may. */
static int open_temporary(void)
{
    const char *folders[] = {getenv("TMPDIR"), "/tmp", "/var/tmp", "/dev/shm"};
    for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
        if (!folders[i])
            continue;
        weft_autofd int fd = open(folders[i], O_TMPFILE | O_RDWR | O_CLOEXEC, 0700);
        if (fd >= 0 && !is_noexec(fd))
            return weft_steal_fd(&fd);
    }
    return -1;
}

/* ---- its bytes ---- */

/* Copies within the kernel, which takes half the time. Returns how much it has copied: some file
 * systems can't, and a file may have become shorter. */
static size_t send_all(int from, int to, size_t size)
{
    size_t done = 0;
    for (ssize_t count; done < size; done += (size_t)count) {
        count = sendfile(to, from, NULL, size - done);
        if (count <= 0)
            break;
    }
    return done;
}

/* Copies what is missing. Reads, rather than maps, the original: one that shrinks meanwhile gives
 * an error and no SIGBUS. */
static int read_rest(const struct weft_copy *copy, size_t done, char ret_why[WEFT_ELF_WHY_MAX])
{
    size_t missing = copy->size - done;
    ssize_t count = weft_file_read_up_to(copy->original, copy->bytes + done, missing, done);
    if (count < 0)
        return weft_elf_refuse(ret_why, (int)count, "it can't be read: %s", strerror(-(int)count));
    if ((size_t)count < missing)
        return weft_elf_refuse(ret_why, -ELIBBAD, "it was truncated while it was read");
    return 0;
}

/* The rest of weft_copy_open: @copy has its descriptors, size and name. */
static int fill(struct weft_copy *copy, char ret_why[WEFT_ELF_WHY_MAX])
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    copy->page_count = (copy->size + page - 1) / page;
    copy->own_pages = calloc(copy->page_count, sizeof(*copy->own_pages));
    if (!copy->own_pages)
        return -ENOMEM;
    if (ftruncate(copy->fd, (off_t)copy->size) < 0)
        return -errno;
    size_t done = send_all(copy->original, copy->fd, copy->size);
    void *bytes = mmap(NULL, copy->size, PROT_READ | PROT_WRITE, MAP_SHARED, copy->fd, 0);
    if (bytes == MAP_FAILED)
        return -errno;
    copy->bytes = bytes;
    int r = read_rest(copy, done, ret_why);
    return r < 0 ? r : weft_elf_open(copy->bytes, copy->size, &copy->elf, ret_why);
}

int weft_copy_open(int take_original, const char *name, struct weft_copy *ret_copy,
                   char ret_why[WEFT_ELF_WHY_MAX])
{
    WEFT_CLEANUP(weft_copy_close) struct weft_copy copy = WEFT_COPY_NONE;
    copy.original = take_original;
    struct stat status;
    if (fstat(copy.original, &status) < 0)
        return -errno;
    if (status.st_size == 0) { /* nothing to map; the same words as in addon/elf */
        struct weft_elf none;
        return weft_elf_open("", 0, &none, ret_why);
    }
    if (is_noexec(copy.original))
        return WEFT_COPY_NO_EXEC;
    copy.id = weft_file_id_of(&status);
    copy.size = (size_t)status.st_size;

    copy.fd = open_memory(name);
    if (copy.fd < 0)
        copy.fd = open_temporary();
    if (copy.fd < 0)
        return errno == EMFILE || errno == ENFILE ? -errno : WEFT_COPY_NO_PLACE;
    int r = fill(&copy, ret_why);
    if (r < 0)
        return r;
    *ret_copy = copy;
    copy = WEFT_COPY_NONE;
    return 0;
}

void weft_copy_close(struct weft_copy *copy)
{
    if (copy->bytes)
        munmap(copy->bytes, copy->size);
    free(copy->own_pages);
    weft_close_fd(&copy->fd);
    weft_close_fd(&copy->original);
    *copy = WEFT_COPY_NONE;
}

/* ---- changes in place ---- */

/* Writes into the copy, at a place that its view has shown. */
static void write_at(struct weft_copy *copy, const void *place, const void *data, size_t size)
{
    size_t offset = (size_t)((const uint8_t *)place - copy->bytes);
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    memcpy(copy->bytes + offset, data, size);
    for (size_t i = offset / page; i <= (offset + size - 1) / page; i++)
        copy->own_pages[i] = true;
}

void weft_copy_separate(struct weft_copy *copy)
{
    for (size_t i = 0; i < copy->elf.symbol_count; i++) {
        const Elf64_Sym *symbol = &copy->elf.symbols[i];
        if (ELF64_ST_BIND(symbol->st_info) != STB_GNU_UNIQUE)
            continue;
        unsigned char info = ELF64_ST_INFO(STB_WEAK, ELF64_ST_TYPE(symbol->st_info));
        write_at(copy, &symbol->st_info, &info, sizeof(info));
    }
}

/* Linkers store a name that ends another one as that one's end. Whether the first @size bytes of
 * the name at @offset belong to that name alone. */
static bool is_alone(const struct weft_elf *elf, size_t offset, size_t size)
{
    if (offset > 0 && elf->strings[offset - 1] != '\0')
        return false;
    for (size_t i = 0; i < elf->symbol_count; i++) {
        size_t other = elf->symbols[i].st_name;
        if (other > offset && other < offset + size)
            return false;
    }
    return true;
}

/* Overwrites the beginning of a name in the string table. */
static bool rename_at(struct weft_copy *copy, uint64_t offset, const char *text, size_t size)
{
    const char *name = weft_elf_string(&copy->elf, offset);
    if (strlen(name) < size || !is_alone(&copy->elf, offset, size))
        return false;
    write_at(copy, name, text, size);
    return true;
}

bool weft_copy_divert(struct weft_copy *copy)
{
    /* Each new beginning has the length of what it replaces. */
    static const struct {
        const char *name;
        const char *beginning;
    } shims[] = {
        {"napi_throw", "weft"},
        {"napi_throw_error", "weft"},
        {"napi_throw_type_error", "weft"},
        {"napi_throw_range_error", "weft"},
        {"uv_default_loop", "weft_event_loop"},
    };
    bool done = true;
    for (size_t i = 0; i < copy->elf.symbol_count; i++) {
        const Elf64_Sym *symbol = &copy->elf.symbols[i];
        if (symbol->st_shndx != SHN_UNDEF)
            continue;
        const char *name = weft_elf_symbol_name(&copy->elf, symbol);
        for (size_t j = 0; j < sizeof(shims) / sizeof(*shims); j++) {
            const char *beginning = shims[j].beginning;
            if (strcmp(name, shims[j].name) != 0)
                continue;
            /* Undefined symbols are in no hash table, so none has to be made anew. */
            if (!rename_at(copy, symbol->st_name, beginning, strlen(beginning)))
                done = false;
            break; /* the name may be another one now */
        }
    }
    return done;
}

bool weft_copy_rename_library(struct weft_copy *copy, const char *from, const char *to)
{
    bool done = true;
    for (size_t i = 0; i < copy->elf.dynamic_count; i++) {
        const Elf64_Dyn *entry = &copy->elf.dynamic[i];
        if (entry->d_tag != DT_NEEDED && entry->d_tag != DT_SONAME)
            continue;
        /* The version that is needed of a library names it with the same bytes. */
        if (strcmp(weft_elf_string(&copy->elf, entry->d_un.d_val), from) == 0 &&
            !rename_at(copy, entry->d_un.d_val, to, strlen(to)))
            done = false;
    }
    return done;
}
