/* SPDX-License-Identifier: MIT */

#include "addon/siblings.h"

#include "addon/file-id.h"
#include "addon/image.h"
#include "addon/link-name.h"
#include "addon/spelling.h"
#include "base/cleanup.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* Libraries that need each other in a ring are looked at no deeper. */
#define DEPTH_MAX 16

/* An alias has a number here, in digits and letters: 36 to the fourth, enough for one process. */
#define ALIAS_DIGITS 4

/* A file whose needs are looked for, and who needs it: DT_RPATH is for those below, too. */
struct origin {
    const struct origin *loader;
    const char *path;
    const struct weft_elf *elf;
    int depth;
};

/* A library without a name of its own that has been opened, and the one that it got. */
struct named {
    struct named *next;
    struct weft_file_id id;
    char *alias;
};

/* ---- where they are ---- */

static bool is_common(const char *name)
{
    static const char *const stems[] = {"ld-linux",    "libc.",     "libm.",      "libdl.",
                                        "libpthread.", "librt.",    "libutil.",   "libresolv.",
                                        "libstdc++.",  "libgcc_s.", "libatomic.", "libgomp."};
    for (size_t i = 0; i < sizeof(stems) / sizeof(*stems); i++)
        if (strncmp(name, stems[i], strlen(stems[i])) == 0)
            return true;
    return false;
}

/* The rest of @text after $ORIGIN, which it must begin with; NULL if it does not. */
static const char *after_origin(const char *text, size_t size)
{
    static const char *const tokens[] = {"$ORIGIN", "${ORIGIN}"};
    for (size_t i = 0; i < sizeof(tokens) / sizeof(*tokens); i++) {
        size_t length = strlen(tokens[i]);
        if (size >= length && strncmp(text, tokens[i], length) == 0)
            return text + length;
    }
    return NULL;
}

/* Looks in the folders of one list, which are separated by colons. A library that is in a folder
 * without $ORIGIN the loader finds itself. Returns whether it is found; *ret_path is then its path,
 * or NULL. */
static bool find_in(const char *folders, const char *origin, const char *name, char **ret_path)
{
    for (const char *folder = folders, *end; *folder; folder = *end ? end + 1 : end) {
        end = strchrnul(folder, ':');
        int size = (int)(end - folder);
        const char *rest = after_origin(folder, (size_t)size);
        weft_autofree char *path = NULL;
        int r = rest ? asprintf(&path, "%.*s%.*s/%s", (int)(strrchr(origin, '/') - origin), origin,
                                (int)(end - rest), rest, name)
                     : asprintf(&path, "%.*s/%s", size, folder, name);
        if (r < 0 || access(path, R_OK) < 0)
            continue;
        *ret_path = rest ? weft_steal_ptr(&path) : NULL;
        return true;
    }
    return false;
}

static const char *string_of(const struct weft_elf *elf, int64_t tag)
{
    const Elf64_Dyn *entry = weft_elf_dynamic(elf, tag);
    return entry ? weft_elf_string(elf, entry->d_un.d_val) : NULL;
}

/* By the rules of ld.so(8). Returns a path, or NULL: the loader finds it, or nobody does. */
static char *find_library(const struct origin *origin, const char *name)
{
    char *path = NULL;
    const char *own = string_of(origin->elf, DT_RUNPATH);
    if (own) { /* then DT_RPATH says nothing */
        find_in(own, origin->path, name, &path);
        return path;
    }
    for (const struct origin *at = origin; at; at = at->loader) {
        const char *folders = string_of(at->elf, DT_RPATH);
        if (folders && !string_of(at->elf, DT_RUNPATH) && find_in(folders, at->path, name, &path))
            return path;
    }
    return NULL;
}

/* ---- all of them ---- */

static bool has_name(const struct weft_siblings *siblings, const char *name)
{
    for (size_t i = 0; i < siblings->count; i++)
        if (strcmp(siblings->items[i].name, name) == 0)
            return true;
    return false;
}

/* @take_path becomes the list's. */
static int append(struct weft_siblings *siblings, const char *name, char *take_path,
                  bool has_soname)
{
    weft_autofree char *path = take_path;
    weft_autofree char *copy = strdup(name);
    size_t size = (siblings->count + 1) * sizeof(*siblings->items);
    struct weft_sibling *items = realloc(siblings->items, size);
    if (items)
        siblings->items = items;
    if (!copy || !items)
        return -ENOMEM;
    items[siblings->count++] = (struct weft_sibling){
        .name = weft_steal_ptr(&copy),
        .path = weft_steal_ptr(&path),
        .has_soname = has_soname,
        .is_common = is_common(name),
    };
    return 0;
}

static int add_needed(struct weft_siblings *siblings, const struct origin *origin);

