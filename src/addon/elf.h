/* SPDX-License-Identifier: MIT */

/*
 * addon/elf - a checked view of an ELF shared object for this machine
 *
 * Of the bytes of a whole file, mapped or read. All that a view points at lies within them: no
 * field of the file is used before it has been held against the size, so a damaged or hostile file
 * gives a sentence, never a bad access.
 *
 * Thread: any. Ownership: a view borrows the bytes.
 * Source: the System V ABI and its x86-64 supplement; `man elf`; what glibc's loader refuses.
 */
#pragma once

#include <elf.h>
#include <stdbool.h>
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

/* Makes a view of @size bytes, which begin at a multiple of 8.
 * Returns 0, or one clause in @ret_why, such as "it is truncated: ...", with -ENOEXEC (it is for
 * another machine or system), -ENOMSG (it is no shared object) or -ELIBBAD (it is damaged). */
int weft_elf_open(const void *bytes, size_t size, struct weft_elf *ret_elf,
                  char ret_why[WEFT_ELF_WHY_MAX]);

/* The name of a symbol, or "" where it has none. */
const char *weft_elf_symbol_name(const struct weft_elf *elf, const Elf64_Sym *symbol);

/* The string at @offset of the string table, or "" where it lies outside. */
const char *weft_elf_string(const struct weft_elf *elf, uint64_t offset);

/* The first dynamic entry with @tag, or NULL. */
const Elf64_Dyn *weft_elf_dynamic(const struct weft_elf *elf, int64_t tag);

/* Its value, or 0. */
uint64_t weft_elf_dynamic_value(const struct weft_elf *elf, int64_t tag);

/* The file's bytes that are loaded at @address, or NULL where not all @size come from the file. */
const void *weft_elf_loaded(const struct weft_elf *elf, uint64_t address, uint64_t size);

/* Whether @segment, one of @count, is loaded and has nothing but machine code: older linkers put
 * the constants and the tables into the same segment as the code, newer ones into their own. */
bool weft_elf_is_code(const Elf64_Phdr *segments, size_t count, const Elf64_Phdr *segment);

/* Writes a clause and returns @error: for those who judge further. */
__attribute__((format(printf, 3, 4))) int weft_elf_refuse(char ret_why[WEFT_ELF_WHY_MAX], int error,
                                                          const char *format, ...);
