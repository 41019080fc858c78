/* SPDX-License-Identifier: MIT */

/*
 * launcher/options - the command line of `weft` as a struct
 *
 * Weft's own options stand before the app; everything from the app on is the app's.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

/* What `weft` exits with when it fails by itself; otherwise its exit code is the app's. */
enum {
    WEFT_EXIT_FAILURE = 1, /* this machine or installation cannot run the app */
    WEFT_EXIT_USAGE = 2,   /* the command line makes no sense */
};

enum weft_command {
    WEFT_COMMAND_RUN,
    WEFT_COMMAND_HELP,
    WEFT_COMMAND_VERSION,
    WEFT_COMMAND_DOCTOR,
    WEFT_COMMAND_ASAR,
};

struct weft_options {
    enum weft_command command;
    bool headless;
    bool enable_logging;
    bool no_sandbox;
    bool enable_sandbox;
    bool no_asar_integrity;
    const char *inspect; /* Node's own option without its value, or NULL */
    int inspect_port;
    const char *modules; /* what `weft doctor --modules` is to look at, or NULL; borrows argv */
    char **app;          /* the app's path and its arguments, NULL-terminated; borrows argv */
};

/* Returns 0, or the exit code after one line on stderr that says what is wrong. */
int weft_options_parse(int argc, char **argv, struct weft_options *ret_options);

/* Writes the whole of `weft --help`. */
void weft_options_help(FILE *out);
