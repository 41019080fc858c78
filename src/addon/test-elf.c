/* SPDX-License-Identifier: MIT */

#include "addon/elf.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "addon/test-module.h"
#include "base/cleanup.h"
#include "base/test.h"

#define AGAIN         "; install its package again"
#define AGAIN_HERE    AGAIN " on this machine"
#define DAMAGED(what) "it is damaged: " what AGAIN

static const struct test_module plain = {.exports = {"one", "two"}, .imports = {"other"}};

/* Checks in a block of just the size: what is read past its end is seen by the sanitizers. */
static void check_bytes(const void *bytes, size_t size, int error, const char *clause)
{
    char why[WEFT_ELF_WHY_MAX] = "";
    struct weft_elf elf = {.size = 42};
    weft_autofree uint8_t *copy = malloc(size ? size : 1);
    CHECK(copy);
    memcpy(copy, bytes, size);

    int r = weft_elf_open(copy, size, &elf, why);
    if (strcmp(why, clause) != 0)
        weft_test_fail(__FILE__, __LINE__, "it says \"%s\", expected \"%s\"", why, clause);
    CHECK_EQ(r, error);
    CHECK_EQ(elf.size, error ? 42 : size);
}

static void check_text(const char *text, size_t size, int error, const char *clause)
{
    check_bytes(text, size, error, clause);
}

static void check_image(const struct test_image *image, int error, const char *clause)
{
    check_bytes(image->bytes, image->size, error, clause);
}

#define CHECK_TEXT(text, error, clause) check_text(text, sizeof(text) - 1, error, clause)

TEST(what_the_builder_makes_is_loaded_by_the_system)
{
    struct test_image image;
    test_module_build(&(struct test_module){.exports = {"one", "two"}}, &image);
    check_image(&image, 0, "");

    weft_autofd int fd = memfd_create("module", MFD_CLOEXEC);
    CHECK(fd >= 0);
    CHECK_EQ(write(fd, image.bytes, image.size), image.size);
    char path[64];
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    void *handle = dlopen(path, RTLD_NOW);
    CHECK(handle);
    CHECK(dlsym(handle, "two"));
    CHECK(!dlsym(handle, "three"));
}

TEST(a_view_has_symbols_strings_and_dynamic_entries)
{
    struct test_image image;
    struct weft_elf elf;
    char why[WEFT_ELF_WHY_MAX];
    test_module_build(&(struct test_module){.exports = {"one", "two"},
                                            .imports = {"other"},
                                            .needed = {"libc.so.6"},
                                            .flags_1 = DF_1_NODELETE},
                      &image);

    CHECK_EQ(weft_elf_open(image.bytes, image.size, &elf, why), 0);
    CHECK_EQ(elf.symbol_count, 4);
    CHECK(strcmp(weft_elf_symbol_name(&elf, &elf.symbols[0]), "") == 0);
    CHECK(strcmp(weft_elf_symbol_name(&elf, &elf.symbols[1]), "other") == 0);
    CHECK(strcmp(weft_elf_symbol_name(&elf, &elf.symbols[3]), "two") == 0);
    CHECK(strcmp(weft_elf_string(&elf, weft_elf_dynamic_value(&elf, DT_NEEDED)), "libc.so.6") == 0);
    CHECK(strcmp(weft_elf_string(&elf, elf.strings_size), "") == 0);
    CHECK_EQ(weft_elf_dynamic_value(&elf, DT_FLAGS_1), DF_1_NODELETE);
    CHECK(!weft_elf_dynamic(&elf, DT_SONAME));
    CHECK_EQ(weft_elf_dynamic_value(&elf, DT_SONAME), 0);
}

TEST(symbols_are_counted_by_either_hash_table)
{
    struct test_image image;
    struct weft_elf elf;
    char why[WEFT_ELF_WHY_MAX];
    struct test_module module = plain;

    for (int sysv = 0; sysv < 2; sysv++) {
        module.has_sysv_hash = sysv;
        test_module_build(&module, &image);
        CHECK_EQ(weft_elf_open(image.bytes, image.size, &elf, why), 0);
        CHECK_EQ(elf.symbol_count, 4);
    }
}

/* GNU ld writes its hash table as if there were no imports. */
TEST(imports_of_a_module_without_exports_are_counted)
{
    struct test_image image;
    struct weft_elf elf;
    char why[WEFT_ELF_WHY_MAX];
    test_module_build(&(struct test_module){.imports = {"first", "second"}}, &image);

    CHECK_EQ(weft_elf_open(image.bytes, image.size, &elf, why), 0);
    CHECK_EQ(elf.symbol_count, 3);
    CHECK(strcmp(weft_elf_symbol_name(&elf, &elf.symbols[2]), "second") == 0);
}

