/* SPDX-License-Identifier: MIT */

#include "addon/elf.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "addon/foreign.h"

#define AGAIN "; install its package again"

int weft_elf_refuse(char ret_why[WEFT_ELF_WHY_MAX], int error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(ret_why, WEFT_ELF_WHY_MAX, format, arguments);
    va_end(arguments);
    return error;
}

static int refuse_damaged(char ret_why[WEFT_ELF_WHY_MAX], const char *what)
{
    return weft_elf_refuse(ret_why, -ELIBBAD, "it is damaged: %s" AGAIN, what);
}

/* Whether @size bytes at @offset lie within @whole. */
static bool lies_within(uint64_t offset, uint64_t size, uint64_t whole)
{
    return offset <= whole && size <= whole - offset;
}

static bool is_aligned(uint64_t offset, uint64_t alignment)
{
    return (offset & (alignment - 1)) == 0;
}

const void *weft_elf_loaded(const struct weft_elf *elf, uint64_t address, uint64_t size)
{
    for (size_t i = 0; i < elf->segment_count; i++) {
        const Elf64_Phdr *segment = &elf->segments[i];
        if (segment->p_type != PT_LOAD || address < segment->p_vaddr)
            continue;
        uint64_t at = address - segment->p_vaddr;
        if (lies_within(at, size, segment->p_filesz))
            return elf->bytes + segment->p_offset + at;
    }
    return NULL;
}

/* The same for a table: at an offset of the file that its entries allow. */
static const void *loaded_table(const struct weft_elf *elf, uint64_t address, uint64_t size,
                                uint64_t alignment)
{
    const uint8_t *table = weft_elf_loaded(elf, address, size);
    if (!table || !is_aligned((uint64_t)(table - elf->bytes), alignment))
        return NULL;
    return table;
}

/* How much of a table at @address the file has at most. */
static uint64_t loaded_rest(const struct weft_elf *elf, uint64_t address)
{
    for (size_t i = 0; i < elf->segment_count; i++) {
        const Elf64_Phdr *segment = &elf->segments[i];
        if (segment->p_type == PT_LOAD && address >= segment->p_vaddr &&
            address - segment->p_vaddr < segment->p_filesz)
            return segment->p_filesz - (address - segment->p_vaddr);
    }
    return 0;
}

bool weft_elf_is_code(const Elf64_Phdr *segments, size_t count, const Elf64_Phdr *segment)
{
    if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_X))
        return false;
    for (size_t i = 0; i < count; i++)
        if (segments[i].p_type == PT_LOAD && !(segments[i].p_flags & (PF_W | PF_X)))
            return true;
    return false;
}

/* The loader's own conditions, and that the file has the bytes. @end is where the last one ended:
 * the loader reserves from the first one's address to the last one's end, then maps each over it.
 */
static int check_segment(const struct weft_elf *elf, const Elf64_Phdr *segment, uint64_t end,
                         char ret_why[WEFT_ELF_WHY_MAX])
{
    uint64_t needed;
    if (__builtin_add_overflow(segment->p_offset, segment->p_filesz, &needed))
        return refuse_damaged(ret_why, "a segment ends beyond all addresses");
    if (needed > elf->size)
        return weft_elf_refuse(ret_why, -ELIBBAD,
                               "it is truncated: a segment needs %" PRIu64
                               " bytes, but the file has %zu" AGAIN,
                               needed, elf->size);

    if (segment->p_filesz > segment->p_memsz)
        return refuse_damaged(ret_why, "a segment is larger in the file than in memory");
    if (segment->p_vaddr > INT64_MAX || segment->p_memsz > INT64_MAX)
        return refuse_damaged(ret_why, "a segment ends beyond all addresses");
    if (segment->p_vaddr < end)
        return refuse_damaged(ret_why, "its segments overlap or stand in the wrong order");

    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    uint64_t alignment = segment->p_align;
    if (!is_aligned(alignment, page) || (alignment & (alignment - 1)) ||
        !is_aligned(segment->p_vaddr - segment->p_offset, alignment ? alignment : page))
        return refuse_damaged(ret_why, "a segment is not aligned to pages");
    return 0;
}

static int check_segments(const struct weft_elf *elf, char ret_why[WEFT_ELF_WHY_MAX])
{
    uint64_t end = 0;
    bool has_any = false;

    for (size_t i = 0; i < elf->segment_count; i++) {
        const Elf64_Phdr *segment = &elf->segments[i];
        if (segment->p_type != PT_LOAD)
            continue;
        int r = check_segment(elf, segment, end, ret_why);
        if (r < 0)
            return r;
        end = segment->p_vaddr + segment->p_memsz;
        has_any = true;
    }
    return has_any ? 0 : refuse_damaged(ret_why, "it has no segment to load");
}

