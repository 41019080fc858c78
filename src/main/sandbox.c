/* SPDX-License-Identifier: MIT */

/*
 * main/sandbox - bubblewrap, tried once before the first web process
 *
 * Main process, main thread. About 17 ms.
 */

#include "main/sandbox.h"

#include <glib.h>

/* The path that Debian's WebKitGTK is built with; it does not look into PATH. */
#define BWRAP "/usr/bin/bwrap"

static char *first_line(const char *text)
{
    g_autofree char *copy = g_strstrip(g_strdup(text ? text : ""));
    g_auto(GStrv) lines = g_strsplit(copy, "\n", 2);
    return g_strdup(lines[0] && *lines[0] ? lines[0] : "no message");
}

char *weft_sandbox_probe(void)
{
    char *argv[] = {BWRAP, "--unshare-pid", "--unshare-uts", "--unshare-net", "--ro-bind", "/",
                    "/",   "--proc",        "/proc",         "--dev",         "/dev",      "true",
                    NULL};
    g_autoptr(GError) error = NULL;
    g_autofree char *said = NULL;
    int status = 0;

    if (!g_spawn_sync(NULL, argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &said,
                      &status, &error))
        return g_strdup(error->message);
    if (g_spawn_check_wait_status(status, NULL))
        return NULL;
    return first_line(said);
}

void weft_sandbox_disable(void)
{
    g_setenv("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1", TRUE);
}
