/* SPDX-License-Identifier: MIT */

#include "asar/tree.h"

#include "asar/glob.h"
#include "asar/path.h"
#include "asar/pool.h"
#include "asar/utf8.h"
#include "asar/why.h"
#include "base/cleanup.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct walk {
    struct weft_asar_tree *tree;
    char *root; /* the folder's real path: links are resolved from it */
    bool exclude_hidden;
    char *why;
};

static void free_item(struct weft_asar_item *item)
{
    if (!item)
        return;
    free(item->path);
    free(item->text);
    free(item->target);
    free(item->content);
    free(item->blocks);
    free(item);
}

void weft_asar_tree_free(struct weft_asar_tree *tree)
{
    if (!tree)
        return;
    for (size_t i = 0; i < tree->count; i++)
        free_item(tree->items[i]);
    free(tree->items);
    free(tree->folder);
    weft_close_fd(&tree->fd);
    free(tree);
}

/* ---- reading ---- */

static int add_item(struct weft_asar_tree *tree, struct weft_asar_item *parent, const char *name,
                    struct weft_asar_item **ret_item)
{
    if (tree->count == tree->capacity) {
        size_t capacity = tree->capacity ? tree->capacity * 2 : 1024;
        struct weft_asar_item **items = reallocarray(tree->items, capacity, sizeof(*items));
        if (!items)
            return -ENOMEM;
        tree->items = items;
        tree->capacity = capacity;
    }
    struct weft_asar_item *item = calloc(1, sizeof(*item));
    if (!item)
        return -ENOMEM;
    int length = parent->path ? asprintf(&item->path, "%s/%s", parent->path, name)
                              : asprintf(&item->path, "%s", name);
    if (length < 0) {
        item->path = NULL;
        free_item(item);
        return -ENOMEM;
    }
    item->name = item->path + length - strlen(name);
    item->parent = parent;
    tree->items[tree->count++] = item;
    *ret_item = item;
    return 0;
}

static int fail(const struct walk *walk, const struct weft_asar_item *item, const char *doing,
                int error)
{
    return weft_why(walk->why, error, "cannot %s '%s%s%s'", doing, walk->tree->folder,
                    item->path ? "/" : "", item->path ? item->path : "");
}

/* Where a link leads; it may be the text of any path. */
static int resolve_link(const struct walk *walk, struct weft_asar_item *link)
{
    weft_autofree char *path = NULL;
    int length;
    if (link->text[0] == '/')
        length = asprintf(&path, "%s", link->text);
    else
        length = asprintf(&path, "%s/%.*s%s", walk->root, (int)(link->name - link->path),
                          link->path, link->text);
    if (length < 0) {
        path = NULL;
        return -ENOMEM;
    }
    weft_path_normalize(path);
    const char *within = weft_path_within(walk->root, path);
    if (!within)
        return weft_refuse(walk->why, "'%s/%s' is a link to '%s', which is out of the package",
                           walk->tree->folder, link->path, link->text);
    if (!*within) /* the format has no text for it */
        return weft_refuse(walk->why, "'%s/%s' is a link to the package itself", walk->tree->folder,
                           link->path);
    if (!weft_utf8_is_valid(within, strlen(within)))
        return weft_refuse(walk->why, "'%s/%s' is a link to a name that is no UTF-8",
                           walk->tree->folder, link->path);
    link->target = strdup(within);
    return link->target ? 0 : -ENOMEM;
}

static int read_link(const struct walk *walk, int folder_fd, struct weft_asar_item *link)
{
    char text[PATH_MAX];
    ssize_t size = readlinkat(folder_fd, link->name, text, sizeof(text) - 1);
    if (size < 0)
        return fail(walk, link, "read the link", -errno);
    link->text = strndup(text, (size_t)size);
    return link->text ? resolve_link(walk, link) : -ENOMEM;
}

static int read_folder(const struct walk *walk, int parent_fd, const char *name,
                       struct weft_asar_item *folder, unsigned int depth);