TEST(an_empty_file_and_a_text_are_named)
{
    CHECK_TEXT("", -ELIBBAD, "it is empty" AGAIN);
    CHECK_TEXT("hi\n", -ELIBBAD, "it is not an ELF file" AGAIN);
    CHECK_TEXT(
        "module.exports = require('./build/Release/x.node'); // some sixty-four bytes long\n",
        -ELIBBAD, "it is not an ELF file" AGAIN);
    CHECK_TEXT("<!DOCTYPE html><title>404 Not Found</title>", -ELIBBAD,
               "it is an HTML page, as a failed download leaves it" AGAIN);
    CHECK_TEXT("\x1f\x8b\x08", -ELIBBAD, "it is a compressed archive (gzip), never unpacked" AGAIN);
    CHECK_TEXT("version https://git-lfs.github.com/spec/v1\noid sha256:4665a5ea\nsize 12\n",
               -ELIBBAD,
               "it is a pointer of Git LFS, not the file itself; run 'git lfs pull' in its "
               "repository");
}

TEST(builds_for_other_systems_are_named)
{
    const char *macos = "it is built for macOS (Mach-O)" AGAIN_HERE;
    const char *macos_32 = "it is built for macOS (Mach-O, 32-bit)" AGAIN_HERE;
    const char *universal = "it is built for macOS (universal Mach-O)" AGAIN_HERE;

    CHECK_TEXT("\xcf\xfa\xed\xfe\x0c\0\0\x01", -ENOEXEC, macos);
    CHECK_TEXT("\xfe\xed\xfa\xcf\x01\0\0\x0c", -ENOEXEC, macos);
    CHECK_TEXT("\xce\xfa\xed\xfe", -ENOEXEC, macos_32);
    CHECK_TEXT("\xfe\xed\xfa\xce", -ENOEXEC, macos_32);
    CHECK_TEXT("\xca\xfe\xba\xbe\0\0\0\x02", -ENOEXEC, universal);
    CHECK_TEXT("\xbe\xba\xfe\xca\x02\0\0\0", -ENOEXEC, universal);
    CHECK_TEXT("\xca\xfe\xba\xbf\0\0\0\x02", -ENOEXEC, universal);
    CHECK_TEXT("MZ\x90\0", -ENOEXEC, "it is built for Windows (PE)" AGAIN_HERE);
    CHECK_TEXT("\0asm\x01\0\0\0", -ENOMSG,
               "it is a WebAssembly module; load it with WebAssembly.compile()");
    CHECK_TEXT("!<arch>\n/               ", -ENOMSG,
               "it is a static library (.a), which nothing can load; link it into a shared object");
}

TEST(elf_files_for_other_systems_are_named)
{
    struct test_image image;
    test_module_build(&plain, &image);

    test_image_header(&image)->e_ident[EI_OSABI] = ELFOSABI_FREEBSD;
    check_image(&image, -ENOEXEC, "it is built for FreeBSD, but this system is Linux" AGAIN_HERE);
    test_image_header(&image)->e_ident[EI_OSABI] = 99;
    check_image(&image, -ENOEXEC,
                "it is built for another system (ELF's number 99), but this one is "
                "Linux" AGAIN_HERE);
    test_image_header(&image)->e_ident[EI_OSABI] = ELFOSABI_GNU;
    check_image(&image, 0, "");
}

/* Changes the class and machine of a module, in the byte order of that machine. */
static void check_machine(uint8_t class, uint8_t order, uint16_t machine, const char *name)
{
    struct test_image image;
    char clause[WEFT_ELF_WHY_MAX];
    test_module_build(&plain, &image);
    Elf64_Ehdr *header = test_image_header(&image);
    header->e_ident[EI_CLASS] = class;
    header->e_ident[EI_DATA] = order;
    header->e_machine = order == ELFDATA2MSB ? __builtin_bswap16(machine) : machine;

    snprintf(clause, sizeof(clause), "it is built for %s, but this process is x64" AGAIN_HERE,
             name);
    check_image(&image, -ENOEXEC, clause);
}

