/* SPDX-License-Identifier: MIT */

/*
 * launcher/needs - whether this system has the libraries that a native module needs
 */
#pragma once

#include "addon/elf.h"

/* Looks for each library of the module at @path beside it, as its RUNPATH says, and else among the
 * system's, which have to be new enough.
 * Returns 0, or -ENOENT and one clause in @ret_why, such as "it needs libx.so.1, which ...". */
int weft_needs_check(const char *path, char ret_why[WEFT_ELF_WHY_MAX]);
