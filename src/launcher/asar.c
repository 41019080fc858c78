/* SPDX-License-Identifier: MIT */

/*
 * What is asked for goes to standard output, a bar to standard error while it is a terminal, and
 * what went wrong to standard error in one line each.
 *
 * Ctrl-C is held back while something is written, so that what is incomplete can be removed; then
 * it ends the process as ever (asar/pool.h). A signal that is ignored, as by nohup, stays so.
 */

#include "launcher/asar.h"

#include "asar/extract.h"
#include "asar/path.h"
#include "asar/verify.h"
#include "asar/writer.h"
#include "base/cleanup.h"
#include "launcher/asar-options.h"
#include "launcher/options.h"

#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* ---- the bar ---- */

#define BAR_WIDTH    40
#define BAR_EVERY_MS 50

struct bar {
    struct weft_asar_progress progress;
    const char *doing;
    int64_t shown_ms; /* when; 0 for never */
    int length;       /* of what is shown */
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A line that is wrapped could not be written over; less than 1 where there is no room. */
static int bar_width(const char *doing)
{
    struct winsize terminal;
    int around = (int)strlen(doing) + (int)sizeof(" [] 100%");
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &terminal) < 0 || terminal.ws_col == 0 ||
        terminal.ws_col >= around + BAR_WIDTH)
        return BAR_WIDTH;
    return terminal.ws_col - around;
}

static void show_bar_cb(void *data, uint64_t done, uint64_t total)
{
    static const char full[] = "########################################";
    struct bar *bar = data;
    int64_t now = now_ms();
    if (total == 0 || now - bar->shown_ms < BAR_EVERY_MS)
        return;
    int width = bar_width(bar->doing);
    if (width < 1)
        return;
    double part = done < total ? (double)done / (double)total : 1;
    bar->shown_ms = now;
    bar->length = fprintf(stderr, "\r%s [%-*.*s] %3d%%", bar->doing, width, (int)(part * width),
                          full, (int)(part * 100)) -
                  1;
}

/* The progress to hand on, or NULL where nobody would see it. */
static struct weft_asar_progress *start_bar(struct bar *bar, const char *doing)
{
    *bar = (struct bar){.progress = {.tell_cb = show_bar_cb, .data = bar}, .doing = doing};
    return isatty(STDERR_FILENO) ? &bar->progress : NULL;
}

static void clear_bar(const struct bar *bar)
{
    if (bar->shown_ms)
        fprintf(stderr, "\r%*s\r", bar->length, "");
}

/* ---- Ctrl-C ---- */

