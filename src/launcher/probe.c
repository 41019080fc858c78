/* SPDX-License-Identifier: MIT */

#include "launcher/probe.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"

/* Longest silence of a probed program. */
#define WEFT_PROBE_TIMEOUT_MS 10000

static _Noreturn void exec_probe(char *const argv[], int output)
{
    int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (input < 0 || dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0)
        _exit(126);
    execvp(argv[0], argv);
    _exit(errno == ENOENT ? 127 : 126);
}

/* Reads to the end, keeps what fits. Returns 0 or negative errno. */
static int read_output(int fd, char *ret_text, size_t size)
{
    size_t length = 0;
    ret_text[0] = '\0';

    for (;;) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        int r = poll(&wait, 1, WEFT_PROBE_TIMEOUT_MS);
        if (r <= 0)
            return r < 0 ? -errno : -ETIMEDOUT;

        char chunk[512];
        ssize_t got = read(fd, chunk, sizeof(chunk));
        if (got <= 0)
            return got < 0 ? -errno : 0;
        size_t kept = (size_t)got < size - 1 - length ? (size_t)got : size - 1 - length;
        memcpy(ret_text + length, chunk, kept);
        length += kept;
        ret_text[length] = '\0';
    }
}

int weft_probe_command(char *const argv[], char *ret_line, size_t size)
{
    int pipe_fds[2];
    if (pipe2(pipe_fds, O_CLOEXEC) < 0)
        return -errno;
    weft_autofd int read_end = pipe_fds[0];
    weft_autofd int write_end = pipe_fds[1];

    pid_t child = fork();
    if (child < 0)
        return -errno;
    if (child == 0)
        exec_probe(argv, write_end);
    weft_close_fd(&write_end);

    int r = read_output(read_end, ret_line, size);
    if (r < 0)
        kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    ret_line[strcspn(ret_line, "\n")] = '\0';
    if (r < 0)
        return r;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* GTK and WebKitGTK tell their versions through three functions each. */
static bool probe_library(const char *library, const char *const names[3], char *ret_text,
                          size_t size)
{
    void *handle = dlopen(library, RTLD_LAZY | RTLD_LOCAL);
    if (!handle) {
        snprintf(ret_text, size, "%s", dlerror());
        return false;
    }

    unsigned int parts[3] = {0};
    for (size_t i = 0; i < 3; i++) {
        unsigned int (*part)(void);
        *(void **)&part = dlsym(handle, names[i]); /* dlsym(3): the cast that ISO C lacks */
        if (part)
            parts[i] = part();
    }
    snprintf(ret_text, size, "%u.%u.%u", parts[0], parts[1], parts[2]);
    return true;
}

bool weft_probe_webkit(char *ret_text, size_t size)
{
    static const char *const names[3] = {"webkit_get_major_version", "webkit_get_minor_version",
                                         "webkit_get_micro_version"};
    return probe_library("libwebkitgtk-6.0.so.4", names, ret_text, size);
}

bool weft_probe_gtk(char *ret_text, size_t size)
{
    static const char *const names[3] = {"gtk_get_major_version", "gtk_get_minor_version",
                                         "gtk_get_micro_version"};
    return probe_library("libgtk-4.so.1", names, ret_text, size);
}

bool weft_probe_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof(address.sun_path))
        return false;
    strcpy(address.sun_path, path);

    weft_autofd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    return fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
}

bool weft_probe_program(const char *name)
{
    const char *path = getenv("PATH");
    char candidate[PATH_MAX];

    while (path && *path) {
        size_t length = strcspn(path, ":");
        snprintf(candidate, sizeof(candidate), "%.*s/%s", (int)length, path, name);
        if (access(candidate, X_OK) == 0)
            return true;
        path += length + (path[length] == ':');
    }
    return false;
}