static int check_name(const struct walk *walk, const struct weft_asar_item *item)
{
    if (!weft_utf8_is_valid(item->name, strlen(item->name)))
        return weft_refuse(walk->why, "'%s/%s' has a name that is no UTF-8: rename it",
                           walk->tree->folder, item->path);
    if (strchr(item->name, '\\'))
        return weft_refuse(walk->why,
                           "'%s/%s' has a backslash in its name, which archives cannot: rename it",
                           walk->tree->folder, item->path);
    return 0;
}

static int read_entry(const struct walk *walk, int folder_fd, struct weft_asar_item *folder,
                      const char *name, unsigned int depth)
{
    struct weft_asar_item *item;
    struct stat stat;
    int r = add_item(walk->tree, folder, name, &item);
    if (r == 0)
        r = check_name(walk, item);
    if (r < 0)
        return r;
    if (fstatat(folder_fd, name, &stat, AT_SYMLINK_NOFOLLOW) < 0)
        return fail(walk, item, "look at", -errno);
    item->mode = stat.st_mode & 07777;
    item->executable = S_ISREG(stat.st_mode) && stat.st_mode & S_IXUSR;
    item->size = (uint64_t)stat.st_size;
    item->modified = stat.st_mtim;
    if (S_ISREG(stat.st_mode))
        item->kind = WEFT_ASAR_FILE;
    else if (S_ISDIR(stat.st_mode))
        return read_folder(walk, folder_fd, name, item, depth + 1);
    else if (S_ISLNK(stat.st_mode)) {
        item->kind = WEFT_ASAR_LINK;
        return read_link(walk, folder_fd, item);
    } else
        return weft_refuse(walk->why, "'%s/%s' is no file, no folder and no link",
                           walk->tree->folder, item->path);
    return 0;
}

static void close_folder(DIR **stream)
{
    if (*stream)
        closedir(*stream);
}

static int read_folder(const struct walk *walk, int parent_fd, const char *name,
                       struct weft_asar_item *folder, unsigned int depth)
{
    if (depth > WEFT_ASAR_DEPTH_MAX)
        return fail(walk, folder, "go deeper than", -ENAMETOOLONG);
    if (weft_asar_is_interrupted())
        return -EINTR;
    int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (depth ? O_NOFOLLOW : 0);
    weft_autofd int fd = openat(parent_fd, name, flags);
    WEFT_CLEANUP(close_folder) DIR *stream = fd < 0 ? NULL : fdopendir(fd);
    if (!stream)
        return fail(walk, folder, "read the folder", -errno);
    int folder_fd = weft_steal_fd(&fd); /* the stream's */
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(stream);
        if (!entry)
            return errno ? fail(walk, folder, "read the folder", -errno) : 0;
        bool is_dots = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
        if (is_dots || (walk->exclude_hidden && entry->d_name[0] == '.'))
            continue;
        int r = read_entry(walk, folder_fd, folder, entry->d_name, depth);
        if (r < 0)
            return r;
    }
}

/* ---- order ---- */

static int compare_items(const void *a, const void *b)
{
    const struct weft_asar_item *x = *(struct weft_asar_item *const *)a;
    const struct weft_asar_item *y = *(struct weft_asar_item *const *)b;
    return weft_utf8_compare_as_utf16(x->path, y->path);
}

static void rank_items(struct weft_asar_tree *tree)
{
    for (size_t i = 0; i < tree->count; i++)
        tree->items[i]->rank = i;
}

static struct weft_asar_item *find_item(const struct weft_asar_tree *tree, const char *path)
{
    const struct weft_asar_item key = {.path = (char *)path}, *address = &key;
    struct weft_asar_item **found =
        bsearch(&address, tree->items, tree->count, sizeof(struct weft_asar_item *), compare_items);
    return found ? *found : NULL;
}

/* Spaces, as JavaScript's trim() has them where people type them. */
static char *trim(char *line)
{
    static const char spaces[] = " \t\v\f\r\n";
    if (strncmp(line, "\xef\xbb\xbf", 3) == 0)
        line += 3;
    line += strspn(line, spaces);
    char *end = line + strlen(line);
    while (end > line && strchr(spaces, end[-1]))
        *--end = '\0';
    return line;
}

/* Items that are named, each once, a folder before what is in it. */
struct named {
    struct weft_asar_item **items;
    size_t count;
};