static void hold_signals(sigset_t *ret_before)
{
    static const int ending[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action;
    sigset_t held;
    sigemptyset(&held);
    for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++)
        if (sigaction(ending[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
            sigaddset(&held, ending[i]);
    sigprocmask(SIG_BLOCK, &held, ret_before);
}

/* ---- commands ---- */

static int fail(const char *sentence)
{
    fprintf(stderr, "weft: %s\n", sentence);
    return WEFT_EXIT_FAILURE;
}

static void complain_cb(void *data, const char *sentence)
{
    clear_bar(data);
    fail(sentence);
}

static int open_archive(const char *path, enum weft_archive_check check,
                        struct weft_archive **ret_archive)
{
    char why[WEFT_ASAR_WHY_MAX] = "";
    int r = weft_archive_open(path, check, ret_archive, why);
    if (r < 0)
        fprintf(stderr, "weft: cannot read the archive '%s': %s\n", path,
                *why ? why : strerror(-r));
    return r < 0 ? WEFT_EXIT_FAILURE : 0;
}

static void close_archive(struct weft_archive **archive)
{
    weft_archive_close(*archive);
}

/* As JavaScript writes a number: no more digits than it takes to tell it from others. */
static void print_coverage(const struct weft_asar_packed *packed)
{
    double percent = (double)packed->named / (double)packed->count * 100;
    char text[32] = "NaN";
    for (int digits = 1; packed->count > 0 && digits <= 17; digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, percent);
        if (strtod(text, NULL) == percent)
            break;
    }
    if (strchr(text, 'e')) /* 1e+02 */
        snprintf(text, sizeof(text), "%.0f", percent);
    printf("Ordering file has %s%% coverage.\n", text);
}

static int pack(const struct weft_asar_options *options)
{
    struct bar bar;
    struct weft_asar_packed packed;
    char why[WEFT_ASAR_WHY_MAX];
    const struct weft_asar_pack pack = {
        .folder = options->first,
        .output = options->second,
        .unpack = options->unpack,
        .unpack_dir = options->unpack_dir,
        .ordering = options->ordering && *options->ordering ? options->ordering : NULL,
        .exclude_hidden = options->exclude_hidden,
        .progress = start_bar(&bar, "packing"),
    };
    int r = weft_asar_pack(&pack, &packed, why);
    clear_bar(&bar);
    if (r < 0)
        return r == -EINTR ? WEFT_EXIT_FAILURE : fail(why);
    if (pack.ordering)
        print_coverage(&packed);
    return 0;
}

static int extract(const struct weft_asar_options *options)
{
    WEFT_CLEANUP(close_archive) struct weft_archive *archive = NULL;
    struct bar bar;
    size_t missing;
    char why[WEFT_ASAR_WHY_MAX];
    if (open_archive(options->first, WEFT_ARCHIVE_DONT_CHECK, &archive))
        return WEFT_EXIT_FAILURE;
    const struct weft_asar_extract extract = {
        .archive = archive,
        .archive_path = options->first,
        .folder = options->second,
        .missing_cb = complain_cb,
        .data = &bar,
        .progress = start_bar(&bar, "extracting"),
    };
    int r = weft_asar_extract(&extract, &missing, why);
    clear_bar(&bar);
    if (r < 0)
        return r == -EINTR ? WEFT_EXIT_FAILURE : fail(why);
    return missing == 0 ? 0 : WEFT_EXIT_FAILURE;
}

/* `file/` and `file/.` ask for a folder. */
static bool asks_for_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && (!slash[1] || strcmp(slash, "/.") == 0);
}

/* Finds what is asked for, by its path without `.` and `..`, as in the tool; that is to be freed.
 */
static int find_entry(const struct weft_archive *archive, const struct weft_asar_options *options,
                      bool follow, char **ret_path, const struct weft_asar_entry **ret_entry)
{
    weft_autofree char *path = strdup(options->second);
    bool is_folder = asks_for_folder(options->second);
    if (!path)
        return fail("out of memory");
    weft_path_normalize(path);
    if (strcmp(path, ".") == 0)
        strcpy(path, "/");
    if (weft_asar_index_find(weft_archive_index(archive), path, follow || is_folder, ret_entry)) {
        fprintf(stderr, "weft: '%s' was not found in '%s'\n", options->second, options->first);
        return WEFT_EXIT_FAILURE;
    }
    if (is_folder && (*ret_entry)->kind == WEFT_ASAR_FILE) {
        fprintf(stderr, "weft: '%s' is a file; ask for it without the slash\n", path);
        return WEFT_EXIT_FAILURE;
    }
    *ret_path = weft_steal_ptr(&path);
    return 0;
}

static int extract_file(const struct weft_asar_options *options)
{
    WEFT_CLEANUP(close_archive) struct weft_archive *archive = NULL;
    weft_autofree char *path = NULL;
    const struct weft_asar_entry *entry;
    char why[WEFT_ASAR_WHY_MAX];
    if (open_archive(options->first, WEFT_ARCHIVE_DONT_CHECK, &archive) ||
        find_entry(archive, options, true, &path, &entry))
        return WEFT_EXIT_FAILURE;
    const char *name = strrchr(path, '/');
    int r = weft_asar_extract_file(archive, options->first, path, name ? name + 1 : path, why);
    return r < 0 && r != -EINTR ? fail(why) : r < 0 ? WEFT_EXIT_FAILURE : 0;
}

static int list(const struct weft_asar_options *options)
{
    WEFT_CLEANUP(close_archive) struct weft_archive *archive = NULL;
    if (open_archive(options->first, WEFT_ARCHIVE_CHECK, &archive))
        return WEFT_EXIT_FAILURE;
    const struct weft_asar_index *index = weft_archive_index(archive);
    for (uint32_t i = 1; i < weft_asar_index_count(index); i++) {
        const struct weft_asar_entry *entry = weft_asar_index_entry(index, i);
        char path[PATH_MAX];
        weft_asar_index_path(index, entry, path, sizeof(path));
        if (options->is_pack)
            fputs(entry->unpacked ? "unpack : " : "pack   : ", stdout);
        printf("/%s\n", path);
    }
    return 0;
}

/* ---- stat ---- */

static void print_hash(const char *label, const uint8_t *hash)
{
    fputs(label, stdout);
    for (int i = 0; i < WEFT_ASAR_HASH_SIZE; i++)
        printf("%02x", hash[i]);
    putchar('\n');
}

static void print_integrity(const struct weft_asar_index *index,
                            const struct weft_asar_entry *entry)
{
    struct weft_asar_integrity integrity;
    if (!weft_asar_index_integrity(index, entry, &integrity)) {
        puts("integrity:  none");
        return;
    }
    print_hash("SHA-256:    ", integrity.whole);
    printf("blocks:     %u of %u bytes\n", integrity.block_count, integrity.block_size);
}

static void print_entry(const struct weft_archive *archive, const struct weft_asar_entry *entry)
{
    static const char *const kinds[] = {
        [WEFT_ASAR_FOLDER] = "folder", [WEFT_ASAR_FILE] = "file", [WEFT_ASAR_LINK] = "link"};
    const struct weft_asar_index *index = weft_archive_index(archive);
    char path[PATH_MAX];
    weft_asar_index_path(index, entry, path, sizeof(path));
    printf("path:       /%s\nkind:       %s\n", path, kinds[entry->kind]);
    printf("packed:     %s\n", entry->unpacked ? "no, beside the archive" : "yes");
    if (entry->kind == WEFT_ASAR_LINK)
        printf("leads to:   /%s\n", weft_asar_index_target(index, entry));
    if (entry->kind == WEFT_ASAR_FOLDER)
        printf("entries:    %u\n", entry->count);
    if (entry->kind != WEFT_ASAR_FILE)
        return;
    printf("size:       %" PRIu64 " bytes\n", entry->size);
    if (!entry->unpacked)
        printf("offset:     %" PRIu64 ", byte %" PRIu64 " of the archive\n", entry->offset,
               weft_archive_offset(archive, entry));
    printf("executable: %s\n", entry->executable ? "yes" : "no");
    print_integrity(index, entry);
}

static int stat_entry(const struct weft_asar_options *options)
{
    WEFT_CLEANUP(close_archive) struct weft_archive *archive = NULL;
    weft_autofree char *path = NULL;
    const struct weft_asar_entry *entry;
    if (open_archive(options->first, WEFT_ARCHIVE_CHECK, &archive) ||
        find_entry(archive, options, false, &path, &entry))
        return WEFT_EXIT_FAILURE;
    print_entry(archive, entry);
    return 0;
}

/* ---- verify ---- */

static int verify(const struct weft_asar_options *options)
{
    WEFT_CLEANUP(close_archive) struct weft_archive *archive = NULL;
    struct bar bar;
    struct weft_asar_verified verified;
    if (open_archive(options->first, WEFT_ARCHIVE_DONT_CHECK, &archive))
        return WEFT_EXIT_FAILURE;
    const struct weft_asar_verify verify = {
        .archive = archive,
        .archive_path = options->first,
        .differs_cb = complain_cb,
        .data = &bar,
        .progress = start_bar(&bar, "verifying"),
    };
    int r = weft_asar_verify(&verify, &verified);
    clear_bar(&bar);
    if (r < 0)
        return r == -EINTR ? WEFT_EXIT_FAILURE : fail("out of memory");
    printf("%zu files are as their hashes say, %zu differ, %zu have no hash\n",
           verified.files - verified.differ, verified.differ, verified.unhashed);
    return verified.differ == 0 ? 0 : WEFT_EXIT_FAILURE;
}

static int run(const struct weft_asar_options *options)
{
    switch (options->command) {
    case WEFT_ASAR_HELP:
        return 0;
    case WEFT_ASAR_PACK:
        return pack(options);
    case WEFT_ASAR_LIST:
        return list(options);
    case WEFT_ASAR_EXTRACT:
        return extract(options);
    case WEFT_ASAR_EXTRACT_FILE:
        return extract_file(options);
    case WEFT_ASAR_STAT:
        return stat_entry(options);
    case WEFT_ASAR_VERIFY:
        return verify(options);
    }
    return WEFT_EXIT_USAGE;
}

/* What was printed may still be in memory. */
static int finish_output(int exit_code)
{
    bool is_written = fflush(stdout) == 0 && !ferror(stdout);
    return is_written || exit_code ? exit_code : fail("cannot write the output");
}

int weft_asar(char **arguments)
{
    struct weft_asar_options options;
    sigset_t before;
    int exit_code = weft_asar_options_parse(arguments, &options);
    if (exit_code)
        return exit_code;
    bool prints = options.command == WEFT_ASAR_LIST || options.command == WEFT_ASAR_STAT;
    if (!prints) /* a list into a pager ends at once */
        hold_signals(&before);
    exit_code = finish_output(run(&options));
    if (!prints) /* one that waits ends us here */
        sigprocmask(SIG_SETMASK, &before, NULL);
    return exit_code;
}
