/* SPDX-License-Identifier: MIT */

#include "addon/inspect.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "addon/image.h"
#include "addon/test-module.h"
#include "base/cleanup.h"
#include "base/test.h"

#define NODE_ABI 147

/* A file without a name; @path reaches it. */
struct file {
    int fd;
    char path[64];
};

static void close_file(struct file *file)
{
    weft_close_fd(&file->fd);
}

static struct file write_file(const void *bytes, size_t size)
{
    struct file file = {.fd = memfd_create("module", MFD_CLOEXEC)};
    CHECK(file.fd >= 0);
    CHECK_EQ(write(file.fd, bytes, size), size);
    snprintf(file.path, sizeof(file.path), "/proc/self/fd/%d", file.fd);
    return file;
}

/* Both ways to inspect agree. */
static int inspect(const struct test_image *image, struct weft_addon_facts *ret_facts,
                   char ret_why[WEFT_ELF_WHY_MAX])
{
    struct weft_addon_facts facts = {0};
    char why[WEFT_ELF_WHY_MAX] = "";
    WEFT_CLEANUP(close_file) struct file file = write_file(image->bytes, image->size);

    ret_why[0] = '\0';
    int r = weft_addon_inspect(image->bytes, image->size, NODE_ABI, ret_facts, ret_why);
    CHECK_EQ(weft_addon_inspect_file(file.path, NODE_ABI, &facts, why), r);
    CHECK(strcmp(why, ret_why) == 0);
    CHECK(r < 0 || (facts.kind == ret_facts->kind && facts.database == ret_facts->database));
    return r;
}

static struct weft_addon_facts inspect_good(const struct test_module *module)
{
    struct test_image image;
    struct weft_addon_facts facts = {0};
    char why[WEFT_ELF_WHY_MAX];
    test_module_build(module, &image);
    if (inspect(&image, &facts, why) != 0)
        weft_test_fail(__FILE__, __LINE__, "it was refused: %s", why);
    return facts;
}

static void check_refused(const struct test_module *module, int error, const char *clause)
{
    struct test_image image;
    struct weft_addon_facts facts = {.unique_symbols = 42};
    char why[WEFT_ELF_WHY_MAX];
    test_module_build(module, &image);
    CHECK_EQ(inspect(&image, &facts, why), error);
    if (strcmp(why, clause) != 0)
        weft_test_fail(__FILE__, __LINE__, "it says \"%s\", expected \"%s\"", why, clause);
    CHECK_EQ(facts.unique_symbols, 42);
}

#define NAPI_SYMBOL "napi_register_module_v1"

TEST(each_way_to_register_is_a_kind)
{
    CHECK_EQ(inspect_good(&(struct test_module){.exports = {NAPI_SYMBOL}}).kind,
             WEFT_ADDON_NAPI_SYMBOL);
    CHECK_EQ(inspect_good(&(struct test_module){.exports = {"node_register_module_v147"}}).kind,
             WEFT_ADDON_V8_SYMBOL);
    CHECK_EQ(inspect_good(&(struct test_module){.imports = {"napi_module_register"}}).kind,
             WEFT_ADDON_NAPI_CONSTRUCTOR);
    CHECK_EQ(inspect_good(&(struct test_module){.imports = {"node_module_register"}}).kind,
             WEFT_ADDON_V8_CONSTRUCTOR);
}

/* A symbol works for each environment, and Node asks for it, too. */
TEST(a_symbol_counts_more_than_a_constructor)
{
    CHECK_EQ(inspect_good(&(struct test_module){.exports = {NAPI_SYMBOL},
                                                .imports = {"napi_module_register"}})
                 .kind,
             WEFT_ADDON_NAPI_SYMBOL);
    CHECK_EQ(inspect_good(&(struct test_module){.exports = {"node_register_module_v115"},
                                                .imports = {"napi_module_register"}})
                 .kind,
             WEFT_ADDON_NAPI_CONSTRUCTOR);
    CHECK_EQ(
        inspect_good(&(struct test_module){.exports = {"node_register_module_v115", NAPI_SYMBOL}})
            .kind,
        WEFT_ADDON_NAPI_SYMBOL);
}

