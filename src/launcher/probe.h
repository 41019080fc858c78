/* SPDX-License-Identifier: MIT */

/*
 * launcher/probe - asks programs, libraries and sockets whether they are there
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Runs @argv and keeps the first line that it writes to stdout or stderr, in at most @size bytes.
 * Returns its exit code (128 + n for signal n, 127 when there is no such program), or negative
 * errno; -ETIMEDOUT after a few seconds. */
int weft_probe_command(char *const argv[], char *ret_line, size_t size);

/* Versions of the shared libraries, as "2.50.6". False when they cannot be loaded, with the
 * loader's reason in @ret_text instead. */
bool weft_probe_webkit(char *ret_text, size_t size);
bool weft_probe_gtk(char *ret_text, size_t size);

/* Whether something listens on the AF_UNIX socket @path. */
bool weft_probe_socket(const char *path);

/* Whether a program of that name is on the PATH. */
bool weft_probe_program(const char *name);
