/* SPDX-License-Identifier: MIT */

/*
 * worker/module-search - which native module was running, from a stack
 *
 * Looks for addresses of native modules' code among the words of the stack: not each of them is a
 * return address of now, but the innermost one is the best guess that needs neither symbols nor
 * memory. A native module is a .node file, or a library that is not the system's.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Thread: signal-safe, one at a time. Looks at @pc (0 for none), then upwards from @sp. Writes the
 * path with a zero; returns its length, 0 for none. Takes bounded time, and survives any @sp. */
size_t weft_module_search(uintptr_t pc, uintptr_t sp, char *ret_path, size_t capacity);
