/* SPDX-License-Identifier: MIT */

/*
 * addon/instance - private instances of native modules: one for each thread that loads one
 *
 * An instance has its own data and its own static constructors, so what is not made for threads
 * does not see any. Node's own process.dlopen must do the load, for it waits for a module's
 * registration; so there are three steps:
 *
 *   prepare   copies the file and names a path that leads to it
 *   (Node)    loads that path
 *   settle    looks whether it could, and gives memory back
 *
 * Node unloads a module while its worker ends. That is too early for modules that have started
 * threads, or that the system calls when a thread ends. So an instance holds a reference of its
 * own; weft_instance_reap drops it once the thread has gone and nobody runs its code. What can't be
 * unloaded waits for the next worker that wants this file: what a module keeps between two workers
 * in a row it also keeps in Node.
 *
 * The trap in that: modules that use V8 itself may have static handles, whose destructors need
 * their isolate. Those Node unloads, when it always does.
 *
 * Thread: any. There is one registry a process.
 */
#pragma once

#include <link.h>
#include <stdbool.h>
#include <stdint.h>

#include "addon/inspect.h"

enum {
    /* The file system is mounted noexec; Node's own load will say so. */
    WEFT_INSTANCE_NO_EXEC = 1,
    /* There can't be a private instance, for the reason in @ret_why. */
    WEFT_INSTANCE_IMPOSSIBLE,
};

struct weft_instance_load {
    uint32_t token;   /* names it in the calls below */
    const char *path; /* for Node's process.dlopen; stays until the instance goes */
    bool is_reused;   /* another worker had it before */
};

/* Prepares an instance of the file @path, which is absolute, for the calling thread. @is_deep
 * copies the libraries beside it, too. Returns 0, one of the above, or negative errno with a clause
 * in @ret_why. */
int weft_instance_prepare(const char *path, unsigned node_abi, bool is_deep,
                          struct weft_instance_load *ret_load, char ret_why[WEFT_ELF_WHY_MAX]);

/* Node's load is over. Returns the loader's object, which may be there although Node gave an error,
 * for the module's init may have thrown; or NULL: then the instance is gone. @ret_wants_throws says
 * that its imports of napi_throw are still Node's own (addon/throw-shim.h). */
struct link_map *weft_instance_settle(uint32_t token, bool *ret_wants_throws);

/* Its worker's environment is over: nothing calls the module from JavaScript any more. */
void weft_instance_environment_gone(uint32_t token);

struct weft_instance_counts {
    uint32_t live;     /* of threads that have not ended */
    uint32_t pooled;   /* can't be unloaded, and wait for the next worker */
    uint32_t stuck;    /* can't be unloaded, and can't be used again */
    uint32_t waiting;  /* to be unloaded, as soon as it is certain that nobody runs them */
    uint32_t unloaded; /* since the process began */
    bool may_change;   /* some of those that are kept could be unloaded at a later time */
};

/* Unloads what is over. */
void weft_instance_reap(struct weft_instance_counts *ret_counts);
