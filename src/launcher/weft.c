/* SPDX-License-Identifier: MIT */

/*
 * The `weft` command: reads the options, finds Weft's files and Node.js, and starts the app.
 *
 * One thread. No GTK, no WebKit: they are loaded by the main process, and by `--version` and
 * `doctor` to ask them what they are.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "launcher/asar.h"
#include "launcher/doctor.h"
#include "launcher/install.h"
#include "launcher/modules.h"
#include "launcher/options.h"
#include "launcher/run.h"

/* A program that is started with a standard descriptor closed would get its first file there. */
static void open_standard_fds(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            open("/dev/null", fd == 0 ? O_RDONLY : O_WRONLY); /* the lowest free number: fd */
}

static int run(const struct weft_options *options)
{
    struct weft_install install;

    int exit_code = weft_install_find_root(&install);
    if (exit_code == 0)
        exit_code = weft_install_find_node(&install);
    if (exit_code)
        return exit_code;
    return weft_run(options, &install);
}

int main(int argc, char **argv)
{
    struct weft_options options;

    open_standard_fds();
    int exit_code = weft_options_parse(argc, argv, &options);
    if (exit_code)
        return exit_code;

    switch (options.command) {
    case WEFT_COMMAND_HELP:
        weft_options_help(stdout);
        return 0;
    case WEFT_COMMAND_VERSION:
        return weft_doctor_versions();
    case WEFT_COMMAND_DOCTOR:
        return options.modules ? weft_modules(options.modules) : weft_doctor();
    case WEFT_COMMAND_ASAR:
        return weft_asar(options.app + 1);
    case WEFT_COMMAND_RUN:
        return run(&options);
    }
    return WEFT_EXIT_USAGE;
}
