/* SPDX-License-Identifier: MIT */

#include "addon/test-module.h"

#include <string.h>

#include "base/test.h"

/* Addresses of the writable segment are its offsets and this: whole pages apart from the rest. */
#define WRITABLE_SHIFT 0x10000

#define SEGMENTS_MAX 8
#define SYMBOLS_MAX  (1 + 2 * TEST_MODULE_NAMES)
#define DYNAMIC_MAX  (16 + TEST_MODULE_NAMES)

/* Where an image under construction stands. */
struct builder {
    const struct test_module *module;
    struct test_image *image;
    Elf64_Sym symbols[SYMBOLS_MAX];
    const char *names[SYMBOLS_MAX];
    size_t symbol_count, import_count;
    char strings[512];
    size_t strings_size;
    Elf64_Dyn dynamic[DYNAMIC_MAX];
    size_t dynamic_count;
    uint64_t relocations, interpreter, note; /* addresses; 0: none */
};

/* Puts bytes at the end of the image, at a multiple of 8; returns their offset. */
static uint64_t put(struct builder *builder, const void *bytes, size_t size)
{
    struct test_image *image = builder->image;
    size_t at = (image->size + 7) & ~(size_t)7;
    CHECK(at + size <= sizeof(image->bytes));
    if (bytes)
        memcpy(image->bytes + at, bytes, size);
    image->size = at + size;
    return at;
}

static uint32_t put_name(struct builder *builder, const char *name)
{
    size_t at = builder->strings_size, size = strlen(name) + 1;
    CHECK(at + size <= sizeof(builder->strings));
    memcpy(builder->strings + at, name, size);
    builder->strings_size += size;
    return (uint32_t)at;
}

static void put_dynamic(struct builder *builder, int64_t tag, uint64_t value)
{
    CHECK(builder->dynamic_count < DYNAMIC_MAX);
    builder->dynamic[builder->dynamic_count++] =
        (Elf64_Dyn){.d_tag = tag, .d_un = {.d_val = value}};
}

static void put_symbol(struct builder *builder, const char *name, bool is_import)
{
    int bind = !is_import && builder->module->has_unique ? STB_GNU_UNIQUE : STB_GLOBAL;

    builder->names[builder->symbol_count] = name;
    builder->symbols[builder->symbol_count++] = (Elf64_Sym){
        .st_name = put_name(builder, name),
        .st_info = ELF64_ST_INFO(bind, is_import ? STT_FUNC : STT_OBJECT),
        .st_shndx = is_import ? SHN_UNDEF : 1,
        .st_value = is_import ? 0 : sizeof(Elf64_Ehdr), /* 0 would be no address to the loader */
    };
}

static void put_versions(struct builder *builder, uint32_t library, uint32_t needed,
                         uint32_t defined)
{
    const struct {
        Elf64_Verneed library;
        Elf64_Vernaux version;
    } need = {{.vn_version = 1, .vn_cnt = 1, .vn_file = library, .vn_aux = sizeof(Elf64_Verneed)},
              {.vna_name = needed}};
    const struct {
        Elf64_Verdef version;
        Elf64_Verdaux name;
    } definition = {{.vd_version = 1, .vd_cnt = 1, .vd_aux = sizeof(Elf64_Verdef)},
                    {.vda_name = defined}};

    if (needed) {
        put_dynamic(builder, DT_VERNEED, put(builder, &need, sizeof(need)));
        put_dynamic(builder, DT_VERNEEDNUM, 1);
    }
    if (defined) {
        put_dynamic(builder, DT_VERDEF, put(builder, &definition, sizeof(definition)));
        put_dynamic(builder, DT_VERDEFNUM, 1);
    }
}

static void put_symbols(struct builder *builder)
{
    const struct test_module *module = builder->module;

    builder->strings_size = builder->symbol_count = 1; /* both begin with an empty one */
    for (size_t i = 0; i < TEST_MODULE_NAMES && module->imports[i]; i++)
        put_symbol(builder, module->imports[i], true);
    builder->import_count = builder->symbol_count - 1;
    for (size_t i = 0; i < TEST_MODULE_NAMES && module->exports[i]; i++)
        put_symbol(builder, module->exports[i], false);
    uint32_t library = 0;
    for (size_t i = 0; i < TEST_MODULE_NAMES && module->needed[i]; i++) {
        uint32_t name = put_name(builder, module->needed[i]);
        put_dynamic(builder, DT_NEEDED, name);
        library = i == 0 ? name : library;
    }
    if (module->needed_version)
        put_versions(builder, library, put_name(builder, module->needed_version), 0);
    if (module->defined_version)
        put_versions(builder, 0, 0, put_name(builder, module->defined_version));

    put_dynamic(builder, DT_SYMTAB,
                put(builder, builder->symbols, builder->symbol_count * sizeof(Elf64_Sym)));
    put_dynamic(builder, DT_SYMENT, sizeof(Elf64_Sym));
    put_dynamic(builder, DT_STRTAB, put(builder, builder->strings, builder->strings_size));
    put_dynamic(builder, DT_STRSZ, builder->strings_size);
}

