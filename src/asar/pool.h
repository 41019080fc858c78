/* SPDX-License-Identifier: MIT */

/*
 * asar/pool - the same work for many files, on as many cores as there are
 *
 * Ctrl-C: who calls may block SIGINT, SIGTERM and SIGHUP before (in the thread that calls; those of
 * a pool inherit it). What takes long then looks whether one is pending, and gives up with -EINTR,
 * so that it can remove what it has begun; the signal is delivered when it is unblocked. Nobody
 * needs a handler.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How far it is, on the calling thread; the unit is the caller's. */
struct weft_asar_progress {
    void (*tell_cb)(void *data, uint64_t done, uint64_t total);
    void *data;
    uint64_t total;
};

struct weft_asar_work {
    size_t count;
    /* Does number @task; thread: any, several at a time. Adds to @done what is done. A negative
     * errno ends the whole. */
    int (*do_cb)(void *context, size_t task, uint64_t *done);
    void *context;
    struct weft_asar_progress *progress; /* or NULL */
    /* For who has handlers of its own: the threads take no signals, and none is looked for. */
    bool ignores_signals;
    /* Its tasks wait for the disk often: twice as many threads as cores. */
    bool waits;
};

/* Cores that this process may use, up to a limit. */
size_t weft_asar_pool_cores(void);

/* Returns 0, or the error of the task that failed first; its number is in @ret_task, which may be
 * NULL. */
int weft_asar_pool_run(const struct weft_asar_work *work, size_t *ret_task);

/* Thread: any. Whether one of the signals above is pending. */
bool weft_asar_is_interrupted(void);
