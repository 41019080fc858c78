/* SPDX-License-Identifier: MIT */

#include "addon/imports.h"

#include "addon/loop-shim.h"
#include "addon/throw-shim.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Where the loader keeps what it needs of a module: addresses in memory. */
struct tables {
    const Elf64_Sym *symbols;
    const char *strings;
    const Elf64_Rela *calls; /* DT_JMPREL */
    size_t calls_size;
    const Elf64_Rela *others; /* DT_RELA */
    size_t others_size;
};

/* The pages of a module that become read-only once it is relocated. */
struct read_only {
    const struct link_map *map;
    uintptr_t start;
    uintptr_t end;
};

/* The loader has made addresses of offsets, except where that section is read-only. */
static const void *address_of(const struct link_map *map, const Elf64_Dyn *entry)
{
    uintptr_t value = entry->d_un.d_ptr;
    return (const void *)(value < map->l_addr ? map->l_addr + value : value);
}

static struct tables find_tables(const struct link_map *map)
{
    struct tables tables = {0};
    for (const Elf64_Dyn *entry = map->l_ld; entry->d_tag != DT_NULL; entry++) {
        switch (entry->d_tag) {
        case DT_SYMTAB:
            tables.symbols = address_of(map, entry);
            break;
        case DT_STRTAB:
            tables.strings = address_of(map, entry);
            break;
        case DT_JMPREL:
            tables.calls = address_of(map, entry);
            break;
        case DT_PLTRELSZ:
            tables.calls_size = entry->d_un.d_val;
            break;
        case DT_RELA:
            tables.others = address_of(map, entry);
            break;
        case DT_RELASZ:
            tables.others_size = entry->d_un.d_val;
            break;
        default:
            break;
        }
    }
    return tables;
}

static int find_read_only_cb(struct dl_phdr_info *info, size_t size, void *data)
{
    (void)size;
    struct read_only *found = data;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    if (info->dlpi_addr != found->map->l_addr || strcmp(info->dlpi_name, found->map->l_name) != 0)
        return 0;
    for (size_t i = 0; i < info->dlpi_phnum; i++) {
        const Elf64_Phdr *segment = &info->dlpi_phdr[i];
        if (segment->p_type != PT_GNU_RELRO)
            continue;
        uintptr_t start = info->dlpi_addr + segment->p_vaddr;
        found->start = start / page * page;
        found->end = (start + segment->p_memsz) / page * page;
    }
    return 1;
}

static void *find_shim(const char *name)
{
    static const struct {
        const char *name;
        void *shim;
    } shims[] = {
        {"napi_throw", weft_throw},
        {"napi_throw_error", weft_throw_error},
        {"napi_throw_type_error", weft_throw_type_error},
        {"napi_throw_range_error", weft_throw_range_error},
        {"uv_default_loop", weft_event_loop},
    };
    for (size_t i = 0; i < sizeof(shims) / sizeof(*shims); i++)
        if (strcmp(name, shims[i].name) == 0)
            return shims[i].shim;
    return NULL;
}

static void write_slot(void **slot, void *shim, const struct read_only *read_only)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    void *start = (void *)((uintptr_t)slot / page * page);
    bool is_read_only = (uintptr_t)slot >= read_only->start && (uintptr_t)slot < read_only->end;
    if (is_read_only && mprotect(start, page, PROT_READ | PROT_WRITE) < 0)
        return;
    *slot = shim; /* one word: who calls just now calls either */
    if (is_read_only)
        mprotect(start, page, PROT_READ);
}

static void patch_table(const struct link_map *map, const struct tables *tables,
                        const struct read_only *read_only, const Elf64_Rela *table, size_t size)
{
    for (size_t i = 0; table && i < size / sizeof(*table); i++) {
        uint32_t type = ELF64_R_TYPE(table[i].r_info);
        if (type != R_X86_64_JUMP_SLOT && type != R_X86_64_GLOB_DAT)
            continue;
        const Elf64_Sym *symbol = &tables->symbols[ELF64_R_SYM(table[i].r_info)];
        void *shim = find_shim(tables->strings + symbol->st_name);
        void **slot = (void **)(map->l_addr + table[i].r_offset);
        if (shim && *slot != shim)
            write_slot(slot, shim, read_only);
    }
}

void weft_imports_divert(const struct link_map *map)
{
    /* Two threads that load one module must not take the other's page from it. */
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    struct tables tables = find_tables(map);
    struct read_only read_only = {.map = map};
    if (!tables.symbols || !tables.strings)
        return;
    pthread_mutex_lock(&lock);
    dl_iterate_phdr(find_read_only_cb, &read_only);
    patch_table(map, &tables, &read_only, tables.calls, tables.calls_size);
    patch_table(map, &tables, &read_only, tables.others, tables.others_size);
    pthread_mutex_unlock(&lock);
}