static int read_segments(struct weft_elf *elf, char ret_why[WEFT_ELF_WHY_MAX])
{
    const Elf64_Ehdr *header = (const void *)elf->bytes;
    uint64_t size = (uint64_t)header->e_phnum * sizeof(Elf64_Phdr);

    if (header->e_phentsize != sizeof(Elf64_Phdr) || header->e_phnum == 0 ||
        header->e_phnum == PN_XNUM || !is_aligned(header->e_phoff, sizeof(uint64_t)))
        return refuse_damaged(ret_why, "its header names no table of segments");
    if (header->e_phoff > UINT64_MAX - size)
        return refuse_damaged(ret_why, "its table of segments lies beyond all files");
    if (header->e_phoff + size > elf->size)
        return weft_elf_refuse(ret_why, -ELIBBAD,
                               "it is truncated: its table of segments needs %" PRIu64
                               " bytes, but the file has %zu" AGAIN,
                               header->e_phoff + size, elf->size);

    elf->segments = (const void *)(elf->bytes + header->e_phoff);
    elf->segment_count = header->e_phnum;
    return check_segments(elf, ret_why);
}

/* By its address, as the loader finds it; its offset in the file might say something else. */
static int read_dynamic(struct weft_elf *elf, char ret_why[WEFT_ELF_WHY_MAX])
{
    const Elf64_Phdr *found = NULL;
    for (size_t i = 0; i < elf->segment_count; i++)
        if (elf->segments[i].p_type == PT_DYNAMIC)
            found = &elf->segments[i];
    if (!found)
        return weft_elf_refuse(ret_why, -ENOMSG,
                               "it has no dynamic section, so nothing can load it; link it with "
                               "-shared");

    elf->dynamic = loaded_table(elf, found->p_vaddr, found->p_filesz, sizeof(uint64_t));
    if (!elf->dynamic)
        return refuse_damaged(ret_why, "its dynamic section lies outside of what is loaded");
    size_t count = found->p_filesz / sizeof(Elf64_Dyn);
    while (elf->dynamic_count < count && elf->dynamic[elf->dynamic_count].d_tag != DT_NULL)
        elf->dynamic_count++;
    if (elf->dynamic_count == count)
        return refuse_damaged(ret_why, "its dynamic section has no end");

    if (weft_elf_dynamic_value(elf, DT_FLAGS_1) & DF_1_PIE)
        return weft_elf_refuse(ret_why, -ENOMSG,
                               "it is a program, not a shared object; start it with child_process");
    return 0;
}

/* Entries whose value is a place in the string table. */
static bool is_string_tag(int64_t tag)
{
    return tag == DT_NEEDED || tag == DT_SONAME || tag == DT_RPATH || tag == DT_RUNPATH;
}

static int read_strings(struct weft_elf *elf, char ret_why[WEFT_ELF_WHY_MAX])
{
    uint64_t size = weft_elf_dynamic_value(elf, DT_STRSZ);

    elf->strings = weft_elf_loaded(elf, weft_elf_dynamic_value(elf, DT_STRTAB), size);
    if (!elf->strings || size == 0)
        return refuse_damaged(ret_why, "its string table lies outside of what is loaded");
    if (elf->strings[size - 1] != '\0')
        return refuse_damaged(ret_why, "its string table has no end");
    elf->strings_size = size;

    for (size_t i = 0; i < elf->dynamic_count; i++)
        if (is_string_tag(elf->dynamic[i].d_tag) && elf->dynamic[i].d_un.d_val >= size)
            return refuse_damaged(ret_why, "the name of a library lies outside its string table");
    return 0;
}

/* DT_HASH: as many chain entries as symbols. Returns false for a table that is damaged. */
static bool count_by_hash(const struct weft_elf *elf, uint64_t address, uint64_t *ret_count)
{
    const uint32_t *table = loaded_table(elf, address, 2 * sizeof(uint32_t), sizeof(uint32_t));
    if (!table)
        return false;
    uint64_t words = 2 + (uint64_t)table[0] + table[1];
    if (!weft_elf_loaded(elf, address, words * sizeof(uint32_t)))
        return false;
    *ret_count = table[1];
    return true;
}

/* DT_GNU_HASH: the chain that begins last ends with the last symbol. Its entries begin at @offset;
 * those before it are not in the table. Returns false for a table that is damaged.
 * Source: binutils, bfd/elflink.c; https://flapenguin.me/elf-dt-gnu-hash */
