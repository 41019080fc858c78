/* SPDX-License-Identifier: MIT */

/*
 * addon/spelling - names that nothing else in this process has had
 *
 * The trap: before the loader opens a file it compares the path, byte for byte, with the names of
 * all that is loaded. A private copy is opened as /proc/self/fd/22, and descriptors are used again:
 * the next module to get 22 would silently be the first one. But "/", "//" and "/./" lead to the
 * same place, so a number can be written into a path: a bit of it is "/." or "/".
 *
 * Numbers are counted in this library's memory, which therefore must be in a process once and stay
 * (addon/binding.h).
 *
 * Thread: any.
 */
#pragma once

#include <stdint.h>

/* A number that no other call gets; the first is 1. */
uint64_t weft_spelling_serial(void);

/* Another spelling of @folder "/" @name, which no other call returns. @folder is absolute.
 * Returns NULL when there is no memory; else the caller frees it. */
char *weft_spelling_make(const char *folder, const char *name);

/* The same of the absolute path of a file. */
char *weft_spelling_of_file(const char *path);
