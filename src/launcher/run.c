/* SPDX-License-Identifier: MIT */

#include "launcher/run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "launcher/display.h"
#include "launcher/signals.h"

/* Read and removed by lib/main/init.js, so that they do not reach the app. */
static void set_main_options(const struct weft_options *options)
{
    const struct {
        const char *name;
        bool on;
    } variables[] = {
        {"WEFT_HEADLESS", options->headless},
        {"WEFT_ENABLE_LOGGING", options->enable_logging},
        {"WEFT_NO_SANDBOX", options->no_sandbox},
        {"WEFT_ENABLE_SANDBOX", options->enable_sandbox},
        {"WEFT_NO_ASAR_INTEGRITY", options->no_asar_integrity},
    };
    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
        if (variables[i].on)
            setenv(variables[i].name, "1", 1);
        else
            unsetenv(variables[i].name);
    }
}

static size_t count(char **list)
{
    size_t n = 0;
    while (list[n])
        n++;
    return n;
}

/* Becomes Node.js: node [--inspect=...] init.js app [arguments]. Returns only on failure. */
static int exec_node(const struct weft_options *options, const struct weft_install *install)
{
    char init[PATH_MAX], inspect[64];
    weft_autofree char **argv = calloc(count(options->app) + 4, sizeof(*argv));
    if (!argv || !weft_install_path(install, "lib/main/init.js", init)) {
        fputs("weft: out of memory, or Weft's folder has too long a name\n", stderr);
        return WEFT_EXIT_FAILURE;
    }

    size_t n = 0;
    argv[n++] = (char *)install->node;
    if (options->inspect) {
        snprintf(inspect, sizeof(inspect), "%s=127.0.0.1:%d", options->inspect,
                 options->inspect_port);
        argv[n++] = inspect;
    }
    argv[n++] = init;
    memcpy(argv + n, options->app, count(options->app) * sizeof(*argv));

    execv(install->node, argv);
    fprintf(stderr, "weft: cannot run Node.js (%s): %s\n", install->node, strerror(errno));
    return WEFT_EXIT_FAILURE;
}

/* The child: the app ends with the launcher, even when that is killed. */
static _Noreturn void exec_app(const struct weft_options *options,
                               const struct weft_install *install,
                               const struct weft_signals *signals, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(WEFT_EXIT_FAILURE);
    weft_signals_restore(signals);
    _exit(exec_node(options, install));
}

/* Whether the app has ended; its exit code, as a shell would give it. */
static bool has_ended(pid_t app, int *ret_exit_code)
{
    int status;
    if (waitpid(app, &status, WNOHANG) != app)
        return false;
    *ret_exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return true;
}

/* Passes requests to end on to the app until it has ended; returns its exit code. */
static int wait_for_app(pid_t app, struct weft_signals *signals)
{
    int exit_code;
    while (!has_ended(app, &exit_code)) {
        struct signalfd_siginfo signal;
        if (weft_signals_wait(signals, -1, &signal) != 0 || signal.ssi_signo == SIGCHLD)
            continue;
        /* Ctrl-C and a closed terminal reach the app without us: the kernel tells the group. */
        if (signal.ssi_code != SI_KERNEL)
            kill(app, (int)signal.ssi_signo);
    }
    return exit_code;
}

static int run_app(const struct weft_options *options, const struct weft_install *install,
                   struct weft_signals *signals)
{
    pid_t parent = getpid();
    pid_t app = fork();
    if (app < 0) {
        fprintf(stderr, "weft: cannot start a process for the app: %s\n", strerror(errno));
        return WEFT_EXIT_FAILURE;
    }
    if (app == 0)
        exec_app(options, install, signals, parent);
    return wait_for_app(app, signals);
}

static int run_headless(const struct weft_options *options, const struct weft_install *install)
{
    struct weft_signals signals;
    int r = weft_signals_open(&signals);
    if (r < 0) {
        fprintf(stderr, "weft: cannot watch for signals: %s\n", strerror(-r));
        return WEFT_EXIT_FAILURE;
    }

    struct weft_display display;
    int exit_code = weft_display_open(&signals, &display);
    if (exit_code == 0) {
        weft_display_enter(&display);
        exit_code = run_app(options, install, &signals);
        weft_display_close(&display, &signals);
    }
    weft_signals_close(&signals);
    return exit_code;
}

int weft_run(const struct weft_options *options, const struct weft_install *install)
{
    set_main_options(options);
    if (options->headless)
        return run_headless(options, install);
    return exec_node(options, install);
}
