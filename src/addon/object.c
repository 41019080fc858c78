/* SPDX-License-Identifier: MIT */

#include "addon/object.h"

#include "addon/link-name.h"
#include "addon/reshare.h"
#include "addon/spelling.h"
#include "base/cleanup.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

int weft_object_open(const char *path, int take_fd, struct weft_object *ret_object,
                     char ret_why[WEFT_ELF_WHY_MAX])
{
    WEFT_CLEANUP(weft_object_close) struct weft_object object = {.copy = WEFT_COPY_NONE};
    int r = weft_copy_open(take_fd, strrchr(path, '/') + 1, &object.copy, ret_why);
    if (r != 0)
        return r;
    weft_copy_separate(&object.copy);
    object.wants_throws = !weft_copy_divert(&object.copy);

    char number[16];
    snprintf(number, sizeof(number), "%d", object.copy.fd);
    object.spelling = weft_spelling_make("/proc/self/fd", number);
    object.name = weft_spelling_of_file(path);
    if (!object.spelling || !object.name)
        return weft_elf_refuse(ret_why, -ENOMEM, "there is no memory for it");
    *ret_object = object;
    object = (struct weft_object){.copy = WEFT_COPY_NONE};
    return 0;
}

bool weft_object_use_aliases(struct weft_object *object, const struct weft_siblings *siblings)
{
    for (size_t i = 0; i < siblings->count; i++) {
        const struct weft_sibling *sibling = &siblings->items[i];
        if (sibling->alias &&
            !weft_copy_rename_library(&object->copy, sibling->name, sibling->alias))
            return false;
    }
    return true;
}

static struct link_map *map_of(void *handle)
{
    struct link_map *map = NULL;
    dlinfo(handle, RTLD_DI_LINKMAP, &map);
    return map;
}

int weft_object_load(struct weft_object *object, const struct weft_sibling *sibling,
                     char ret_why[WEFT_ELF_WHY_MAX])
{
    object->handle = dlopen(object->spelling, RTLD_LAZY | RTLD_LOCAL);
    if (!object->handle)
        return weft_elf_refuse(ret_why, -ELIBACC, "%s: %s", sibling->path, dlerror());
    /* Who needs it finds it by the name in the file, or, if it has none, by this. */
    if (!sibling->has_soname && weft_link_name_set(map_of(object->handle), sibling->alias) < 0)
        return weft_elf_refuse(ret_why, -ENOMEM, "there is no memory for it");
    return 0;
}

/* Where its code is. */
static struct weft_range find_text(const struct weft_elf *elf, const struct link_map *map)
{
    struct weft_range text = {.start = UINTPTR_MAX};
    for (size_t i = 0; i < elf->segment_count; i++) {
        const Elf64_Phdr *segment = &elf->segments[i];
        if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_X))
            continue;
        uintptr_t start = map->l_addr + segment->p_vaddr;
        uintptr_t end = start + segment->p_memsz;
        text.start = start < text.start ? start : text.start;
        text.end = end > text.end ? end : text.end;
    }
    return text.end ? text : (struct weft_range){0};
}

struct link_map *weft_object_settle(struct weft_object *object)
{
    /* By its name: the descriptor may be another file's once it is settled. */
    bool is_settled = object->copy.fd < 0;
    const char *known_as = is_settled ? object->name : object->spelling;
    if (!object->handle && (!is_settled || weft_object_is_loaded(object)))
        object->handle = dlopen(known_as, RTLD_LAZY | RTLD_NOLOAD);
    if (!object->handle)
        return NULL;
    struct link_map *map = map_of(object->handle);
    if (!is_settled) {
        object->text = find_text(&object->copy.elf, map);
        weft_reshare(&object->copy, map);
        weft_link_name_set(map, object->name);
        weft_copy_close(&object->copy);
    }
    return map;
}

void weft_object_release(struct weft_object *object)
{
    if (object->handle)
        dlclose(object->handle);
    object->handle = NULL;
}

static int compare_name_cb(struct dl_phdr_info *info, size_t size, void *data)
{
    (void)size;
    return strcmp(info->dlpi_name, data) == 0;
}

bool weft_object_is_loaded(const struct weft_object *object)
{
    return dl_iterate_phdr(compare_name_cb, object->name) != 0;
}

void weft_object_close(struct weft_object *object)
{
    weft_object_release(object);
    weft_copy_close(&object->copy);
    free(object->spelling);
    free(object->name);
    *object = (struct weft_object){.copy = WEFT_COPY_NONE};
}