TEST(builds_for_other_machines_are_named)
{
    check_machine(ELFCLASS64, ELFDATA2LSB, EM_AARCH64, "arm64");
    check_machine(ELFCLASS32, ELFDATA2LSB, EM_386, "ia32");
    check_machine(ELFCLASS32, ELFDATA2LSB, EM_ARM, "arm (32-bit, as armv7)");
    check_machine(ELFCLASS64, ELFDATA2LSB, EM_RISCV, "riscv64");
    check_machine(ELFCLASS64, ELFDATA2MSB, EM_S390, "s390x");
    check_machine(ELFCLASS64, ELFDATA2LSB, EM_PPC64, "ppc64");
    check_machine(ELFCLASS64, ELFDATA2MSB, EM_PPC64, "ppc64");
    check_machine(ELFCLASS64, ELFDATA2LSB, EM_LOONGARCH, "loongarch64");
    check_machine(ELFCLASS32, ELFDATA2MSB, EM_MIPS, "mips");
    check_machine(ELFCLASS32, ELFDATA2LSB, EM_X86_64, "x32");
    check_machine(ELFCLASS64, ELFDATA2LSB, 4711, "another machine (ELF's number 4711)");
}

TEST(x64_is_not_big_endian)
{
    struct test_image image;
    test_module_build(&plain, &image);
    Elf64_Ehdr *header = test_image_header(&image);
    header->e_ident[EI_DATA] = ELFDATA2MSB;
    header->e_machine = __builtin_bswap16(EM_X86_64);
    check_image(&image, -ELIBBAD, DAMAGED("its header says big-endian, which x64 is not"));
}

TEST(other_kinds_of_elf_files_are_named)
{
    const char *program = "it is a program, not a shared object; start it with child_process";
    struct test_image image;
    test_module_build(&plain, &image);

    test_image_header(&image)->e_type = ET_REL;
    check_image(&image, -ENOMSG, "it is an object file (.o), not yet linked; link it with -shared");
    test_image_header(&image)->e_type = ET_EXEC;
    check_image(&image, -ENOMSG, program);
    test_image_header(&image)->e_type = ET_CORE;
    check_image(&image, -ENOMSG, "it is a core dump, not a shared object");
    test_image_header(&image)->e_type = 77;
    check_image(&image, -ELIBBAD, DAMAGED("ELF has no file type 77"));

    test_module_build(&(struct test_module){.flags_1 = DF_1_PIE}, &image);
    check_image(&image, -ENOMSG, program);
}

TEST(a_file_that_was_cut_says_what_is_missing)
{
    struct test_image image;
    char clause[WEFT_ELF_WHY_MAX];
    test_module_build(&plain, &image);
    size_t whole = image.size;

    image.size = whole - 1;
    snprintf(clause, sizeof(clause),
             "it is truncated: a segment needs %zu bytes, but the file has %zu" AGAIN, whole,
             whole - 1);
    check_image(&image, -ELIBBAD, clause);
    image.size = 100;
    check_image(&image, -ELIBBAD,
                "it is truncated: its table of segments needs 288 bytes, but the file has "
                "100" AGAIN);
    image.size = 20;
    check_image(&image, -ELIBBAD,
                "it is truncated: its header needs 64 bytes, but the file has 20" AGAIN);
}

TEST(no_cut_is_loaded)
{
    struct test_image image;
    test_module_build(&plain, &image);

    for (size_t size = 0; size < image.size; size++) {
        struct weft_elf elf;
        char why[WEFT_ELF_WHY_MAX] = "";
        weft_autofree uint8_t *copy = malloc(size ? size : 1);
        CHECK(copy);
        memcpy(copy, image.bytes, size);
        CHECK_EQ(weft_elf_open(copy, size, &elf, why), -ELIBBAD);
        CHECK(why[0]);
    }
}

TEST(a_wrong_table_of_segments_is_found)
{
    const char *none = DAMAGED("its header names no table of segments");
    struct test_image image;
    test_module_build(&plain, &image);
    const Elf64_Ehdr good = *test_image_header(&image);
    Elf64_Ehdr *header = test_image_header(&image);

    header->e_phnum = 0;
    check_image(&image, -ELIBBAD, none);
    header->e_phnum = PN_XNUM;
    check_image(&image, -ELIBBAD, none);
    *header = good;
    header->e_phentsize = 32;
    check_image(&image, -ELIBBAD, none);
    *header = good;
    header->e_phoff = 65;
    check_image(&image, -ELIBBAD, none);
    header->e_phoff = UINT64_MAX - 7;
    check_image(&image, -ELIBBAD, DAMAGED("its table of segments lies beyond all files"));
    *header = good;
    header->e_phnum = 3000;
    image.size = 4096;
    check_image(&image, -ELIBBAD,
                "it is truncated: its table of segments needs 168064 bytes, but the file has "
                "4096" AGAIN);
}

