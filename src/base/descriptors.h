/* SPDX-License-Identifier: MIT */

/*
 * base/descriptors - several file descriptors at once, and what is left of them
 *
 * Thread: any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Below the process's limit (RLIMIT_NOFILE), so many are left to the libraries: a browser engine or
 * a Node that gets none any more loses messages, or aborts. */
#define WEFT_DESCRIPTORS_RESERVED 32

/* Whether one of these new descriptors (-1 for none) is of those to be left to the libraries; the
 * kernel gives out the lowest that is free. */
bool weft_descriptors_are_scarce(const int *descriptors, size_t count);

/* Closes all but those that are -1. */
void weft_descriptors_close(const int *descriptors, size_t count);