TEST(another_node_is_named_with_both_numbers)
{
    check_refused(&(struct test_module){.exports = {"node_register_module_v115"}}, -EPROTONOSUPPORT,
                  "it is built for Node.js 20 (ABI 115), but Weft runs Node.js 26 (ABI 147); run "
                  "'npm rebuild', or install a version of its package with a build for that");
    check_refused(&(struct test_module){.exports = {"node_register_module_v139"},
                                        .imports = {"node_module_register"}},
                  -EPROTONOSUPPORT,
                  "it is built for Electron 38 (ABI 139), but Weft runs Node.js 26 (ABI 147); run "
                  "'npm rebuild', or install a version of its package with a build for that");
    check_refused(&(struct test_module){.exports = {"node_register_module_v4711"}},
                  -EPROTONOSUPPORT,
                  "it is built for ABI 4711, but Weft runs Node.js 26 (ABI 147); run "
                  "'npm rebuild', or install a version of its package with a build for that");
}

TEST(a_library_without_registration_is_no_module)
{
    const char *clause = "it is a shared object, but no module of Node.js: it neither exports "
                         "napi_register_module_v1 nor calls napi_module_register";
    check_refused(&(struct test_module){.exports = {"deflate"}}, -ENOMSG, clause);
    check_refused(&(struct test_module){.exports = {"napi_register_module_v1x"}}, -ENOMSG, clause);
    check_refused(&(struct test_module){.exports = {"napi_register_module_v2"}}, -ENOMSG, clause);
    check_refused(&(struct test_module){.exports = {"node_register_module_v"}}, -ENOMSG, clause);
    check_refused(&(struct test_module){.exports = {"node_register_module_v99999999999"}}, -ENOMSG,
                  clause);
    check_refused(&(struct test_module){.imports = {NAPI_SYMBOL}}, -ENOMSG, clause);
    check_refused(&(struct test_module){.exports = {"napi_module_register"}}, -ENOMSG, clause);
}

TEST(a_program_that_can_be_loaded_is_still_one)
{
    check_refused(&(struct test_module){.exports = {"main"}, .has_interpreter = true}, -ENOMSG,
                  "it is a program, not a shared object; start it with child_process");
    CHECK_EQ(
        inspect_good(&(struct test_module){.exports = {NAPI_SYMBOL}, .has_interpreter = true}).kind,
        WEFT_ADDON_NAPI_SYMBOL);
}

TEST(another_c_library_is_named)
{
    const char *musl = "it is built for musl (Alpine Linux), but this system has glibc; install "
                       "its package again on this machine";
    check_refused(
        &(struct test_module){.exports = {NAPI_SYMBOL}, .needed = {"libc.musl-x86_64.so.1"}},
        -ENOEXEC, musl);
    check_refused(
        &(struct test_module){.exports = {NAPI_SYMBOL}, .needed = {"libstdc++.so.6", "libc.so"}},
        -ENOEXEC, musl);
    check_refused(&(struct test_module){.exports = {NAPI_SYMBOL},
                                        .needed = {"libc.so"},
                                        .is_for_android = true},
                  -ENOEXEC,
                  "it is built for Android, but this system has glibc; install its package again "
                  "on this machine");
    inspect_good(&(struct test_module){.exports = {NAPI_SYMBOL}, .needed = {"libc.so.6"}});
}

static enum weft_addon_database find_database(const char *text)
{
    enum weft_addon_database found =
        inspect_good(&(struct test_module){.exports = {NAPI_SYMBOL}, .text = text}).database;
    CHECK_EQ(inspect_good(&(struct test_module){
                              .exports = {NAPI_SYMBOL}, .text = text, .has_old_layout = true})
                 .database,
             found);
    return found;
}

TEST(databases_are_found_by_their_texts)
{
    CHECK_EQ(find_database("SQLite format 3"), WEFT_ADDON_SQLITE);
    CHECK_EQ(find_database("MDB_CORRUPTED: Located page was wrong type"), WEFT_ADDON_LMDB);
    CHECK_EQ(find_database("in mdb_env_open()"), WEFT_ADDON_LMDB);
    CHECK_EQ(find_database("leveldb.BytewiseComparator"), WEFT_ADDON_LEVELDB);
    CHECK_EQ(find_database("leveldb.BytewiseComparator rocksdb.block.cache.miss"),
             WEFT_ADDON_ROCKSDB);
    CHECK_EQ(find_database("SQLite format 2 leveldb MDB rocksdb"), WEFT_ADDON_NO_DATABASE);
}