static bool count_by_gnu_hash(const struct weft_elf *elf, uint64_t address, uint64_t *ret_count)
{
    const uint32_t *header = loaded_table(elf, address, 4 * sizeof(uint32_t), sizeof(uint32_t));
    if (!header)
        return false;
    uint32_t bucket_count = header[0], offset = header[1], bloom_count = header[2];
    uint64_t words = 4 + 2 * (uint64_t)bloom_count + bucket_count;
    uint64_t there = loaded_rest(elf, address) / sizeof(uint32_t);
    if (bucket_count == 0 || bloom_count == 0 || words > there)
        return false;

    const uint32_t *buckets = header + (words - bucket_count), *chains = header + words;
    uint32_t last = 0;
    for (uint32_t i = 0; i < bucket_count; i++)
        last = buckets[i] > last ? buckets[i] : last;
    if (last == 0) { /* no symbol is in the table: the module exports nothing */
        *ret_count = offset;
        return true;
    }
    if (last < offset)
        return false;
    for (uint64_t at = last - offset; at < there - words; at++)
        if (chains[at] & 1) {
            *ret_count = offset + at + 1;
            return true;
        }
    return false;
}

/* The symbols that relocations name: GNU ld writes the hash table of a module that exports nothing
 * as if there were no imports, either. */
static int count_by_relocations(const struct weft_elf *elf, int64_t table_tag, int64_t size_tag,
                                uint64_t *count, char ret_why[WEFT_ELF_WHY_MAX])
{
    uint64_t size = weft_elf_dynamic_value(elf, size_tag);
    if (size == 0)
        return 0;
    const Elf64_Rela *table =
        loaded_table(elf, weft_elf_dynamic_value(elf, table_tag), size, sizeof(uint64_t));
    if (!table)
        return refuse_damaged(ret_why, "its relocations lie outside of what is loaded");
    for (size_t i = 0; i < size / sizeof(Elf64_Rela); i++) {
        uint64_t symbol = ELF64_R_SYM(table[i].r_info);
        *count = symbol >= *count ? symbol + 1 : *count;
    }
    return 0;
}

static int count_symbols(const struct weft_elf *elf, uint64_t *ret_count,
                         char ret_why[WEFT_ELF_WHY_MAX])
{
    const Elf64_Dyn *hash = weft_elf_dynamic(elf, DT_HASH);
    const Elf64_Dyn *gnu_hash = weft_elf_dynamic(elf, DT_GNU_HASH);
    uint64_t count = 0;

    if (!hash && !gnu_hash)
        return refuse_damaged(ret_why, "it has no hash table of its symbols");
    if (hash && !count_by_hash(elf, hash->d_un.d_val, &count))
        return refuse_damaged(ret_why, "the hash table of its symbols is wrong");
    if (!hash && !count_by_gnu_hash(elf, gnu_hash->d_un.d_val, &count))
        return refuse_damaged(ret_why, "the hash table of its symbols is wrong");

    int r = count_by_relocations(elf, DT_RELA, DT_RELASZ, &count, ret_why);
    if (r == 0)
        r = count_by_relocations(elf, DT_JMPREL, DT_PLTRELSZ, &count, ret_why);
    if (r == 0)
        *ret_count = count;
    return r;
}

static int read_symbols(struct weft_elf *elf, char ret_why[WEFT_ELF_WHY_MAX])
{
    uint64_t count = 0; /* of 32-bit fields: its product below cannot overflow */
    int r = count_symbols(elf, &count, ret_why);
    if (r < 0)
        return r;
    elf->symbols = loaded_table(elf, weft_elf_dynamic_value(elf, DT_SYMTAB),
                                count * sizeof(Elf64_Sym), sizeof(uint64_t));
    if (!elf->symbols)
        return refuse_damaged(ret_why, "its symbols lie outside of what is loaded");
    elf->symbol_count = count;
    return 0;
}

int weft_elf_open(const void *bytes, size_t size, struct weft_elf *ret_elf,
                  char ret_why[WEFT_ELF_WHY_MAX])
{
    struct weft_elf elf = {.bytes = bytes, .size = size};

    int r = weft_foreign_check(bytes, size, ret_why);
    if (r == 0)
        r = read_segments(&elf, ret_why);
    if (r == 0)
        r = read_dynamic(&elf, ret_why);
    if (r == 0)
        r = read_strings(&elf, ret_why);
    if (r == 0)
        r = read_symbols(&elf, ret_why);
    if (r == 0)
        *ret_elf = elf;
    return r;
}

const char *weft_elf_string(const struct weft_elf *elf, uint64_t offset)
{
    return offset < elf->strings_size ? elf->strings + offset : "";
}

const char *weft_elf_symbol_name(const struct weft_elf *elf, const Elf64_Sym *symbol)
{
    return weft_elf_string(elf, symbol->st_name);
}

const Elf64_Dyn *weft_elf_dynamic(const struct weft_elf *elf, int64_t tag)
{
    for (size_t i = 0; i < elf->dynamic_count; i++)
        if (elf->dynamic[i].d_tag == tag)
            return &elf->dynamic[i];
    return NULL;
}

uint64_t weft_elf_dynamic_value(const struct weft_elf *elf, int64_t tag)
{
    const Elf64_Dyn *entry = weft_elf_dynamic(elf, tag);
    return entry ? entry->d_un.d_val : 0;
}
