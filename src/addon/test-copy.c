/* SPDX-License-Identifier: MIT */

/* The argument of the build: WEFT_TEST_ADDON is the path of addon/test-addon.c's module. */

#include "addon/copy.h"

#include "base/cleanup.h"
#include "base/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static struct weft_copy open_copy(void)
{
    struct weft_copy copy;
    char why[WEFT_ELF_WHY_MAX] = "";
    CHECK_EQ(weft_copy_open(open(WEFT_TEST_ADDON, O_RDONLY | O_CLOEXEC), "x", &copy, why), 0);
    return copy;
}

static size_t count_symbols(const struct weft_copy *copy, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < copy->elf.symbol_count; i++)
        count += strcmp(weft_elf_symbol_name(&copy->elf, &copy->elf.symbols[i]), name) == 0;
    return count;
}

static size_t count_own_pages(const struct weft_copy *copy)
{
    size_t count = 0;
    for (size_t i = 0; i < copy->page_count; i++)
        count += copy->own_pages[i];
    return count;
}

TEST(a_copy_is_a_file_of_its_own_with_the_same_bytes)
{
    WEFT_CLEANUP(weft_copy_close) struct weft_copy copy = open_copy();
    struct stat original, own;
    CHECK_EQ(fstat(copy.original, &original), 0);
    CHECK_EQ(fstat(copy.fd, &own), 0);
    CHECK(original.st_ino != own.st_ino || original.st_dev != own.st_dev);
    CHECK_EQ(own.st_size, original.st_size);
    weft_autofree uint8_t *bytes = malloc(copy.size);
    CHECK_EQ(pread(copy.original, bytes, copy.size, 0), copy.size);
    CHECK_BYTES_EQ(bytes, copy.bytes, copy.size);
    CHECK_EQ(count_own_pages(&copy), 0);
}

TEST(imports_of_napi_throw_become_ours)
{
    WEFT_CLEANUP(weft_copy_close) struct weft_copy copy = open_copy();
    CHECK_EQ(count_symbols(&copy, "napi_throw"), 1);
    CHECK(weft_copy_catch_throws(&copy));
    CHECK_EQ(count_symbols(&copy, "napi_throw"), 0);
    CHECK_EQ(count_symbols(&copy, "weft_throw"), 1);
    CHECK_EQ(count_own_pages(&copy), 1);
}

/* The trap: a linker that has "xnapi_throw" stores "napi_throw" as the end of that. */
TEST(a_name_that_ends_another_one_is_not_touched)
{
    WEFT_CLEANUP(weft_copy_close) struct weft_copy copy = open_copy();
    for (size_t i = 0; i < copy.elf.symbol_count; i++) {
        const Elf64_Sym *symbol = &copy.elf.symbols[i];
        if (strcmp(weft_elf_symbol_name(&copy.elf, symbol), "napi_throw") == 0)
            copy.bytes[(const uint8_t *)copy.elf.strings + symbol->st_name - 1 - copy.bytes] = 'x';
    }
    CHECK(!weft_copy_catch_throws(&copy));
    CHECK_EQ(count_symbols(&copy, "napi_throw"), 1);
}

TEST(unique_symbols_become_weak)
{
    WEFT_CLEANUP(weft_copy_close) struct weft_copy copy = open_copy();
    for (size_t i = 0; i < copy.elf.symbol_count; i++) {
        Elf64_Sym *symbol = (Elf64_Sym *)&copy.elf.symbols[i];
        if (strcmp(weft_elf_symbol_name(&copy.elf, symbol), "weft_test_add") == 0)
            symbol->st_info = ELF64_ST_INFO(STB_GNU_UNIQUE, STT_OBJECT);
    }
    weft_copy_separate(&copy);
    size_t weak = 0;
    for (size_t i = 0; i < copy.elf.symbol_count; i++) {
        const Elf64_Sym *symbol = &copy.elf.symbols[i];
        CHECK(ELF64_ST_BIND(symbol->st_info) != STB_GNU_UNIQUE);
        if (strcmp(weft_elf_symbol_name(&copy.elf, symbol), "weft_test_add") == 0)
            weak += symbol->st_info == ELF64_ST_INFO(STB_WEAK, STT_OBJECT);
    }
    CHECK_EQ(weak, 1);
    CHECK_EQ(count_own_pages(&copy), 1);
}

TEST(an_empty_file_gives_a_clause)
{
    struct weft_copy copy;
    char why[WEFT_ELF_WHY_MAX] = "";
    CHECK(weft_copy_open(memfd_create("empty", MFD_CLOEXEC), "x", &copy, why) < 0);
    CHECK(why[0] != '\0');
}

TEST(nothing_of_it_stays)
{
    size_t before = weft_test_count_fds();
    struct weft_copy copy = open_copy();
    weft_copy_close(&copy);
    CHECK_EQ(weft_test_count_fds(), before);
}
