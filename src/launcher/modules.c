/* SPDX-License-Identifier: MIT */

#include "launcher/modules.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "addon/inspect.h"
#include "addon/policy.h"
#include "base/cleanup.h"
#include "launcher/module-list.h"
#include "launcher/needs.h"
#include "launcher/options.h"

#define COLUMNS     96
#define TEXT_INDENT 11
#define PACKAGES    "/node_modules/"

enum verdict {
    LOADABLE,
    FOREIGN,    /* for another machine, system or C library */
    OTHER_NODE, /* for another version of Node.js */
    REFUSED,    /* not damaged, but nothing that can be loaded, or be read */
    DAMAGED,
};

struct module {
    const char *path;      /* borrowed */
    size_t package_length; /* of the path, up to and with its package's folder; 0: in none */
    bool is_outside;       /* of the app's folder: a link led there */
    uint64_t size;
    enum verdict verdict;
    struct weft_addon_facts facts; /* of a loadable one */
    char why[WEFT_ELF_WHY_MAX];    /* not of a loadable one */
};

struct report {
    const char *folder; /* paths below it are shown without it */
    bool is_single;     /* one file was asked for: whatever it is, it is shown */
    struct module *modules;
    size_t count;
};

/* Where the package of a file ends: behind the name, or the scope and the name, that follow the
 * last "node_modules". The same rule as for the names in webPreferences.nativeModules. */
static size_t find_package(const char *path)
{
    const char *last = NULL;
    for (const char *at = path; (at = strstr(at, PACKAGES)); at++)
        last = at + strlen(PACKAGES);
    if (!last)
        return 0;
    size_t length = strcspn(last, "/");
    if (last[0] == '@' && last[length] == '/')
        length += 1 + strcspn(last + length + 1, "/");
    return last[length] == '/' ? (size_t)(last - path) + length : 0;
}

static enum verdict judge(int result)
{
    switch (result) {
    case 0:
        return LOADABLE;
    case -ENOEXEC:
        return FOREIGN;
    case -EPROTONOSUPPORT:
        return OTHER_NODE;
    case -ELIBBAD:
        return DAMAGED;
    }
    return REFUSED;
}

static void inspect(struct module *module, const char *path, const char *folder)
{
    struct stat info;
    *module = (struct module){.path = path,
                              .package_length = find_package(path),
                              .is_outside = !weft_module_list_is_below(path, folder)};
    if (stat(path, &info) == 0)
        module->size = (uint64_t)info.st_size;
    int r = weft_addon_inspect_file(path, WEFT_NODE_ABI, &module->facts, module->why);
    if (r == 0)
        r = weft_needs_check(path, module->why);
    module->verdict = judge(r);
}

static bool is_same_package(const struct module *a, const struct module *b)
{
    return a->package_length == b->package_length && a->is_outside == b->is_outside &&
           strncmp(a->path, b->path, a->package_length) == 0;
}

/* By package, what is in none first; within one by path. */
static int compare(const void *left, const void *right)
{
    const struct module *a = left, *b = right;
    size_t shorter = a->package_length < b->package_length ? a->package_length : b->package_length;
    int order = strncmp(a->path, b->path, shorter);
    if (order == 0)
        order = (a->package_length > b->package_length) - (a->package_length < b->package_length);
    if (order == 0)
        order = a->is_outside - b->is_outside;
    return order ? order : strcmp(a->path, b->path);
}

/* "736 B", "405 KiB", "34.0 MiB" */
static void format_size(uint64_t size, char text[16])
{
    if (size < 1024)
        snprintf(text, 16, "%u B", (unsigned)size);
    else if (size < 1024 * 1024)
        snprintf(text, 16, "%u KiB", (unsigned)((size + 512) / 1024));
    else
        snprintf(text, 16, "%.1f MiB", (double)size / (1024 * 1024));
}