TEST(facts_are_read)
{
    struct weft_addon_facts facts = inspect_good(&(struct test_module){.exports = {NAPI_SYMBOL}});
    CHECK_EQ(facts.unique_symbols, 0);
    CHECK_EQ(facts.tls_size, 0);
    CHECK(facts.writable_size > 0 && facts.writable_size < 1024);
    CHECK(!facts.uses_v8 && !facts.static_tls && !facts.no_delete && !facts.text_relocations &&
          !facts.starts_threads);

    facts = inspect_good(
        &(struct test_module){.exports = {NAPI_SYMBOL, "_ZN5cache3mapE"},
                              .imports = {"_ZN2v87Isolate10GetCurrentEv", "pthread_create"},
                              .has_unique = true,
                              .flags = DF_STATIC_TLS | DF_TEXTREL,
                              .flags_1 = DF_1_NODELETE,
                              .tls_size = 256,
                              .bss_size = 1 << 20});
    CHECK_EQ(facts.unique_symbols, 2);
    CHECK_EQ(facts.tls_size, 256);
    CHECK(facts.writable_size > 1 << 20);
    CHECK(facts.uses_v8 && facts.static_tls && facts.no_delete && facts.text_relocations &&
          facts.starts_threads);
}

TEST(what_becomes_read_only_is_no_state)
{
    struct test_image image;
    struct weft_addon_facts facts, less;
    char why[WEFT_ELF_WHY_MAX];
    test_module_build(&(struct test_module){.exports = {NAPI_SYMBOL}, .tls_size = 8}, &image);
    CHECK_EQ(inspect(&image, &facts, why), 0);
    const Elf64_Phdr *writable = test_image_segment(&image, PT_LOAD, 1);
    Elf64_Phdr *relro = test_image_segment(&image, PT_TLS, 0);

    *relro = *writable;
    relro->p_type = PT_GNU_RELRO;
    relro->p_memsz = 16;
    CHECK_EQ(inspect(&image, &less, why), 0);
    CHECK_EQ(less.writable_size, facts.writable_size - 16);
    relro->p_memsz = 0x1000; /* as linkers round it up */
    CHECK_EQ(inspect(&image, &less, why), 0);
    CHECK_EQ(less.writable_size, 0);
}

static void check_unreadable(const char *path, int error, const char *clause)
{
    struct weft_addon_facts facts;
    char why[WEFT_ELF_WHY_MAX] = "";
    CHECK_EQ(weft_addon_inspect_file(path, NODE_ABI, &facts, why), error);
    if (strcmp(why, clause) != 0)
        weft_test_fail(__FILE__, __LINE__, "it says \"%s\", expected \"%s\"", why, clause);
}

TEST(what_is_no_file_is_named)
{
    check_unreadable("/", -EISDIR, "it is a folder, not a file");
    check_unreadable("/dev/null", -ENODEV, "it is not a regular file");
    check_unreadable("/no/such/file.node", -ENOENT, "it cannot be read: No such file or directory");
}

/* A sparse file costs nothing to make, and would take for ever to read. */
TEST(a_file_of_absurd_size_is_not_read)
{
    WEFT_CLEANUP(close_file) struct file file = write_file("\177ELF", 4);
    CHECK_EQ(ftruncate(file.fd, (off_t)1 << 40), 0);
    check_unreadable(file.path, -EFBIG,
                     "it is larger than 1073741824 bytes, which no native module is");
}