/* What a library needs, and then the library itself. @take_path becomes the list's. */
static int add_library(struct weft_siblings *siblings, const struct origin *loader,
                       const char *name, char *take_path)
{
    weft_autofree char *path = take_path;
    WEFT_CLEANUP(weft_image_close) struct weft_image image = WEFT_IMAGE_NONE;
    char why[WEFT_ELF_WHY_MAX];
    struct weft_elf elf;
    /* Of a file that can't be read as a library, the loader will say what is wrong. */
    bool is_known = weft_image_open(path, &image) == 0 && image.size > 0 &&
                    weft_elf_open(image.bytes, image.size, &elf, why) == 0;
    if (is_known) {
        struct origin origin = {loader, path, &elf, loader->depth + 1};
        int r = add_needed(siblings, &origin);
        if (r < 0 || has_name(siblings, name)) /* which is so in a ring */
            return r;
    }
    bool has_soname = is_known && string_of(&elf, DT_SONAME);
    return append(siblings, name, weft_steal_ptr(&path), has_soname);
}

static int add_needed(struct weft_siblings *siblings, const struct origin *origin)
{
    if (origin->depth > DEPTH_MAX)
        return 0;
    for (size_t i = 0; i < origin->elf->dynamic_count; i++) {
        const Elf64_Dyn *entry = &origin->elf->dynamic[i];
        if (entry->d_tag != DT_NEEDED)
            continue;
        const char *name = weft_elf_string(origin->elf, entry->d_un.d_val);
        if (strchr(name, '/') || has_name(siblings, name))
            continue;
        char *path = find_library(origin, name);
        int r = path ? add_library(siblings, origin, name, path) : 0;
        if (r < 0)
            return r;
    }
    return 0;
}

int weft_siblings_find(const char *path, const struct weft_elf *elf,
                       struct weft_siblings *ret_siblings)
{
    WEFT_CLEANUP(weft_siblings_free) struct weft_siblings siblings = {0};
    struct origin origin = {.path = path, .elf = elf};
    int r = add_needed(&siblings, &origin);
    if (r < 0)
        return r;
    *ret_siblings = siblings;
    siblings = (struct weft_siblings){0};
    return 0;
}

void weft_siblings_free(struct weft_siblings *siblings)
{
    for (size_t i = 0; i < siblings->count; i++) {
        free(siblings->items[i].name);
        free(siblings->items[i].path);
        free(siblings->items[i].alias);
    }
    free(siblings->items);
}

/* ---- names ---- */

int weft_siblings_make_alias(struct weft_sibling *sibling)
{
    static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    if (strlen(sibling->name) < ALIAS_DIGITS)
        return -EINVAL;
    char *alias = strdup(sibling->name);
    if (!alias)
        return -ENOMEM;
    /* At its beginning: linkers let names share their ends. */
    uint64_t serial = weft_spelling_serial();
    for (size_t i = ALIAS_DIGITS; i > 0; serial /= 36)
        alias[--i] = digits[serial % 36];
    free(sibling->alias);
    sibling->alias = alias;
    return 0;
}

/* Whether the loader would find @name among what is loaded. It then stays. */
static bool is_loaded(const char *name)
{
    return dlopen(name, RTLD_LAZY | RTLD_NOLOAD) != NULL;
}

static const char *find_named(const struct named *named, const struct weft_file_id *id)
{
    for (; named; named = named->next)
        if (weft_file_id_equal(&named->id, id))
            return named->alias;
    return NULL;
}

/* A library that has been opened as @handle is called @sibling's alias from here on. */
static int give_alias(struct weft_sibling *sibling, void *handle, const struct weft_file_id *id,
                      struct named **list)
{
    struct link_map *map;
    int r = weft_siblings_make_alias(sibling);
    if (r < 0)
        return r;
    weft_autofree struct named *named = calloc(1, sizeof(*named));
    weft_autofree char *alias = strdup(sibling->alias);
    if (!named || !alias || dlinfo(handle, RTLD_DI_LINKMAP, &map) < 0 ||
        weft_link_name_set(map, sibling->alias) < 0)
        return -ENOMEM;
    named->id = *id;
    named->alias = weft_steal_ptr(&alias);
    named->next = *list;
    *list = weft_steal_ptr(&named);
    return 0;
}

/* As weft_siblings_share, of a library that no module has found yet; under the lock. */
static int open_first(struct weft_sibling *sibling, const struct weft_file_id *id,
                      struct named **list, char ret_why[WEFT_ELF_WHY_MAX])
{
    void *handle = dlopen(sibling->path, RTLD_LAZY | RTLD_LOCAL);
    if (!handle)
        return weft_elf_refuse(ret_why, -ELIBACC, "%s", dlerror());
    /* A file that was renamed after it had been linked is not known by its name, either. */
    return is_loaded(sibling->name) ? 0 : give_alias(sibling, handle, id, list);
}

int weft_siblings_share(struct weft_sibling *sibling, char ret_why[WEFT_ELF_WHY_MAX])
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static struct named *list;
    struct stat status;
    if (stat(sibling->path, &status) < 0)
        return weft_elf_refuse(ret_why, -ELIBACC, "%s: %s", sibling->path, strerror(errno));
    struct weft_file_id id = weft_file_id_of(&status);

    int r = 0;
    pthread_mutex_lock(&lock);
    const char *alias = find_named(list, &id);
    if (alias) {
        sibling->alias = strdup(alias);
        r = sibling->alias ? 0 : -ENOMEM;
    } else if (!is_loaded(sibling->name)) {
        r = open_first(sibling, &id, &list, ret_why);
    }
    pthread_mutex_unlock(&lock);
    return r;
}
