/* SPDX-License-Identifier: MIT */

/*
 * vfs/archived-stream - reads a file of an archive
 *
 * Thread: one at a time, as GIO has it for streams.
 */
#pragma once

#include <gio/gio.h>

#include "asar/archive.h"

/* In g_io_module_load. */
void weft_archived_stream_register(GTypeModule *module);

/* A stream over @file, a packed one of @archive; both live as long as the process. @name is for
 * messages. NULL and @error where the file's start is damaged. */
GFileInputStream *weft_archived_stream_open(struct weft_archive *archive,
                                            const struct weft_asar_entry *file, const char *name,
                                            GError **error);
