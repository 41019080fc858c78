/* SPDX-License-Identifier: MIT */

#include "launcher/module-list.h"

#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"

/* Where node-gyp leaves a second copy of what it built, which nothing loads. */
#define LEFTOVERS "obj.target"

struct strings {
    char **items;
    size_t count, room;
};

struct search {
    struct strings found;
    struct strings folders; /* that were or will be walked; what is below one needs no other walk */
    bool is_complete;
};

static void free_strings(struct strings *strings)
{
    for (size_t i = 0; i < strings->count; i++)
        free(strings->items[i]);
    free(strings->items);
}

static void free_search(struct search *search)
{
    free_strings(&search->found);
    free_strings(&search->folders);
}

static int add_string(struct strings *strings, const char *text)
{
    if (strings->count == strings->room) {
        size_t room = strings->room ? 2 * strings->room : 16;
        char **items = reallocarray(strings->items, room, sizeof(*items));
        if (!items)
            return -ENOMEM;
        strings->items = items;
        strings->room = room;
    }
    char *copy = strdup(text);
    if (!copy)
        return -ENOMEM;
    strings->items[strings->count++] = copy;
    return 0;
}

bool weft_module_list_is_module(const char *path)
{
    static const char suffix[] = ".node";
    size_t length = strlen(path), end = sizeof(suffix) - 1;
    return length > end && strcmp(path + length - end, suffix) == 0;
}

bool weft_module_list_is_below(const char *path, const char *folder)
{
    size_t length = strlen(folder);
    if (length == 1) /* "/" */
        return true;
    return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static bool is_walked(const struct search *search, const char *path)
{
    for (size_t i = 0; i < search->folders.count; i++)
        if (weft_module_list_is_below(path, search->folders.items[i]))
            return true;
    return false;
}

/* A link to nowhere is none of our business: nothing can be loaded through it. */
static int follow_link(struct search *search, const char *link)
{
    char path[PATH_MAX];
    struct stat info;

    if (!realpath(link, path) || stat(path, &info) < 0 || is_walked(search, path))
        return 0;
    if (S_ISDIR(info.st_mode))
        return add_string(&search->folders, path);
    if (S_ISREG(info.st_mode) && weft_module_list_is_module(path))
        return add_string(&search->found, path);
    return 0;
}

/* A folder above one that was walked before: that one is not walked again. */
static bool was_walked(const struct search *search, size_t nth, const char *path)
{
    for (size_t i = 0; i < nth; i++)
        if (strcmp(search->folders.items[i], path) == 0)
            return true;
    return false;
}

static int visit(struct search *search, size_t nth, FTS *tree, FTSENT *entry)
{
    switch (entry->fts_info) {
    case FTS_D:
        if (was_walked(search, nth, entry->fts_path) || strcmp(entry->fts_name, LEFTOVERS) == 0)
            fts_set(tree, entry, FTS_SKIP);
        return 0;
    case FTS_F:
        if (!weft_module_list_is_module(entry->fts_name))
            return 0;
        return add_string(&search->found, entry->fts_path);
    case FTS_SL:
        return follow_link(search, entry->fts_path);
    case FTS_DNR:
    case FTS_ERR:
    case FTS_NS:
        fprintf(stderr, "weft: cannot read %s: %s\n", entry->fts_path, strerror(entry->fts_errno));
        search->is_complete = false;
        return 0;
    }
    return 0;
}

static void close_tree(FTS **tree)
{
    if (*tree)
        fts_close(*tree);
}

static int walk(struct search *search, size_t nth)
{
    char *roots[] = {search->folders.items[nth], NULL};
    WEFT_CLEANUP(close_tree) FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    if (!tree)
        return -errno;

    for (;;) {
        errno = 0;
        FTSENT *entry = fts_read(tree);
        if (!entry)
            return -errno;
        int r = visit(search, nth, tree, entry);
        if (r < 0)
            return r;
    }
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A file that a link led to may lie in a folder that another one led to later. */
static void sort_once(struct strings *strings)
{
    size_t kept = 0;
    if (strings->count)
        qsort(strings->items, strings->count, sizeof(*strings->items), compare);
    for (size_t i = 0; i < strings->count; i++) {
        if (kept && strcmp(strings->items[kept - 1], strings->items[i]) == 0)
            free(strings->items[i]);
        else
            strings->items[kept++] = strings->items[i];
    }
    strings->count = kept;
}

int weft_module_list_find(const char *folder, struct weft_module_list *ret_list)
{
    WEFT_CLEANUP(free_search) struct search search = {.is_complete = true};

    int r = add_string(&search.folders, folder);
    for (size_t nth = 0; r == 0 && nth < search.folders.count; nth++)
        r = walk(&search, nth);
    if (r < 0)
        return r;
    sort_once(&search.found);
    *ret_list = (struct weft_module_list){.paths = search.found.items,
                                          .count = search.found.count,
                                          .is_complete = search.is_complete};
    search.found = (struct strings){0};
    return 0;
}

void weft_module_list_free(struct weft_module_list *list)
{
    struct strings strings = {.items = list->paths, .count = list->count};
    free_strings(&strings);
    *list = (struct weft_module_list){0};
}
