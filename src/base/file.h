/* SPDX-License-Identifier: MIT */

/*
 * base/file - bytes at a place of a file
 *
 * Nothing is mapped: a file that shrinks meanwhile is short, and raises no SIGBUS.
 *
 * Thread: any.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Reads up to @size bytes at @offset; returns how many the file has of them, or negative errno. */
ssize_t weft_file_read_up_to(int fd, void *buffer, size_t size, uint64_t offset);

/* Reads @size bytes at @offset. Returns 0, -EIO when the file ends before, or negative errno. */
int weft_file_read_all(int fd, void *buffer, size_t size, uint64_t offset);

/* Writes @size bytes at @offset. Returns 0 or negative errno. */
int weft_file_write_all(int fd, const void *bytes, size_t size, uint64_t offset);
