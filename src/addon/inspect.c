/* SPDX-License-Identifier: MIT */

#include "addon/inspect.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "addon/image.h"
#include "addon/search.h"
#include "base/cleanup.h"

#define AGAIN "; install its package again"

/* What Node looks up in a module, with a number behind it. */
#define NAPI_PREFIX "napi_register_module_v"
#define NODE_PREFIX "node_register_module_v"
#define NAPI_NUMBER 1

/* How the module makes itself known, by its symbols. */
struct registration {
    bool has_napi_symbol;
    bool has_v8_symbol;
    unsigned other_abi; /* of a symbol for another Node.js, or 0 */
    bool calls_napi;
    bool calls_v8;
};

/* Texts of a database engine's own that no build leaves out: the head of its files, the names of
 * its errors, of its properties, of its comparator. RocksDB keeps LevelDB's, so it stands before
 * it. */
static const struct {
    const char *text;
    enum weft_addon_database database;
} signatures[] = {
    {"SQLite format 3", WEFT_ADDON_SQLITE},   {"MDB_CORRUPTED", WEFT_ADDON_LMDB},
    {"mdb_env_open", WEFT_ADDON_LMDB},        {"rocksdb.block", WEFT_ADDON_ROCKSDB},
    {"leveldb.Bytewise", WEFT_ADDON_LEVELDB},
};

#define SIGNATURE_COUNT (sizeof(signatures) / sizeof(signatures[0]))

/* Source: Node's doc/abi_version_registry.json. */
static const struct {
    unsigned abi;
    const char *name;
} releases[] = {
    {83, "Node.js 14"},   {93, "Node.js 16"},   {108, "Node.js 18"},  {115, "Node.js 20"},
    {116, "Electron 25"}, {118, "Electron 27"}, {119, "Electron 28"}, {121, "Electron 29"},
    {123, "Electron 30"}, {125, "Electron 31"}, {127, "Node.js 22"},  {128, "Electron 32"},
    {130, "Electron 33"}, {132, "Electron 34"}, {133, "Electron 35"}, {135, "Electron 36"},
    {136, "Electron 37"}, {137, "Node.js 24"},  {139, "Electron 38"}, {140, "Electron 39"},
    {141, "Node.js 25"},  {143, "Electron 40"}, {145, "Electron 41"}, {147, "Node.js 26"},
};