#define UNNAMED SIZE_MAX

static void name_item(struct named *named, struct weft_asar_item *item)
{
    if (!item || item->rank != UNNAMED)
        return;
    item->rank = named->count;
    named->items[named->count++] = item;
}

/* A line names each folder of its path, and may have something and a colon before it. */
static void name_line(const struct weft_asar_tree *tree, char *line, struct named *named)
{
    char *colon = strrchr(line, ':'), part[PATH_MAX];
    line = trim(colon ? colon + 1 : line);
    line += *line == '/';
    if (strlen(line) >= sizeof(part))
        return;
    for (size_t at = 0;; at++) {
        if (line[at] == '/' || line[at] == '\0') {
            memcpy(part, line, at);
            part[at] = '\0';
            weft_path_normalize(part);
            name_item(named, weft_utf8_is_valid(part, strlen(part)) ? find_item(tree, part) : NULL);
        }
        if (line[at] == '\0')
            return;
    }
}

static void close_file(FILE **file)
{
    if (*file)
        fclose(*file);
}

int weft_asar_tree_order(struct weft_asar_tree *tree, const char *ordering, size_t *ret_named,
                         char ret_why[WEFT_ASAR_WHY_MAX])
{
    WEFT_CLEANUP(close_file) FILE *file = fopen(ordering, "re");
    if (!file)
        return weft_why(ret_why, -errno, "cannot read '%s'", ordering);
    struct named named = {.items = calloc(tree->count + 1, sizeof(struct weft_asar_item *))};
    if (!named.items)
        return -ENOMEM;
    for (size_t i = 0; i < tree->count; i++)
        tree->items[i]->rank = UNNAMED;
    weft_autofree char *line = NULL;
    size_t capacity = 0;
    while (getline(&line, &capacity, file) >= 0)
        name_line(tree, line, &named);
    int error = feof(file) ? 0 : -errno;
    *ret_named = named.count;
    for (size_t i = 0; i < tree->count; i++)
        name_item(&named, tree->items[i]);
    free(tree->items);
    tree->items = named.items;
    return error ? weft_why(ret_why, error, "cannot read '%s'", ordering) : 0;
}

/* ---- the whole ---- */

static void free_tree(struct weft_asar_tree **tree)
{
    weft_asar_tree_free(*tree);
}

int weft_asar_tree_read(const char *folder, bool exclude_hidden, struct weft_asar_tree **ret_tree,
                        char ret_why[WEFT_ASAR_WHY_MAX])
{
    WEFT_CLEANUP(free_tree) struct weft_asar_tree *tree = calloc(1, sizeof(*tree));
    if (!tree)
        return -ENOMEM;
    tree->fd = -1;
    tree->folder = strdup(folder);
    if (!tree->folder)
        return -ENOMEM;
    weft_path_normalize(tree->folder);
    tree->fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (tree->fd < 0 && errno == ENOTDIR)
        return weft_refuse(ret_why, "'%s' is no folder; only a folder can be packed", folder);
    weft_autofree char *root = tree->fd < 0 ? NULL : realpath(folder, NULL);
    if (!root)
        return weft_why(ret_why, -errno, "cannot read the folder '%s'", folder);
    const struct walk walk = {tree, root, exclude_hidden, ret_why};
    int r = read_folder(&walk, tree->fd, ".", &tree->root, 0);
    if (r < 0)
        return r;
    if (tree->count > 0)
        qsort(tree->items, tree->count, sizeof(struct weft_asar_item *), compare_items);
    rank_items(tree);
    *ret_tree = weft_steal_ptr(&tree);
    return 0;
}

int weft_asar_tree_open(const struct weft_asar_tree *tree, const struct weft_asar_item *file)
{
    weft_autofd int fd =
        openat(tree->fd, file->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return -errno;
    return weft_asar_tree_is_unchanged(file, fd) ? weft_steal_fd(&fd) : -ESTALE;
}

bool weft_asar_tree_is_unchanged(const struct weft_asar_item *file, int fd)
{
    struct stat stat;
    return fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode) && (uint64_t)stat.st_size == file->size &&
           stat.st_mtim.tv_sec == file->modified.tv_sec &&
           stat.st_mtim.tv_nsec == file->modified.tv_nsec;
}

