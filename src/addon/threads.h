/* SPDX-License-Identifier: MIT */

/*
 * addon/threads - who may still run code that is to be unloaded
 *
 * The trap: modules start threads that outlive the worker, and let the system call them (signal
 * handlers, destructors of thread-specific data). Unmapping their code kills the process. There is
 * no list of who would run what; but a thread that will return into a piece of code has an address
 * within it on its stack.
 *
 * Threads of JavaScript are not looked at: each runs only what it has loaded itself.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Addresses from @start up to, and without, @end. */
struct weft_range {
    uintptr_t start;
    uintptr_t end;
};

/* A thread, by its id and the time when it started: ids are used again. */
struct weft_thread {
    pid_t id;
    uint64_t started;
};

/* Thread: any. The calling one. */
struct weft_thread weft_threads_self(void);

/* Thread: any. Whether it will not run again. */
bool weft_threads_has_ended(const struct weft_thread *thread);

/* The calling thread is one of JavaScript's from here on; and until here. */
void weft_threads_enter(void);
void weft_threads_leave(void);

/* Thread: any. For each range, whether another thread or a signal handler is in it. Nobody can tell
 * of a thread that is running just now; returns false when there is such a one. */
bool weft_threads_look(const struct weft_range *ranges, size_t count, bool *ret_inside);
