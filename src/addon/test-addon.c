/* SPDX-License-Identifier: MIT */

/*
 * A native module to be loaded by tests without Node. Its state is a counter; its text and
 * constants have pages that no relocation touches.
 */

#include "addon/test-addon.h"

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* Node-API's, which nobody calls here: a lazily bound import. */
int napi_throw(void *env, void *value);

static int tally;
static int initialised = 40;
static const char constants[3 * 4096] = "constants";

EXPORTED int weft_test_add(void)
{
    return ++tally;
}

EXPORTED int weft_test_add_to_data(void)
{
    return ++initialised;
}

EXPORTED const char *weft_test_constants(void)
{
    return constants;
}

/* Writes into the module's own read-only memory, as those do that patch code. */
EXPORTED int weft_test_write_constants(void)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    char *place = (char *)((uintptr_t)constants / page * page);
    if (mprotect(place, page, PROT_READ | PROT_WRITE) < 0)
        return -1;
    *(char *)constants = 'C';
    return mprotect(place, page, PROT_READ);
}

/* Waits in this module's code until @lock is free. */
static void *wait_cb(void *lock)
{
    pthread_mutex_lock(lock);
    pthread_mutex_unlock(lock);
    return NULL;
}

EXPORTED int weft_test_start_thread(pthread_t *ret_thread, pthread_mutex_t *lock)
{
    return pthread_create(ret_thread, NULL, wait_cb, lock);
}

EXPORTED void *napi_register_module_v1(void *env, void *exports)
{
    napi_throw(env, exports);
    return exports;
}