/* ---- what lies beside the archive ---- */

struct unpack {
    const struct weft_glob *files, *folders; /* or NULL */
    const char *literal;                     /* what a folder may start with */
    const char **matched;                    /* folders that fit */
    size_t matched_count;
};

/* Whether @folder is @top or in it. A name in it that starts with two dots is taken for the way
 * out, as the tool that this is compatible with does. */
static bool is_in(const char *folder, const char *top)
{
    const char *rest = *top ? folder + strlen(top) : folder;
    if (*top && strncmp(folder, top, strlen(top)) != 0)
        return false;
    if (!*rest || !*top)
        return strncmp(rest, "..", 2) != 0;
    return *rest == '/' && strncmp(rest + 1, "..", 2) != 0;
}

static bool is_folder_unpacked(struct unpack *unpack, const char *folder)
{
    if (!unpack->folders)
        return false;
    bool starts = strncmp(folder, unpack->literal, strlen(unpack->literal)) == 0;
    if (starts || weft_glob_matches(unpack->folders, folder)) {
        size_t last = unpack->matched_count;
        if (last == 0 || strcmp(unpack->matched[last - 1], folder) != 0)
            unpack->matched[unpack->matched_count++] = folder;
        return true;
    }
    for (size_t i = 0; i < unpack->matched_count; i++)
        if (is_in(folder, unpack->matched[i]))
            return true;
    return false;
}

/* A file is asked for by its whole path, then as its folder is; a link as a folder of its name. */
static int mark(const struct weft_asar_tree *tree, struct weft_asar_item *item,
                struct unpack *unpack)
{
    weft_autofree char *shown = NULL;
    bool is_plain = strcmp(tree->folder, ".") == 0;
    if (asprintf(&shown, "%s%s%s", is_plain ? "" : tree->folder, is_plain ? "" : "/", item->path) <
        0) {
        shown = NULL;
        return -ENOMEM;
    }
    bool is_file = item->kind == WEFT_ASAR_FILE;
    const char *folder = is_file ? (item->parent->path ? item->parent->path : "") : item->path;
    if (item->kind != WEFT_ASAR_FOLDER && unpack->files)
        item->unpacked = weft_glob_matches(unpack->files, shown);
    if (!item->unpacked)
        item->unpacked = is_folder_unpacked(unpack, folder);
    if (item->kind != WEFT_ASAR_FOLDER && item->parent->unpacked)
        item->unpacked = true;
    return 0;
}

static int new_glob(const char *pattern, const char *option, enum weft_glob_options options,
                    struct weft_glob **ret_glob, char *why)
{
    if (!pattern || !*pattern)
        return 0;
    int r = weft_glob_new(pattern, options, ret_glob);
    if (r == -E2BIG)
        return weft_refuse(why, "option '%s' has a pattern that is too large", option);
    return r == -EILSEQ ? weft_refuse(why, "option '%s' has a pattern that is no UTF-8", option)
                        : r;
}

static void free_glob(struct weft_glob **glob)
{
    weft_glob_free(*glob);
}

int weft_asar_tree_unpack(struct weft_asar_tree *tree, const char *unpack, const char *unpack_dir,
                          char ret_why[WEFT_ASAR_WHY_MAX])
{
    WEFT_CLEANUP(free_glob) struct weft_glob *files = NULL;
    WEFT_CLEANUP(free_glob) struct weft_glob *folders = NULL;
    int r = new_glob(unpack, "--unpack", WEFT_GLOB_MATCH_BASE, &files, ret_why);
    if (r == 0)
        r = new_glob(unpack_dir, "--unpack-dir", WEFT_GLOB_PLAIN, &folders, ret_why);
    if (r < 0 || (!files && !folders))
        return r;
    weft_autofree const char **matched = calloc(tree->count + 1, sizeof(*matched));
    if (!matched)
        return -ENOMEM;
    struct unpack state = {files, folders, unpack_dir, matched, 0};
    for (size_t i = 0; r == 0 && i < tree->count; i++)
        r = mark(tree, tree->items[i], &state);
    return r;
}
