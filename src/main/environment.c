/* SPDX-License-Identifier: MIT */

/*
 * main/environment - the order of things at start
 *
 * Main process, main thread. Each step cures something that was met and measured with
 * WebKitGTK 2.50 inside Node 26; none of them prints anything.
 */

#include "main/environment.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib.h>
#include <unistd.h>

/* A real-time signal that neither glibc (32, 33) nor Node uses. */
#define GC_SIGNAL "40"

/* More than that of GStreamer's own reader of files, GST_RANK_PRIMARY. */
#define GIOSRC_RANK 300

/* Node marks 0 to 2 close-on-exec, and GSubprocess expects them to be inherited: WebKit's children
 * would start with them closed, their X11 socket would become descriptor 1 or 2, and the first
 * warning would be written into it. Node's own child_process sets its children's explicitly. */
static void keep_standard_streams(void)
{
    for (int fd = 0; fd <= 2; fd++) {
        int flags = fcntl(fd, F_GETFD);
        if (flags >= 0)
            fcntl(fd, F_SETFD, flags & ~FD_CLOEXEC);
        else
            (void)!open("/dev/null", O_RDWR); /* the lowest free number: @fd */
    }
}

/* Without a session bus there is no accessibility bus either; GTK would warn about that. */
static void silence_missing_bus(void)
{
    if (g_getenv("DBUS_SESSION_BUS_ADDRESS"))
        return;
    g_autofree char *bus = g_build_filename(g_get_user_runtime_dir(), "bus", NULL);
    if (!g_file_test(bus, G_FILE_TEST_EXISTS))
        g_setenv("GTK_A11Y", "none", FALSE);
}

/* WebKit starts web processes at moments of its own (a change of site, a crash, ahead of need), so
 * what they need is set for the whole process: ArrayBuffers over memory that is not the engine's,
 * and SharedArrayBuffer. */
static void set_engine_switches(void)
{
    g_setenv("GIGACAGE_ENABLED", "0", TRUE);
    g_setenv("JSC_useSharedArrayBuffer", "1", TRUE);
}

/* JavaScriptCore stops threads with SIGUSR1, with which Node starts its inspector. The variable
 * must be gone before a child reads it: children would print that they do not know it. */
static void move_gc_signal(void)
{
    void (*initialize)(void);

    *(void **)&initialize = dlsym(RTLD_DEFAULT, "_ZN3WTF10initializeEv");
    if (!initialize)
        return;
    g_setenv("JSC_SIGNAL_FOR_GC", GC_SIGNAL, TRUE);
    initialize();
    g_unsetenv("JSC_SIGNAL_FOR_GC");
}

bool weft_environment_has_gpu(void)
{
    g_autoptr(GDir) devices = g_dir_open("/dev/dri", 0, NULL);
    const char *name;

    while (devices && (name = g_dir_read_name(devices)))
        if (g_str_has_prefix(name, "renderD"))
            return true;
    return false;
}

/* Painting through a software GL costs twice the CPU of Cairo, and 90 MB more. */
static void choose_renderer(void)
{
    if (!weft_environment_has_gpu())
        g_setenv("GSK_RENDERER", "cairo", FALSE);
}

/* Pages of file: addresses are read by WebKit's network process, through GIO (src/vfs/module.c).
 * This process has chosen its own way to files before it sees the variable. */
static void add_vfs(const char *directory, bool checks_archives)
{
    const char *others = g_getenv("GIO_EXTRA_MODULES");
    g_autofree char *all = g_strjoin(G_SEARCHPATH_SEPARATOR_S, directory, others, NULL);

    g_vfs_get_default();
    g_setenv("GIO_EXTRA_MODULES", all, TRUE);
    if (!checks_archives)
        g_setenv("WEFT_NO_ASAR_INTEGRITY", "1", TRUE);
}

/* The same for media, which GStreamer reads in the web process: through GIO, not by itself. */
static void play_through_vfs(void)
{
    const char *others = g_getenv("GST_PLUGIN_FEATURE_RANK");
    g_autofree char *all = g_strjoin(",", "giosrc:" G_STRINGIFY(GIOSRC_RANK), others, NULL);
    g_setenv("GST_PLUGIN_FEATURE_RANK", all, TRUE);
}

void weft_environment_prepare(const char *vfs_directory, bool checks_archives)
{
    keep_standard_streams();
    add_vfs(vfs_directory, checks_archives);
    play_through_vfs();
    silence_missing_bus();
    move_gc_signal(); /* before GIGACAGE_ENABLED, of which this process would warn */
    set_engine_switches();
    choose_renderer();
}