TEST(a_file_with_nothing_to_load_is_refused)
{
    struct test_image image;
    test_module_build(&plain, &image);
    test_image_segment(&image, PT_LOAD, 1)->p_type = PT_NULL;
    test_image_segment(&image, PT_LOAD, 0)->p_type = PT_NULL;
    check_image(&image, -ELIBBAD, DAMAGED("it has no segment to load"));
}

TEST(odd_segments_are_refused)
{
    const char *order = DAMAGED("its segments overlap or stand in the wrong order");
    const char *pages = DAMAGED("a segment is not aligned to pages");
    const char *beyond = DAMAGED("a segment ends beyond all addresses");
    struct test_image image;
    test_module_build(&plain, &image);
    Elf64_Phdr *second = test_image_segment(&image, PT_LOAD, 1);
    const Elf64_Phdr good = *second;

    second->p_vaddr = good.p_offset - 8;
    check_image(&image, -ELIBBAD, order);
    *second = good;
    second->p_align = 0x1001;
    check_image(&image, -ELIBBAD, pages);
    second->p_align = 0x3000; /* pages, but no power of two */
    check_image(&image, -ELIBBAD, pages);
    *second = good;
    second->p_vaddr += 16;
    check_image(&image, -ELIBBAD, pages);
    *second = good;
    second->p_memsz = second->p_filesz - 1;
    check_image(&image, -ELIBBAD, DAMAGED("a segment is larger in the file than in memory"));
    *second = good;
    second->p_offset = UINT64_MAX - 4;
    check_image(&image, -ELIBBAD, beyond);
    *second = good;
    second->p_vaddr = UINT64_MAX - 0xffff + (good.p_offset & 0xfff);
    check_image(&image, -ELIBBAD, beyond);
    *second = good;
    second->p_memsz = UINT64_MAX;
    check_image(&image, -ELIBBAD, beyond);
}

TEST(a_file_without_a_dynamic_section_is_refused)
{
    struct test_image image;
    test_module_build(&plain, &image);
    test_image_segment(&image, PT_DYNAMIC, 0)->p_type = PT_NULL;
    check_image(&image, -ENOMSG,
                "it has no dynamic section, so nothing can load it; link it with -shared");
}

TEST(a_wrong_dynamic_section_is_found)
{
    const char *outside = DAMAGED("its dynamic section lies outside of what is loaded");
    struct test_image image;
    test_module_build(&plain, &image);
    Elf64_Phdr *segment = test_image_segment(&image, PT_DYNAMIC, 0);
    const Elf64_Phdr good = *segment;

    segment->p_vaddr = 0x7000;
    check_image(&image, -ELIBBAD, outside);
    segment->p_vaddr = good.p_vaddr + 4;
    check_image(&image, -ELIBBAD, outside);
    *segment = good;
    segment->p_filesz = 1 << 20;
    check_image(&image, -ELIBBAD, outside);
    *segment = good;
    test_image_dynamic(&image, DT_NULL)->d_tag = DT_DEBUG;
    check_image(&image, -ELIBBAD, DAMAGED("its dynamic section has no end"));
}

TEST(a_wrong_string_table_is_found)
{
    const char *outside = DAMAGED("its string table lies outside of what is loaded");
    struct test_image image;
    test_module_build(&(struct test_module){.needed = {"libc.so.6"}}, &image);
    Elf64_Dyn *place = test_image_dynamic(&image, DT_STRTAB);
    Elf64_Dyn *size = test_image_dynamic(&image, DT_STRSZ);
    uint64_t good_place = place->d_un.d_ptr, good_size = size->d_un.d_val;

    place->d_un.d_ptr = 0x7000;
    check_image(&image, -ELIBBAD, outside);
    place->d_un.d_ptr = good_place;
    size->d_un.d_val = UINT64_MAX;
    check_image(&image, -ELIBBAD, outside);
    size->d_un.d_val = 0;
    check_image(&image, -ELIBBAD, outside);
    size->d_un.d_val = good_size - 1;
    check_image(&image, -ELIBBAD, DAMAGED("its string table has no end"));
    size->d_un.d_val = 1;
    check_image(&image, -ELIBBAD, DAMAGED("the name of a library lies outside its string table"));
}

TEST(a_wrong_symbol_table_is_found)
{
    const char *outside = DAMAGED("its symbols lie outside of what is loaded");
    struct test_image image;
    test_module_build(&plain, &image);
    Elf64_Dyn *place = test_image_dynamic(&image, DT_SYMTAB);
    uint64_t good = place->d_un.d_ptr;

    place->d_un.d_ptr = 0x7000;
    check_image(&image, -ELIBBAD, outside);
    place->d_un.d_ptr = good + 4;
    check_image(&image, -ELIBBAD, outside);
    place->d_un.d_ptr = good;
    Elf64_Rela *relocation =
        test_image_loaded(&image, test_image_dynamic(&image, DT_RELA)->d_un.d_ptr);
    relocation->r_info = ELF64_R_INFO(UINT32_MAX, R_X86_64_GLOB_DAT);
    check_image(&image, -ELIBBAD, outside);
    test_image_dynamic(&image, DT_RELASZ)->d_un.d_val = 1 << 20;
    check_image(&image, -ELIBBAD, DAMAGED("its relocations lie outside of what is loaded"));
}

