/* SPDX-License-Identifier: MIT */

#include "launcher/needs.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "addon/image.h"
#include "addon/versions.h"
#include "base/cleanup.h"

/* Longest name of a library or version that is shown whole. */
#define SHOWN_MAX 64

struct object {
    struct weft_image image;
    struct weft_elf elf;
};

/* The module, and the library whose versions were asked for last. */
struct check {
    const char *folder;
    struct object module;
    const char *library_name;
    struct object library;
    char *why;
};

static void close_check(struct check *check)
{
    weft_image_close(&check->module.image);
    weft_image_close(&check->library.image);
}

static int open_object(const char *path, struct object *object)
{
    char why[WEFT_ELF_WHY_MAX];

    weft_image_close(&object->image);
    int r = weft_image_open(path, &object->image);
    if (r == 0)
        r = weft_image_complete(&object->image);
    if (r == 0)
        r = weft_elf_open(object->image.bytes, object->image.size, &object->elf, why);
    return r;
}

/* A name of the file's own, for a terminal. */
static const char *show(const char *name, char shown[SHOWN_MAX])
{
    snprintf(shown, SHOWN_MAX, "%s", name);
    for (char *at = shown; *at; at++)
        if (*at < ' ' || *at > '~')
            *at = '?';
    return shown;
}

/* One folder of a RUNPATH, $ORIGIN being the module's. */
static bool is_in_folder(const struct check *check, const char *folder, int length,
                         const char *name)
{
    static const char *const origins[] = {"$ORIGIN", "${ORIGIN}"};
    char path[PATH_MAX];

    for (size_t i = 0; i < 2; i++) {
        int skipped = (int)strlen(origins[i]);
        if (skipped > length || strncmp(folder, origins[i], (size_t)skipped) != 0)
            continue;
        int written = snprintf(path, sizeof(path), "%s%.*s/%s", check->folder, length - skipped,
                               folder + skipped, name);
        return written < (int)sizeof(path) && access(path, R_OK) == 0;
    }
    int written = snprintf(path, sizeof(path), "%.*s/%s", length, folder, name);
    return written < (int)sizeof(path) && access(path, R_OK) == 0;
}

static bool is_beside(const struct check *check, const char *name)
{
    const struct weft_elf *elf = &check->module.elf;
    const Elf64_Dyn *entry = weft_elf_dynamic(elf, DT_RUNPATH);
    if (!entry)
        entry = weft_elf_dynamic(elf, DT_RPATH);
    if (!entry)
        return false;

    const char *folders = weft_elf_string(elf, entry->d_un.d_val);
    while (*folders) {
        size_t length = strcspn(folders, ":");
        if (length < PATH_MAX && is_in_folder(check, folders, (int)length, name))
            return true;
        folders += length + (folders[length] == ':');
    }
    return false;
}

/* The file that the system's loader takes for @name: it knows best. */
static bool find_system_library(const char *name, char path[PATH_MAX])
{
    struct link_map *map = NULL;
    void *handle = dlopen(name, RTLD_LAZY | RTLD_LOCAL);
    if (!handle || dlinfo(handle, RTLD_DI_LINKMAP, &map) < 0)
        return false;
    snprintf(path, PATH_MAX, "%s", map->l_name);
    return true;
}

static int check_library(struct check *check, const char *name)
{
    char path[PATH_MAX], shown[SHOWN_MAX];

    /* A path would be the app's own file, and nothing of the app's is loaded here. */
    if (strchr(name, '/'))
        return 0;
    if (is_beside(check, name) || find_system_library(name, path))
        return 0;
    return weft_elf_refuse(check->why, -ENOENT,
                           "it needs %s, which is neither beside it nor on this system; install "
                           "the library, or the module's package again",
                           show(name, shown));
}

static int check_version_cb(void *data, const char *library, const char *version)
{
    struct check *check = data;
    char path[PATH_MAX], shown[SHOWN_MAX], shown_version[SHOWN_MAX];

    if (check->library_name != library) { /* the same string for all versions of a library */
        check->library_name = NULL;
        if (strchr(library, '/') || is_beside(check, library) ||
            !find_system_library(library, path) || open_object(path, &check->library) < 0)
            return 0;
        check->library_name = library;
    }
    if (weft_versions_has(&check->library.elf, version))
        return 0;
    return weft_elf_refuse(check->why, -ENOENT,
                           "it needs %s of %s, and this system's is older; run 'npm rebuild' to "
                           "build it here",
                           show(version, shown_version), show(library, shown));
}

int weft_needs_check(const char *path, char ret_why[WEFT_ELF_WHY_MAX])
{
    WEFT_CLEANUP(close_check)
    struct check check = {.module = {.image = WEFT_IMAGE_NONE},
                          .library = {.image = WEFT_IMAGE_NONE},
                          .why = ret_why};
    weft_autofree char *folder = strdup(path);
    char *slash = folder ? strrchr(folder, '/') : NULL;

    if (!slash || open_object(path, &check.module) < 0)
        return 0; /* whatever it is, it was said before */
    *slash = '\0';
    check.folder = folder;

    const struct weft_elf *elf = &check.module.elf;
    int r = 0;
    for (size_t i = 0; i < elf->dynamic_count && r == 0; i++)
        if (elf->dynamic[i].d_tag == DT_NEEDED)
            r = check_library(&check, weft_elf_string(elf, elf->dynamic[i].d_un.d_val));
    if (r == 0)
        r = weft_versions_list(elf, check_version_cb, &check);
    return r == -ENOENT ? r : 0;
}