/* Words in lines below each other, in the column where the texts stand. */
static void print_wrapped(const char *text)
{
    size_t column = TEXT_INDENT;

    printf("%*s", TEXT_INDENT, "");
    while (*text) {
        size_t length = strcspn(text, " ");
        if (column > TEXT_INDENT && column + 1 + length > COLUMNS) {
            printf("\n%*s", TEXT_INDENT, "");
            column = TEXT_INDENT;
        }
        column += (size_t)printf("%s%.*s", column > TEXT_INDENT ? " " : "", (int)length, text);
        text += length + strspn(text + length, " ");
    }
    putchar('\n');
}

static const char *name_kind(const struct module *module)
{
    if (module->verdict != LOADABLE)
        return "-";
    return module->facts.kind == WEFT_ADDON_V8_SYMBOL ||
                   module->facts.kind == WEFT_ADDON_V8_CONSTRUCTOR
               ? "V8"
               : "Node-API";
}

/* Of a path below the app's folder, what follows that; another is left as it is. */
static const char *shorten_path(const struct report *report, const struct module *module)
{
    size_t length = strlen(report->folder);
    if (module->is_outside)
        return module->path;
    return module->path + (length == 1 ? 1 : length + 1);
}

/* Whether its package is the app, or one that the app is a part of. */
static bool is_app_package(const struct report *report, const struct module *module)
{
    return !module->is_outside && module->package_length <= strlen(report->folder);
}

static const char *name_in_package(const struct report *report, const struct module *module)
{
    if (module->package_length == 0 || is_app_package(report, module))
        return shorten_path(report, module);
    return module->path + module->package_length + 1;
}

static void print_module(const struct report *report, const struct module *module)
{
    static const char *const words[] = {[FOREIGN] = "refused",
                                        [OTHER_NODE] = "refused",
                                        [REFUSED] = "refused",
                                        [DAMAGED] = "damaged"};
    const char *why = module->why, *word = words[module->verdict];
    bool is_usual = false;
    char size[16];

    if (module->verdict == LOADABLE) {
        enum weft_addon_mode mode = weft_addon_decide(&module->facts, &why);
        word = weft_addon_mode_name(mode);
        /* What most modules have is said once, at the end. */
        is_usual = mode == WEFT_ADDON_PRIVATE && module->facts.kind != WEFT_ADDON_V8_CONSTRUCTOR;
    }
    format_size(module->size, size);
    printf("  %-8s %-8s %9s", word, name_kind(module), size);
    if (!report->is_single)
        printf("  %s", name_in_package(report, module));
    putchar('\n');
    if (!is_usual || report->is_single)
        print_wrapped(why);
}

static size_t count_verdict(const struct module *modules, size_t count, enum verdict verdict)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += modules[i].verdict == verdict;
    return found;
}

/* A package brings builds for every machine; only what it has for this one is worth a line. A build
 * for another Node.js is, when there is no better one. */
static bool is_summed_up(const struct report *report, const struct module *module, size_t loadable)
{
    if (report->is_single)
        return false;
    return module->verdict == FOREIGN || (module->verdict == OTHER_NODE && loadable > 0);
}

/* The package's name: what follows are paths in its folder. That is said, too, where it is not just
 * node_modules/NAME: "b, in node_modules/a/node_modules/b". */
static void print_heading(const struct report *report, const struct module *module)
{
    if (report->is_single)
        return;
    if (module->package_length == 0) {
        puts(module->is_outside ? "\nOutside of the app, by links" : "\nThe app's own");
        return;
    }
    const char *end = module->path + module->package_length, *name = end;
    while (strncmp(name - strlen(PACKAGES), PACKAGES, strlen(PACKAGES)) != 0)
        name--;
    printf("\n%.*s", (int)(end - name), name);
    const char *folder = is_app_package(report, module) ? name : shorten_path(report, module);
    if (folder != name && folder + strlen(PACKAGES) - 1 != name)
        printf(", in %.*s", (int)(end - folder), folder);
    putchar('\n');
}

