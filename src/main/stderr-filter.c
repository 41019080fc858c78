/* SPDX-License-Identifier: MIT */

#include "main/stderr-filter.h"

#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <stdbool.h>
#include <string.h>

#define DROPPED "Warning: disabling gigacage because GIGACAGE_ENABLED=0!\n"

#define READ_SIZE 4096

static struct {
    int real;     /* stderr as we were started with it */
    int pipe_in;  /* becomes descriptor 2 of processes that WebKit starts */
    int pipe_out; /* non-blocking */
    bool is_on;
    GString *partial; /* the start of a line whose end has not come */
} filter = {.real = -1, .pipe_in = -1, .pipe_out = -1};

static void write_out(const char *text, size_t size)
{
    while (size > 0) {
        ssize_t written = write(filter.real, text, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return; /* nobody reads our stderr */
        text += written;
        size -= (size_t)written;
    }
}

static void write_lines(void)
{
    char *end;
    while ((end = memchr(filter.partial->str, '\n', filter.partial->len))) {
        size_t size = (size_t)(end - filter.partial->str) + 1;
        if (size != strlen(DROPPED) || memcmp(filter.partial->str, DROPPED, size) != 0)
            write_out(filter.partial->str, size);
        g_string_erase(filter.partial, 0, (gssize)size);
    }
    /* What cannot become the line that we drop need not wait for its end. */
    if (strncmp(DROPPED, filter.partial->str, filter.partial->len) != 0) {
        write_out(filter.partial->str, filter.partial->len);
        g_string_truncate(filter.partial, 0);
    }
}

static void drain(void)
{
    char buffer[READ_SIZE];
    ssize_t size;
    while ((size = read(filter.pipe_out, buffer, sizeof(buffer))) > 0) {
        g_string_append_len(filter.partial, buffer, size);
        write_lines();
    }
}

static gboolean readable_cb(gint fd, GIOCondition condition, gpointer data)
{
    drain();
    return G_SOURCE_CONTINUE;
}

/* A fatal message of GLib must be out before the process aborts. */
static void log_cb(const char *domain, GLogLevelFlags level, const char *text, gpointer data)
{
    bool was_on = weft_stderr_filter_switch(false);
    g_log_default_handler(domain, level, text, data);
    weft_stderr_filter_switch(was_on);
}

int weft_stderr_filter_init(void)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -errno;
    weft_autofd int out = ends[0];
    weft_autofd int in = ends[1];
    weft_autofd int real = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (real < 0 || fcntl(out, F_SETFL, O_NONBLOCK) < 0)
        return -errno;

    filter.real = weft_steal_fd(&real);
    filter.pipe_in = weft_steal_fd(&in);
    filter.pipe_out = weft_steal_fd(&out);
    filter.partial = g_string_new(NULL);
    g_unix_fd_add(filter.pipe_out, G_IO_IN, readable_cb, NULL);
    g_log_set_default_handler(log_cb, NULL);
    atexit(drain);
    return 0;
}

bool weft_stderr_filter_switch(bool is_on)
{
    bool was_on = filter.is_on;
    if (filter.real < 0 || is_on == was_on)
        return was_on;
    filter.is_on = is_on;
    /* The new descriptor 2 survives exec, as the first one does. */
    while (dup2(is_on ? filter.pipe_in : filter.real, STDERR_FILENO) < 0 && errno == EINTR)
        ;
    return was_on;
}