static uint32_t gnu_hash(const char *name)
{
    uint32_t hash = 5381;
    for (; *name; name++)
        hash = hash * 33 + (uint8_t)*name;
    return hash;
}

/* One bucket with all exports, and a filter that lets everything through. Of a module without
 * exports, the one that GNU ld writes: nothing is said of its imports. */
static void put_gnu_hash(struct builder *builder)
{
    size_t first = builder->import_count + 1, count = builder->symbol_count - first;
    uint32_t table[7 + SYMBOLS_MAX] = {1,          count ? (uint32_t)first : 1, 1, 0, UINT32_MAX,
                                       UINT32_MAX, count ? (uint32_t)first : 0};

    for (size_t i = 0; i < count; i++)
        table[7 + i] = gnu_hash(builder->names[first + i]) & ~1u;
    if (count)
        table[7 + count - 1] |= 1;
    put_dynamic(builder, DT_GNU_HASH, put(builder, table, (7 + count) * sizeof(table[0])));
}

/* One bucket, whose chain goes through all symbols. */
static void put_sysv_hash(struct builder *builder)
{
    uint32_t count = (uint32_t)builder->symbol_count;
    uint32_t table[3 + SYMBOLS_MAX] = {1, count, count > 1 ? 1 : 0};

    for (uint32_t i = 1; i + 1 < count; i++)
        table[3 + i] = i + 1;
    put_dynamic(builder, DT_HASH, put(builder, table, (3 + count) * sizeof(table[0])));
}

/* A slot of the writable segment for each import; they are its first bytes, behind the dynamic
 * section. */
static void put_relocations(struct builder *builder)
{
    if (builder->import_count == 0)
        return;
    builder->relocations = put(builder, NULL, builder->import_count * sizeof(Elf64_Rela));
    put_dynamic(builder, DT_RELA, builder->relocations);
    put_dynamic(builder, DT_RELASZ, builder->import_count * sizeof(Elf64_Rela));
    put_dynamic(builder, DT_RELAENT, sizeof(Elf64_Rela));
}

static void put_texts(struct builder *builder)
{
    static const char interpreter[] = "/lib64/ld-linux-x86-64.so.2";
    static const struct {
        Elf64_Nhdr header;
        char owner[8];
        uint32_t version;
    } note = {{8, 4, 1}, "Android", 29};

    if (builder->module->text)
        put(builder, builder->module->text, strlen(builder->module->text) + 1);
    if (builder->module->has_interpreter)
        builder->interpreter = put(builder, interpreter, sizeof(interpreter));
    if (builder->module->is_for_android)
        builder->note = put(builder, &note, sizeof(note));
}

/* The writable segment: the dynamic section, then the slots. Returns the dynamic section's offset.
 */
static uint64_t put_data(struct builder *builder)
{
    put_dynamic(builder, DT_FLAGS, builder->module->flags);
    put_dynamic(builder, DT_FLAGS_1, builder->module->flags_1);
    put_dynamic(builder, DT_NULL, 0);
    uint64_t dynamic = put(builder, builder->dynamic, builder->dynamic_count * sizeof(Elf64_Dyn));
    uint64_t slots = put(builder, NULL, builder->import_count * sizeof(uint64_t));

    Elf64_Rela *relocations = (void *)(builder->image->bytes + builder->relocations);
    for (size_t i = 0; i < builder->import_count; i++)
        relocations[i] = (Elf64_Rela){.r_offset = WRITABLE_SHIFT + slots + i * sizeof(uint64_t),
                                      .r_info = ELF64_R_INFO(i + 1, R_X86_64_GLOB_DAT)};
    return dynamic;
}

static void put_segment(struct builder *builder, const Elf64_Phdr *segment)
{
    Elf64_Ehdr *header = test_image_header(builder->image);
    CHECK(header->e_phnum < SEGMENTS_MAX);
    Elf64_Phdr *table = (void *)(builder->image->bytes + header->e_phoff);
    table[header->e_phnum++] = *segment;
}