/* A name may point anywhere: only the loader, or nobody, asks for it. */
TEST(a_symbol_name_outside_the_strings_is_empty)
{
    struct test_image image;
    struct weft_elf elf;
    char why[WEFT_ELF_WHY_MAX];
    test_module_build(&plain, &image);
    Elf64_Sym *symbols =
        test_image_loaded(&image, test_image_dynamic(&image, DT_SYMTAB)->d_un.d_ptr);
    symbols[1].st_name = UINT32_MAX;

    CHECK_EQ(weft_elf_open(image.bytes, image.size, &elf, why), 0);
    CHECK(strcmp(weft_elf_symbol_name(&elf, &elf.symbols[1]), "") == 0);
}

/* Writes @value to word @index of the hash table, checks, and puts back what was there. */
static void check_hash_word(struct test_image *image, int64_t tag, size_t index, uint32_t value)
{
    uint32_t *table = test_image_loaded(image, test_image_dynamic(image, tag)->d_un.d_ptr);
    uint32_t good = table[index];
    table[index] = value;
    check_image(image, -ELIBBAD, DAMAGED("the hash table of its symbols is wrong"));
    table[index] = good;
}

TEST(a_wrong_gnu_hash_table_is_found)
{
    struct test_image image;
    test_module_build(&plain, &image);

    check_hash_word(&image, DT_GNU_HASH, 0, 0);          /* no bucket */
    check_hash_word(&image, DT_GNU_HASH, 0, UINT32_MAX); /* more than there are */
    check_hash_word(&image, DT_GNU_HASH, 1, 100);        /* begins behind the last bucket */
    check_hash_word(&image, DT_GNU_HASH, 2, 0);          /* no filter */
    check_hash_word(&image, DT_GNU_HASH, 2, UINT32_MAX);
    check_hash_word(&image, DT_GNU_HASH, 6, UINT32_MAX); /* a chain behind all */

    /* A chain that never ends is followed to the end of the segment, and no further. */
    uint64_t table = test_image_dynamic(&image, DT_GNU_HASH)->d_un.d_ptr;
    memset(test_image_loaded(&image, table + 7 * 4), 0,
           test_image_segment(&image, PT_LOAD, 0)->p_filesz - table - 7 * 4);
    check_hash_word(&image, DT_GNU_HASH, 3, 0);

    test_image_dynamic(&image, DT_GNU_HASH)->d_un.d_ptr = 2;
    check_image(&image, -ELIBBAD, DAMAGED("the hash table of its symbols is wrong"));
    test_image_dynamic(&image, DT_GNU_HASH)->d_tag = DT_DEBUG;
    check_image(&image, -ELIBBAD, DAMAGED("it has no hash table of its symbols"));
}

TEST(a_wrong_sysv_hash_table_is_found)
{
    struct test_image image;
    struct test_module module = plain;
    module.has_sysv_hash = true;
    test_module_build(&module, &image);

    check_hash_word(&image, DT_HASH, 0, UINT32_MAX);
    check_hash_word(&image, DT_HASH, 1, UINT32_MAX);
    test_image_dynamic(&image, DT_HASH)->d_un.d_ptr = 0x7000;
    check_image(&image, -ELIBBAD, DAMAGED("the hash table of its symbols is wrong"));
}

TEST(code_is_told_from_constants_by_the_layout)
{
    struct test_image image;
    struct test_module module = plain;
    const Elf64_Phdr layout[] = {
        {.p_type = PT_LOAD, .p_flags = PF_R},
        {.p_type = PT_LOAD, .p_flags = PF_R | PF_X},
        {.p_type = PT_LOAD, .p_flags = PF_R | PF_W},
    };
    CHECK(!weft_elf_is_code(layout, 3, &layout[0]));
    CHECK(weft_elf_is_code(layout, 3, &layout[1]));
    CHECK(!weft_elf_is_code(layout, 3, &layout[2]));

    module.has_old_layout = true;
    test_module_build(&module, &image);
    const Elf64_Phdr *first = test_image_segment(&image, PT_LOAD, 0);
    CHECK(!weft_elf_is_code(first, 2, first));
}
