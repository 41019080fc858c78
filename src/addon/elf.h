/* SPDX-License-Identifier: MIT */

/*
 * addon/elf - a checked view of an ELF shared object for this machine
 *
 * Of the bytes of a whole file, mapped or read. All that a view points at lies within them: no field
 * of the file is used before it has been held against the size, so a damaged or hostile file gives a
 * sentence, never a bad access.
 *
 * Thread: any. Ownership: a view borrows the bytes.
 * Source: the System V ABI and its x86-64 supplement; `man elf`.
 */
#pragma once

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

/* Longest sentence about a file, terminator included. */
#define WEFT_ELF_WHY_MAX 256

struct weft_elf {
    const uint8_t *bytes;
    size_t size;
    const Elf64_Phdr *segments;
    size_t segment_count;
    const Elf64_Dyn *dynamic; /* up to, and without, its DT_NULL */
    size_t dynamic_count;
    const Elf64_Sym *symbols;
    size_t symbol_count;
    const char *strings; /* the last byte is NUL */
    size_t strings_size;
};

/* Makes a view of @size bytes.
 * Returns 0, or -ENOEXEC and one clause in @ret_why, such as "it is truncated: ...". */
int weft_elf_open(const void *bytes, size_t size, struct weft_elf *ret_elf,
                  char ret_why[WEFT_ELF_WHY_MAX]);

/* The name of a symbol, or "" where it has none. */
const char *weft_elf_symbol_name(const struct weft_elf *elf, const Elf64_Sym *symbol);

/* The string at @offset of the string table, or "" where it lies outside. */
const char *weft_elf_string(const struct weft_elf *elf, uint64_t offset);

/* The first dynamic entry with @tag, or NULL. */
const Elf64_Dyn *weft_elf_dynamic(const struct weft_elf *elf, int64_t tag);