static void put_loaded(struct builder *builder, uint64_t dynamic)
{
    const struct test_module *module = builder->module;
    uint64_t data = builder->image->size - dynamic;

    put_segment(builder, &(Elf64_Phdr){.p_type = PT_LOAD,
                                       .p_flags = PF_R | (module->has_old_layout ? PF_X : 0),
                                       .p_filesz = dynamic,
                                       .p_memsz = dynamic,
                                       .p_align = 0x1000});
    put_segment(builder, &(Elf64_Phdr){.p_type = PT_LOAD,
                                       .p_flags = PF_R | PF_W,
                                       .p_offset = dynamic,
                                       .p_vaddr = WRITABLE_SHIFT + dynamic,
                                       .p_filesz = data,
                                       .p_memsz = data + module->bss_size,
                                       .p_align = 0x1000});
    put_segment(builder, &(Elf64_Phdr){.p_type = PT_DYNAMIC,
                                       .p_flags = PF_R | PF_W,
                                       .p_offset = dynamic,
                                       .p_vaddr = WRITABLE_SHIFT + dynamic,
                                       .p_filesz = builder->dynamic_count * sizeof(Elf64_Dyn),
                                       .p_memsz = builder->dynamic_count * sizeof(Elf64_Dyn),
                                       .p_align = 8});
}

static void put_segments(struct builder *builder, uint64_t dynamic)
{
    put_loaded(builder, dynamic);
    put_segment(builder, &(Elf64_Phdr){.p_type = PT_GNU_STACK, .p_flags = PF_R | PF_W});
    if (builder->module->tls_size)
        put_segment(builder, &(Elf64_Phdr){.p_type = PT_TLS,
                                           .p_flags = PF_R,
                                           .p_memsz = builder->module->tls_size,
                                           .p_align = 8});
    if (builder->interpreter)
        put_segment(builder, &(Elf64_Phdr){.p_type = PT_INTERP,
                                           .p_flags = PF_R,
                                           .p_offset = builder->interpreter,
                                           .p_vaddr = builder->interpreter,
                                           .p_filesz = 28,
                                           .p_memsz = 28});
    if (builder->note)
        put_segment(builder, &(Elf64_Phdr){.p_type = PT_NOTE,
                                           .p_flags = PF_R,
                                           .p_offset = builder->note,
                                           .p_vaddr = builder->note,
                                           .p_filesz = 24,
                                           .p_memsz = 24,
                                           .p_align = 4});
}

void test_module_build(const struct test_module *module, struct test_image *ret_image)
{
    struct builder builder = {.module = module, .image = ret_image};
    const Elf64_Ehdr header = {
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_DYN,
        .e_machine = EM_X86_64,
        .e_version = EV_CURRENT,
        .e_phoff = sizeof(Elf64_Ehdr),
        .e_ehsize = sizeof(Elf64_Ehdr),
        .e_phentsize = sizeof(Elf64_Phdr),
    };

    memset(ret_image, 0, sizeof(*ret_image));
    put(&builder, &header, sizeof(header));
    put(&builder, NULL, SEGMENTS_MAX * sizeof(Elf64_Phdr));
    put_symbols(&builder);
    if (module->has_sysv_hash)
        put_sysv_hash(&builder);
    else
        put_gnu_hash(&builder);
    put_relocations(&builder);
    put_texts(&builder);
    put_segments(&builder, put_data(&builder));
}

Elf64_Ehdr *test_image_header(struct test_image *image)
{
    return (void *)image->bytes;
}

Elf64_Phdr *test_image_segment(struct test_image *image, uint32_t type, size_t nth)
{
    const Elf64_Ehdr *header = test_image_header(image);
    Elf64_Phdr *table = (void *)(image->bytes + header->e_phoff);
    for (size_t i = 0; i < header->e_phnum; i++)
        if (table[i].p_type == type && nth-- == 0)
            return &table[i];
    weft_test_fail(__FILE__, __LINE__, "the image has no such segment");
}

Elf64_Dyn *test_image_dynamic(struct test_image *image, int64_t tag)
{
    Elf64_Phdr *segment = test_image_segment(image, PT_DYNAMIC, 0);
    Elf64_Dyn *table = (void *)(image->bytes + segment->p_offset);
    for (size_t i = 0; i < segment->p_filesz / sizeof(*table); i++)
        if (table[i].d_tag == tag)
            return &table[i];
    weft_test_fail(__FILE__, __LINE__, "the image has no such dynamic entry");
}

void *test_image_loaded(struct test_image *image, uint64_t address)
{
    return image->bytes + (address < WRITABLE_SHIFT ? address : address - WRITABLE_SHIFT);
}
