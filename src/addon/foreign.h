/* SPDX-License-Identifier: MIT */

/*
 * addon/foreign - names a file that is no shared object for this machine, by its first bytes
 *
 * Thread: any.
 */
#pragma once

#include <stddef.h>

#include "addon/elf.h"

/* Looks at the first bytes of a file with @size bytes, all of which are there.
 * Returns 0 for an ELF shared object of 64-bit x86 Linux, else an error and one clause in @ret_why,
 * as weft_elf_open. */
int weft_foreign_check(const void *bytes, size_t size, char ret_why[WEFT_ELF_WHY_MAX]);
