/* SPDX-License-Identifier: MIT */

/*
 * node/handoff - passes a channel's descriptors from the supervisor's thread to a worker's
 *
 * JavaScript carries only a key between the threads; a key can be used once.
 *
 * Thread: any.
 */
#pragma once

#include "channel/link.h"

#include <stdint.h>

/* Keeps @descriptors (taken, also on failure) until they are taken out. Returns 0 or -ENOMEM. */
int weft_handoff_put(const int descriptors[WEFT_LINK_DESCRIPTORS], uint32_t *ret_key);

/* Takes them out; the caller closes them. Returns 0, or -ENOENT for an unknown or used key. */
int weft_handoff_take(uint32_t key, int ret_descriptors[WEFT_LINK_DESCRIPTORS]);

/* Closes those of a key that nobody will take. An unknown key does nothing. */
void weft_handoff_discard(uint32_t key);
