/* SPDX-License-Identifier: MIT */

#include "launcher/display.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "launcher/options.h"

/* A loaded machine needs seconds for what takes 100 ms. */
#define WEFT_DISPLAY_START_MS 30000
/* After this a server that was asked to end is killed. */
#define WEFT_DISPLAY_END_MS 3000

#define SCREEN         "1280x900x24"
#define EXIT_NOT_FOUND 127 /* as shells have it */

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/* The child: becomes Xvfb, or ends with 127 when there is none, 126 when it cannot be run. */
static _Noreturn void exec_server(const struct weft_display *display,
                                  const struct weft_signals *signals, int number_fd, pid_t parent)
{
    char number[16];
    snprintf(number, sizeof(number), "%d", number_fd);

    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(1);  /* the launcher died before the line above could hear of it */
    setpgid(0, 0); /* Ctrl-C is for the app; the display goes after it */
    weft_signals_restore(signals);

    int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int log = open(display->scratch.log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (input < 0 || log < 0 || dup2(input, 0) < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0)
        _exit(1);
    fcntl(number_fd, F_SETFD, 0);

    execlp("Xvfb", "Xvfb", "-displayfd", number, "-screen", "0", SCREEN, "-auth",
           display->scratch.cookie, "-nolisten", "tcp", "-noreset", NULL);
    _exit(errno == ENOENT ? EXIT_NOT_FOUND : 126);
}

static int start_server(struct weft_display *display, const struct weft_signals *signals,
                        int *ret_number_fd)
{
    int pipe_fds[2];
    if (pipe2(pipe_fds, O_CLOEXEC) < 0)
        return -errno;
    weft_autofd int read_end = pipe_fds[0];
    weft_autofd int write_end = pipe_fds[1];

    pid_t parent = getpid();
    pid_t child = fork();
    if (child < 0)
        return -errno;
    if (child == 0)
        exec_server(display, signals, write_end, parent);

    display->server = child;
    *ret_number_fd = weft_steal_fd(&read_end);
    return 0;
}

/* A request to end that came in while the display starts: its number, else 0. */
static int pending_request(struct weft_signals *signals)
{
    struct signalfd_siginfo signal;
    while (weft_signals_wait(signals, 0, &signal) == 0)
        if (signal.ssi_signo != SIGCHLD)
            return (int)signal.ssi_signo;
    return 0;
}

enum start_result { STARTED, SERVER_ENDED, TIMED_OUT, TOLD_TO_END };

/* Xvfb writes its number and a newline when it is ready, and closes the pipe when it dies. */
static enum start_result read_number(struct weft_display *display, struct weft_signals *signals,
                                     int number_fd, int *ret_signal)
{
    int64_t deadline = now_ms() + WEFT_DISPLAY_START_MS;
    char text[8] = {0};
    size_t length = 0;

    while (!strchr(text, '\n')) {
        struct pollfd waits[] = {{.fd = number_fd, .events = POLLIN},
                                 {.fd = signals->fd, .events = POLLIN}};
        int64_t left = deadline - now_ms();
        if (left <= 0 || poll(waits, 2, (int)left) == 0)
            return TIMED_OUT;
        if (waits[1].revents && (*ret_signal = pending_request(signals)))
            return TOLD_TO_END;
        if (!waits[0].revents)
            continue;
        ssize_t size = read(number_fd, text + length, sizeof(text) - 1 - length);
        if (size <= 0)
            return SERVER_ENDED;
        length += (size_t)size;
    }
    snprintf(display->name, sizeof(display->name), ":%d", atoi(text));
    return STARTED;
}

/* The last line that the server wrote, which is where it says why. */
static void read_reason(const struct weft_display *display, char *ret_text, size_t size)
{
    char line[256];
    snprintf(ret_text, size, "it gave no reason");

    FILE *log = fopen(display->scratch.log, "re");
    if (!log)
        return;
    while (fgets(line, sizeof(line), log)) {
        line[strcspn(line, "\n")] = '\0';
        if (strspn(line, " \t\r") < strlen(line))
            snprintf(ret_text, size, "%s", line);
    }
    fclose(log);
}

static void report_end(struct weft_display *display)
{
    int status = 0;
    waitpid(display->server, &status, 0);
    display->server = 0;

    if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NOT_FOUND) {
        fputs("weft: --headless needs Xvfb, which is not installed; install it: "
              "sudo apt-get install xvfb\n",
              stderr);
        return;
    }
    char reason[256];
    read_reason(display, reason, sizeof(reason));
    fprintf(stderr, "weft: the virtual display (Xvfb) did not start: %s\n", reason);
}

static int wait_until_ready(struct weft_display *display, struct weft_signals *signals,
                            int number_fd)
{
    int signal = 0;
    switch (read_number(display, signals, number_fd, &signal)) {
    case STARTED:
        return 0;
    case SERVER_ENDED:
        report_end(display);
        return WEFT_EXIT_FAILURE;
    case TIMED_OUT:
        fprintf(stderr, "weft: the virtual display (Xvfb) was not ready after %d seconds\n",
                WEFT_DISPLAY_START_MS / 1000);
        return WEFT_EXIT_FAILURE;
    case TOLD_TO_END:
        return 128 + signal;
    }
    return WEFT_EXIT_FAILURE;
}

int weft_display_open(struct weft_signals *signals, struct weft_display *ret_display)
{
    struct weft_display display = {0};
    weft_autofd int number_fd = -1;

    int r = weft_scratch_open(&display.scratch);
    if (r < 0) {
        fprintf(stderr, "weft: cannot make a folder for the virtual display in %s: %s\n", P_tmpdir,
                strerror(-r));
        return WEFT_EXIT_FAILURE;
    }
    r = start_server(&display, signals, &number_fd);
    if (r < 0)
        fprintf(stderr, "weft: cannot start the virtual display (Xvfb): %s\n", strerror(-r));
    int exit_code = r < 0 ? WEFT_EXIT_FAILURE : wait_until_ready(&display, signals, number_fd);
    if (exit_code) {
        weft_display_close(&display, signals);
        return exit_code;
    }
    *ret_display = display;
    return 0;
}

/* Whether the server has ended within the time-out. */
static bool wait_for_end(pid_t server, struct weft_signals *signals, int timeout_ms)
{
    int64_t deadline = now_ms() + timeout_ms;
    while (waitpid(server, NULL, WNOHANG) == 0) {
        struct signalfd_siginfo ignored;
        int64_t left = deadline - now_ms();
        if (left <= 0 || weft_signals_wait(signals, (int)left, &ignored) < 0)
            return false;
    }
    return true;
}

void weft_display_close(struct weft_display *display, struct weft_signals *signals)
{
    if (display->server > 0) {
        kill(display->server, SIGTERM);
        if (!wait_for_end(display->server, signals, WEFT_DISPLAY_END_MS)) {
            kill(display->server, SIGKILL);
            waitpid(display->server, NULL, 0);
        }
        display->server = 0;
    }
    weft_scratch_close(&display->scratch);
}

void weft_display_enter(const struct weft_display *display)
{
    setenv("DISPLAY", display->name, 1);
    setenv("XAUTHORITY", display->scratch.cookie, 1);
    setenv("GDK_BACKEND", "x11", 1);
    unsetenv("WAYLAND_DISPLAY");
}
