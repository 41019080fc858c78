/* SPDX-License-Identifier: MIT */

/*
 * addon/reshare - gives a loaded copy its original's pages back
 *
 * An instance needs data of its own, not code. Once it is loaded, the original file is mapped over
 * all that is the same in it, so that all instances have one text in memory, profilers find the
 * file they know, and the copy's memory is given back.
 *
 * The trap: a page of the file may lie in two segments, read-only in one and writable in the other
 * (lld links so). So first everything is mapped, and then only those pages of the copy are given
 * back that none of its mappings reads.
 *
 * Thread: any.
 */
#pragma once

#include <link.h>

#include "addon/copy.h"

/* @map is what the loader made of @copy, whose elf view is used up by this: its bytes are gone
 * afterwards. Where something does not work, an instance has more memory of its own, and that is
 * all. */
void weft_reshare(struct weft_copy *copy, const struct link_map *map);