static bool has_prefix(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* The number behind @prefix, or 0 where @name is another one. */
static unsigned number_after(const char *name, const char *prefix)
{
    unsigned number = 0;

    if (!has_prefix(name, prefix))
        return 0;
    const char *digits = name + strlen(prefix);
    size_t length = strspn(digits, "0123456789");
    if (length == 0 || length > 6 || digits[length])
        return 0;
    for (size_t i = 0; i < length; i++)
        number = number * 10 + (unsigned)(digits[i] - '0');
    return number;
}

static void note_import(const char *name, struct registration *registration,
                        struct weft_addon_facts *facts)
{
    if (strcmp(name, "napi_module_register") == 0)
        registration->calls_napi = true;
    else if (strcmp(name, "node_module_register") == 0)
        registration->calls_v8 = true;
    else if (strcmp(name, "pthread_create") == 0 || strcmp(name, "thrd_create") == 0 ||
             has_prefix(name, "_ZNSt6thread15_M_start_thread"))
        facts->starts_threads = true;
    else if (has_prefix(name, "_ZN2v8") || has_prefix(name, "_ZNK2v8"))
        facts->uses_v8 = true;
}

static void note_export(const char *name, unsigned node_abi, struct registration *registration)
{
    unsigned abi = number_after(name, NODE_PREFIX);

    if (number_after(name, NAPI_PREFIX) == NAPI_NUMBER)
        registration->has_napi_symbol = true;
    else if (abi == node_abi)
        registration->has_v8_symbol = true;
    else if (abi)
        registration->other_abi = abi;
}

static void read_symbols(const struct weft_elf *elf, unsigned node_abi,
                         struct registration *registration, struct weft_addon_facts *facts)
{
    for (size_t i = 0; i < elf->symbol_count; i++) {
        const Elf64_Sym *symbol = &elf->symbols[i];
        const char *name = weft_elf_symbol_name(elf, symbol);
        if (symbol->st_shndx == SHN_UNDEF) {
            note_import(name, registration, facts);
            continue;
        }
        note_export(name, node_abi, registration);
        if (ELF64_ST_BIND(symbol->st_info) == STB_GNU_UNIQUE)
            facts->unique_symbols++;
    }
}

/* How much of @segment the loader makes read-only once it has put the addresses in. */
static uint64_t count_read_only_later(const struct weft_elf *elf, const Elf64_Phdr *segment)
{
    uint64_t first = segment->p_vaddr, end = first + segment->p_memsz;

    for (size_t i = 0; i < elf->segment_count; i++) {
        const Elf64_Phdr *relro = &elf->segments[i];
        if (relro->p_type != PT_GNU_RELRO || relro->p_vaddr >= end || relro->p_vaddr < first)
            continue;
        uint64_t rest = end - relro->p_vaddr;
        return relro->p_memsz < rest ? relro->p_memsz : rest;
    }
    return 0;
}

static void read_segments(const struct weft_elf *elf, struct weft_addon_facts *facts)
{
    for (size_t i = 0; i < elf->segment_count; i++) {
        const Elf64_Phdr *segment = &elf->segments[i];
        if (segment->p_type == PT_TLS)
            facts->tls_size = segment->p_memsz;
        else if (segment->p_type == PT_LOAD && (segment->p_flags & PF_W))
            facts->writable_size += segment->p_memsz - count_read_only_later(elf, segment);
    }
}

static void read_flags(const struct weft_elf *elf, struct weft_addon_facts *facts)
{
    uint64_t flags = weft_elf_dynamic_value(elf, DT_FLAGS);

    facts->static_tls = flags & DF_STATIC_TLS;
    facts->text_relocations = (flags & DF_TEXTREL) || weft_elf_dynamic(elf, DT_TEXTREL);
    facts->no_delete = weft_elf_dynamic_value(elf, DT_FLAGS_1) & DF_1_NODELETE;
}

static int find_database(const struct weft_elf *elf, const struct weft_image *image,
                         enum weft_addon_database *ret_database)
{
    const char *texts[SIGNATURE_COUNT];
    uint32_t found = 0;

    for (size_t i = 0; i < SIGNATURE_COUNT; i++)
        texts[i] = signatures[i].text;
    for (size_t i = 0; i < elf->segment_count; i++) {
        const Elf64_Phdr *segment = &elf->segments[i];
        if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W) ||
            weft_elf_is_code(elf->segments, elf->segment_count, segment))
            continue;
        int r = weft_image_search(image, segment->p_offset, segment->p_filesz, texts,
                                  SIGNATURE_COUNT, &found);
        if (r < 0)
            return r;
    }
    *ret_database = found ? signatures[__builtin_ctz(found)].database : WEFT_ADDON_NO_DATABASE;
    return 0;
}

static bool has_android_note(const struct weft_elf *elf)
{
    static const char owner[] = "Android";

    for (size_t i = 0; i < elf->segment_count; i++) {
        const Elf64_Phdr *segment = &elf->segments[i];
        if (segment->p_type != PT_NOTE || segment->p_filesz < sizeof(Elf64_Nhdr) + sizeof(owner))
            continue;
        const uint8_t *note = weft_elf_loaded(elf, segment->p_vaddr, segment->p_filesz);
        if (note && memcmp(note + sizeof(Elf64_Nhdr), owner, sizeof(owner)) == 0)
            return true;
    }
    return false;
}

/* glibc's library is libc.so.6; Alpine's musl is libc.musl-x86_64.so.1. A plain libc.so is
 * Android's, or musl's where other systems than Alpine built against it. */
static int check_libc(const struct weft_elf *elf, char ret_why[WEFT_ELF_WHY_MAX])
{
    for (size_t i = 0; i < elf->dynamic_count; i++) {
        if (elf->dynamic[i].d_tag != DT_NEEDED)
            continue;
        const char *name = weft_elf_string(elf, elf->dynamic[i].d_un.d_val);
        if (!has_prefix(name, "libc.musl-") && strcmp(name, "libc.so") != 0)
            continue;
        return weft_elf_refuse(ret_why, -ENOEXEC,
                               "it is built for %s, but this system has glibc" AGAIN
                               " on this machine",
                               has_android_note(elf) ? "Android" : "musl (Alpine Linux)");
    }
    return 0;
}

/* "Node.js 20 (ABI 115)", or "ABI 4711". */
static void describe_abi(unsigned abi, char text[64])
{
    snprintf(text, 64, "ABI %u", abi);
    for (size_t i = 0; i < sizeof(releases) / sizeof(releases[0]); i++)
        if (releases[i].abi == abi)
            snprintf(text, 64, "%s (ABI %u)", releases[i].name, abi);
}

