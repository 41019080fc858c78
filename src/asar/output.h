/* SPDX-License-Identifier: MIT */

/*
 * asar/output - files that appear when they are complete
 *
 * Ownership: what is made is removed by the deinit unless it has been published.
 *
 * All calls return 0, -EINTR, or another negative errno and a sentence in @why. Thread: any; one at
 * a time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#define WEFT_OUTPUT_QUEUE_MAX 512

struct weft_output {
    int fd;
    char *path; /* its name to be, or that which it has where there is no other */
    char *temporary;
    uint64_t offset;
    size_t queued; /* bytes */
    int queue_count;
    struct iovec queue[WEFT_OUTPUT_QUEUE_MAX];
};

/* Begins a file that will replace @path, and keeps its mode; folders on the way are made. */
int weft_output_create(struct weft_output *output, const char *path, char *why);

void weft_output_deinit(struct weft_output *output);

/* The bytes must stay until the next flush, copy or publish. */
int weft_output_write(struct weft_output *output, const void *bytes, size_t size, char *why);

/* Copies the first @size bytes of @fd; holes stay holes. -ESTALE, without a sentence, when there
 * are fewer. */
int weft_output_copy(struct weft_output *output, int fd, uint64_t size, char *why);

int weft_output_flush(struct weft_output *output, char *why);

/* Gives the file its name. Once it is flushed, no signal is in the way. */
int weft_output_publish(struct weft_output *output, char *why);

/* What lies beside an archive, in a folder that is filled under another name. */
struct weft_beside {
    char *folder; /* its name to be */
    char *stage;  /* NULL until it is made */
    char **paths; /* of what is in it, in order */
    size_t count, capacity;
};

void weft_beside_init(struct weft_beside *beside, const char *archive);
void weft_beside_deinit(struct weft_beside *beside);

/* Begins a file there; it needs no publishing of its own. */
int weft_beside_begin_file(struct weft_beside *beside, const char *path, uint32_t mode,
                           struct weft_output *ret_file, char *why);

int weft_beside_link(struct weft_beside *beside, const char *path, const char *text, char *why);

/* Moves all to its place. What is there already and has no such name stays. */
int weft_beside_publish(struct weft_beside *beside, char *why);

/* Makes the folders that @path lies in. */
int weft_output_make_folders(const char *path, char *why);

/* A name beside @path that nothing has. To be freed; NULL without memory. */
char *weft_output_temporary_name(const char *path);

/* Removes a folder with all that is in it, as far as that can be done. */
void weft_output_remove_tree(const char *path);
