/* SPDX-License-Identifier: MIT */

/*
 * vfs/empty-file - what a file without a byte is
 *
 * By its name, as in Chromium: an empty module is JavaScript, an empty page is HTML. GIO calls all
 * of them text, or of no size, which WebKit cannot show.
 *
 * Thread: any.
 */
#pragma once

#include <gio/gio.h>

/* The content type of an empty file at @path; to be freed. */
char *weft_empty_file_type(const char *path);

/* Gives all plain files such types: GFiles of @local, the file system's own GVfs. Once. */
void weft_empty_file_adjust(GVfs *local);