static int refuse_abi(unsigned abi, unsigned node_abi, char ret_why[WEFT_ELF_WHY_MAX])
{
    char built[64], own[64];
    describe_abi(abi, built);
    describe_abi(node_abi, own);
    return weft_elf_refuse(ret_why, -EPROTONOSUPPORT,
                           "it is built for %s, but Weft runs %s; run 'npm rebuild', or install a "
                           "version of its package with a build for that",
                           built, own);
}

static int refuse_other(const struct weft_elf *elf, char ret_why[WEFT_ELF_WHY_MAX])
{
    for (size_t i = 0; i < elf->segment_count; i++)
        if (elf->segments[i].p_type == PT_INTERP)
            return weft_elf_refuse(
                ret_why, -ENOMSG,
                "it is a program, not a shared object; start it with child_process");
    return weft_elf_refuse(ret_why, -ENOMSG,
                           "it is a shared object, but no module of Node.js: it neither exports "
                           "napi_register_module_v1 nor calls napi_module_register");
}

/* In Node's order of trust: a symbol works any number of times, a constructor once an instance. */
static int find_kind(const struct weft_elf *elf, const struct registration *registration,
                     unsigned node_abi, enum weft_addon_kind *ret_kind,
                     char ret_why[WEFT_ELF_WHY_MAX])
{
    if (registration->has_napi_symbol)
        *ret_kind = WEFT_ADDON_NAPI_SYMBOL;
    else if (registration->has_v8_symbol)
        *ret_kind = WEFT_ADDON_V8_SYMBOL;
    else if (registration->calls_napi)
        *ret_kind = WEFT_ADDON_NAPI_CONSTRUCTOR;
    else if (registration->other_abi)
        return refuse_abi(registration->other_abi, node_abi, ret_why);
    else if (registration->calls_v8)
        *ret_kind = WEFT_ADDON_V8_CONSTRUCTOR;
    else
        return refuse_other(elf, ret_why);
    return 0;
}

static int refuse_unreadable(int error, char ret_why[WEFT_ELF_WHY_MAX])
{
    switch (error) {
    case -EISDIR:
        return weft_elf_refuse(ret_why, error, "it is a folder, not a file");
    case -ENODEV:
        return weft_elf_refuse(ret_why, error, "it is not a regular file");
    case -EFBIG:
        return weft_elf_refuse(ret_why, error,
                               "it is larger than %" PRIu64 " bytes, which no "
                               "native module is",
                               WEFT_IMAGE_MAX);
    }
    return weft_elf_refuse(ret_why, error, "it cannot be read: %s", strerrordesc_np(-error));
}

static int inspect_image(const struct weft_image *image, unsigned node_abi,
                         struct weft_addon_facts *ret_facts, char ret_why[WEFT_ELF_WHY_MAX])
{
    struct weft_addon_facts facts = {0};
    struct registration registration = {0};
    struct weft_elf elf;

    int r = weft_elf_open(image->bytes, image->size, &elf, ret_why);
    if (r == 0)
        r = check_libc(&elf, ret_why);
    if (r < 0)
        return r;
    read_symbols(&elf, node_abi, &registration, &facts);
    r = find_kind(&elf, &registration, node_abi, &facts.kind, ret_why);
    if (r < 0)
        return r;
    read_segments(&elf, &facts);
    read_flags(&elf, &facts);
    r = find_database(&elf, image, &facts.database);
    if (r < 0)
        return refuse_unreadable(r, ret_why);
    *ret_facts = facts;
    return 0;
}

int weft_addon_inspect(const void *bytes, size_t size, unsigned node_abi,
                       struct weft_addon_facts *ret_facts, char ret_why[WEFT_ELF_WHY_MAX])
{
    const struct weft_image image = {
        .fd = -1, .bytes = (uint8_t *)bytes, .size = size, .is_whole = true};
    return inspect_image(&image, node_abi, ret_facts, ret_why);
}

int weft_addon_inspect_file(const char *path, unsigned node_abi, struct weft_addon_facts *ret_facts,
                            char ret_why[WEFT_ELF_WHY_MAX])
{
    WEFT_CLEANUP(weft_image_close) struct weft_image image = WEFT_IMAGE_NONE;

    int r = weft_image_open(path, &image);
    if (r < 0)
        return refuse_unreadable(r, ret_why);
    r = inspect_image(&image, node_abi, ret_facts, ret_why);
    if (r == 0 || r == -ENOEXEC || image.is_whole)
        return r;

    /* A file whose tables stand where others have code or texts would be misjudged. */
    r = weft_image_complete(&image);
    if (r < 0)
        return refuse_unreadable(r, ret_why);
    return inspect_image(&image, node_abi, ret_facts, ret_why);
}
