/* SPDX-License-Identifier: MIT */

/* launcher/asar-options - the command line of `weft asar` as a struct */
#pragma once

#include <stdbool.h>

enum weft_asar_command {
    WEFT_ASAR_HELP, /* has been shown, or the version */
    WEFT_ASAR_PACK,
    WEFT_ASAR_LIST,
    WEFT_ASAR_EXTRACT,
    WEFT_ASAR_EXTRACT_FILE,
    WEFT_ASAR_STAT,
    WEFT_ASAR_VERIFY,
};

struct weft_asar_options {
    enum weft_asar_command command;
    const char *first, *second; /* the command's own arguments */
    const char *ordering, *unpack, *unpack_dir;
    bool exclude_hidden;
    bool is_pack;
};

/* Returns 0, or the exit code after one line on stderr that says what is wrong. */
int weft_asar_options_parse(char **arguments, struct weft_asar_options *ret_options);