static void print_package(const struct report *report, const struct module *modules, size_t count)
{
    size_t loadable = count_verdict(modules, count, LOADABLE);
    size_t foreign = 0, older = 0;

    print_heading(report, modules);
    for (size_t i = 0; i < count; i++) {
        if (!is_summed_up(report, &modules[i], loadable))
            print_module(report, &modules[i]);
        else if (modules[i].verdict == FOREIGN)
            foreign++;
        else
            older++;
    }
    if (foreign)
        printf("  %zu build%s for other machines%s\n", foreign, foreign == 1 ? "" : "s",
               foreign == count ? ", none for this one; 'npm rebuild' may make it" : "");
    if (older)
        printf("  %zu build%s for other versions of Node.js\n", older, older == 1 ? "" : "s");
}

static void print_packages(const struct report *report)
{
    for (size_t first = 0, end; first < report->count; first = end) {
        for (end = first + 1; end < report->count; end++)
            if (!is_same_package(&report->modules[first], &report->modules[end]))
                break;
        print_package(report, report->modules + first, end - first);
    }
}

/* What the words of the first column mean, if they occur, and who may change it. */
static void print_legend(const struct report *report)
{
    if (count_verdict(report->modules, report->count, LOADABLE) == 0)
        return;
    puts("\nprivate: each worker has an instance of its own. share: the workers of a window have "
         "one.\n"
         "The app's webPreferences.nativeModules may say otherwise; see docs/native-modules.md.");
}

static int print_report(const struct report *report)
{
    size_t damaged = count_verdict(report->modules, report->count, DAMAGED);

    printf(report->is_single ? "%s\n" : "Native modules of %s, as its workers load them\n",
           report->folder);
    print_packages(report);
    print_legend(report);
    if (damaged)
        printf("\n%zu %s damaged: see above.\n", damaged, damaged == 1 ? "is" : "are");
    return damaged ? WEFT_EXIT_FAILURE : 0;
}

static int inspect_all(const struct weft_module_list *list, struct report *report)
{
    report->modules = calloc(list->count, sizeof(*report->modules));
    if (!report->modules)
        return -ENOMEM;
    for (size_t i = 0; i < list->count; i++)
        inspect(&report->modules[i], list->paths[i], report->folder);
    report->count = list->count;
    qsort(report->modules, report->count, sizeof(*report->modules), compare);
    return 0;
}

static int fail(const char *app, int error)
{
    fprintf(stderr, "weft: cannot read '%s': %s\n", app, strerror(-error));
    return WEFT_EXIT_FAILURE;
}

static int report_folder(const char *app, const char *folder)
{
    WEFT_CLEANUP(weft_module_list_free) struct weft_module_list list = {0};
    struct report report = {.folder = folder};
    weft_autofree struct module *modules = NULL;

    int r = weft_module_list_find(folder, &list);
    if (r == 0 && list.count > 0)
        r = inspect_all(&list, &report);
    if (r < 0)
        return fail(app, r);
    modules = report.modules;
    if (list.count == 0)
        printf("No native modules in %s\n", folder);
    int exit_code = list.count ? print_report(&report) : 0;
    return list.is_complete ? exit_code : WEFT_EXIT_FAILURE;
}

static int report_file(const char *path)
{
    struct module module;
    struct report report = {.folder = path, .is_single = true, .modules = &module, .count = 1};

    inspect(&module, path, path);
    return print_report(&report);
}

int weft_modules(const char *app)
{
    char path[PATH_MAX];
    struct stat info;

    if (!realpath(app, path) || stat(path, &info) < 0)
        return fail(app, -errno);
    if (S_ISDIR(info.st_mode))
        return report_folder(app, path);
    if (S_ISREG(info.st_mode) && weft_module_list_is_module(path))
        return report_file(path);
    fprintf(stderr, "weft: '%s' is neither a folder nor a .node file; see 'weft --help'\n", app);
    return WEFT_EXIT_USAGE;
}
