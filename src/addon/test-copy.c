/* SPDX-License-Identifier: MIT */

/* The argument of the build: WEFT_TEST_ADDON is the path of addon/test-addon.c's module. */

#include "addon/copy.h"

#include "base/cleanup.h"
#include "base/test.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/mount.h>
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
    CHECK(weft_copy_divert(&copy));
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
    CHECK(!weft_copy_divert(&copy));
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

/* The trap: what an administrator forbids must not be got round by a copy in memory. */
TEST(a_file_on_a_noexec_mount_is_not_copied)
{
    struct weft_copy copy;
    char why[WEFT_ELF_WHY_MAX] = "";
    const unsigned long forbidden = MS_NOEXEC | MS_NOSUID | MS_NODEV;
    if (unshare(CLONE_NEWNS) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
        weft_test_skip("no mounts of its own: needs root, or user namespaces");
    CHECK_EQ(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    CHECK_EQ(mount(WEFT_TEST_ADDON, WEFT_TEST_ADDON, NULL, MS_BIND, NULL), 0);
    CHECK_EQ(mount(NULL, WEFT_TEST_ADDON, NULL, MS_REMOUNT | MS_BIND | forbidden, NULL), 0);
    int fd = open(WEFT_TEST_ADDON, O_RDONLY | O_CLOEXEC);
    CHECK_EQ(weft_copy_open(fd, "x", &copy, why), WEFT_COPY_NO_EXEC);
}

/* Opens a copy where memfds may not be executed, and looks at what it is. */
static int copy_without_memfds(void)
{
    char link[64], target[256] = "";
    weft_autofd int setting = open("/proc/sys/vm/memfd_noexec", O_WRONLY | O_CLOEXEC);
    if (setting < 0 || write(setting, "2", 1) < 0)
        return 2;
    WEFT_CLEANUP(weft_copy_close) struct weft_copy copy = open_copy();
    snprintf(link, sizeof(link), "/proc/self/fd/%d", copy.fd);
    CHECK(readlink(link, target, sizeof(target) - 1) > 0);
    CHECK(strncmp(target, "/memfd:", strlen("/memfd:")) != 0);
    CHECK(strstr(target, "(deleted)"));
    return 0;
}

TEST(a_copy_is_on_disk_where_memory_may_not_be_executed)
{
    if (WEFT_TEST_SANITIZED)
        weft_test_skip("LeakSanitizer gives up in another process namespace");
    /* The setting is that of a namespace of processes. */
    if (unshare(CLONE_NEWPID) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWPID) < 0)
        weft_test_skip("no process namespace of its own: needs root, or user namespaces");
    pid_t child = fork();
    if (child == 0)
        _exit(copy_without_memfds());
    int code = weft_test_wait(child);
    if (code == 2)
        weft_test_skip("vm.memfd_noexec can't be set: needs root, and Linux 6.3");
    CHECK_EQ(code, 0);
}

TEST(nothing_of_it_stays)
{
    size_t before = weft_test_count_fds();
    struct weft_copy copy = open_copy();
    weft_copy_close(&copy);
    CHECK_EQ(weft_test_count_fds(), before);
}