TEST(a_pipe_is_not_waited_for)
{
    char folder[] = P_tmpdir "/weft-test-XXXXXX", path[64];
    CHECK(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/pipe.node", folder);
    CHECK_EQ(mkfifo(path, 0600), 0);
    check_unreadable(path, -ENODEV, "it is not a regular file");
    unlink(path);
    rmdir(folder);
}

/* An image whose read-only segment has grown to @size by a hole at its end, in a file. */
static struct file write_big(struct test_image *image, uint64_t size)
{
    Elf64_Phdr *first = test_image_segment(image, PT_LOAD, 0);
    Elf64_Phdr *second = test_image_segment(image, PT_LOAD, 1);
    Elf64_Phdr *dynamic = test_image_segment(image, PT_DYNAMIC, 0);
    size_t data = second->p_offset, data_size = second->p_filesz;

    first->p_filesz = first->p_memsz = data + size;
    second->p_offset += size;
    second->p_vaddr += size;
    dynamic->p_vaddr += size;
    struct file file = write_file(image->bytes, data);
    CHECK_EQ(pwrite(file.fd, image->bytes + data, data_size, (off_t)(data + size)), data_size);
    return file;
}

/* The first segment is too long to be read at first, and has the tables, too. */
TEST(a_big_file_is_judged_like_a_small_one)
{
    const uint64_t size = 5 << 20;
    static const char text[] = "MDB_CORRUPTED";
    struct test_image image;
    struct weft_addon_facts facts;
    char why[WEFT_ELF_WHY_MAX];
    test_module_build(&(struct test_module){.exports = {NAPI_SYMBOL}}, &image);
    WEFT_CLEANUP(close_file) struct file file = write_big(&image, size);

    CHECK_EQ(weft_addon_inspect_file(file.path, NODE_ABI, &facts, why), 0);
    CHECK_EQ(facts.database, WEFT_ADDON_NO_DATABASE);
    /* Across the border of two pieces, whatever their size, and at the very end. */
    CHECK_EQ(pwrite(file.fd, text, sizeof(text) - 1, (off_t)size - 40), sizeof(text) - 1);
    CHECK_EQ(weft_addon_inspect_file(file.path, NODE_ABI, &facts, why), 0);
    CHECK_EQ(facts.database, WEFT_ADDON_LMDB);
}

TEST(a_text_is_found_wherever_the_file_is_cut_into_pieces)
{
    static const char text[] = "leveldb.BytewiseComparator";
    const char *const words[] = {text};
    const off_t from = 65536 - 2 * (off_t)sizeof(text), to = 65536 + 2 * (off_t)sizeof(text);

    for (off_t at = from; at < to; at++) {
        WEFT_CLEANUP(close_file) struct file file = write_file(text, 0);
        WEFT_CLEANUP(weft_image_close) struct weft_image image = WEFT_IMAGE_NONE;
        uint32_t found = 0;
        CHECK_EQ(ftruncate(file.fd, 200000), 0);
        CHECK_EQ(pwrite(file.fd, text, sizeof(text) - 1, at), sizeof(text) - 1);
        CHECK_EQ(weft_image_open(file.path, &image), 0);
        CHECK(!image.is_whole);
        CHECK_EQ(weft_image_search(&image, 0, 200000, words, 1, &found), 0);
        CHECK_EQ(found, 1);
    }
}

/* An installer writes the file anew while it is looked at: mapped, that would be a SIGBUS. */
TEST(a_file_that_is_cut_meanwhile_does_no_harm)
{
    struct test_image image;
    test_module_build(&(struct test_module){.exports = {NAPI_SYMBOL}, .has_old_layout = true},
                      &image);
    WEFT_CLEANUP(close_file) struct file file = write_big(&image, 5 << 20);
    WEFT_CLEANUP(weft_image_close) struct weft_image opened = WEFT_IMAGE_NONE;
    const char *const words[] = {"SQLite format 3"};
    uint32_t found = 0;
    struct weft_elf elf;
    char why[WEFT_ELF_WHY_MAX];

    CHECK_EQ(weft_image_open(file.path, &opened), 0);
    CHECK_EQ(ftruncate(file.fd, 100), 0);
    CHECK_EQ(weft_image_search(&opened, 0, opened.size, words, 1, &found), 0);
    CHECK_EQ(found, 0);
    CHECK_EQ(weft_image_complete(&opened), 0);
    CHECK_EQ(weft_elf_open(opened.bytes, opened.size, &elf, why), 0); /* of what was read */
}
