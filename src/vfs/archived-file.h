/* SPDX-License-Identifier: MIT */

/*
 * vfs/archived-file - a GFile for a path into an archive
 *
 * It can be asked about and read; all else is refused by GIO, as for any file that can't do it.
 *
 * Thread: any, as GIO has it for files.
 */
#pragma once

#include <gio/gio.h>

/* In g_io_module_load. */
void weft_archived_file_register(GTypeModule *module);

/* A file for @path, which is absolute and has no `.` and no `..`; or NULL where the path leads into
 * no archive. What the archive keeps beside itself is a file of the file system's own. */
GFile *weft_archived_file_for_path(const char *path);
