/* SPDX-License-Identifier: MIT */

#include "addon/versions.h"

#include <errno.h>
#include <string.h>

/* Copies what is loaded at @address: nothing promises that it is aligned. */
static bool read_loaded(const struct weft_elf *elf, uint64_t address, void *out, size_t size)
{
    const void *loaded = weft_elf_loaded(elf, address, size);
    if (loaded)
        memcpy(out, loaded, size);
    return loaded != NULL;
}

static int list_versions(const struct weft_elf *elf, uint64_t address, uint16_t count,
                         const char *library, weft_versions_cb cb, void *data)
{
    for (uint16_t i = 0; i < count; i++) {
        Elf64_Vernaux version;
        if (!read_loaded(elf, address, &version, sizeof(version)))
            return -ELIBBAD;
        int r = 0;
        if (!(version.vna_flags & VER_FLG_WEAK)) /* of those the loader only warns */
            r = cb(data, library, weft_elf_string(elf, version.vna_name));
        if (r || version.vna_next == 0)
            return r;
        address += version.vna_next;
    }
    return 0;
}

int weft_versions_list(const struct weft_elf *elf, weft_versions_cb cb, void *data)
{
    uint64_t address = weft_elf_dynamic_value(elf, DT_VERNEED);
    uint64_t count = weft_elf_dynamic_value(elf, DT_VERNEEDNUM);

    for (uint64_t i = 0; i < count; i++) {
        Elf64_Verneed library;
        if (!read_loaded(elf, address, &library, sizeof(library)))
            return -ELIBBAD;
        int r = list_versions(elf, address + library.vn_aux, library.vn_cnt,
                              weft_elf_string(elf, library.vn_file), cb, data);
        if (r || library.vn_next == 0)
            return r;
        address += library.vn_next;
    }
    return 0;
}

bool weft_versions_has(const struct weft_elf *elf, const char *version)
{
    uint64_t address = weft_elf_dynamic_value(elf, DT_VERDEF);
    uint64_t count = weft_elf_dynamic_value(elf, DT_VERDEFNUM);

    for (uint64_t i = 0; i < count; i++) {
        Elf64_Verdef definition;
        Elf64_Verdaux name; /* the first is its own; those behind are its predecessors' */
        if (!read_loaded(elf, address, &definition, sizeof(definition)) ||
            !read_loaded(elf, address + definition.vd_aux, &name, sizeof(name)))
            return false;
        if (strcmp(weft_elf_string(elf, name.vda_name), version) == 0)
            return true;
        if (definition.vd_next == 0)
            return false;
        address += definition.vd_next;
    }
    return false;
}
