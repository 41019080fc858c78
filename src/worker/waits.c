/* SPDX-License-Identifier: MIT */

#include "worker/waits.h"

#include "channel/shared.h"
#include "node/napi.h"
#include "node/shared-buffer.h"

#include <errno.h>
#include <stdlib.h>

/* While V8 has the waiter in its list, nothing else may be mapped there. */
struct weft_wait {
    struct weft_wait *next;
    uint32_t id;
    struct weft_shared *shared;
};

static bool is_inside(const struct weft_shared *shared, uint64_t offset, uint64_t size)
{
    return shared->size >= size && offset <= shared->size - size;
}

/* Calls a function that gives back a number. */
static bool call(napi_env env, napi_value function, size_t count, const napi_value *arguments,
                 uint32_t *ret_number)
{
    napi_value global, result;
    if (napi_get_global(env, &global) == napi_ok &&
        napi_call_function(env, global, function, count, arguments, &result) == napi_ok &&
        napi_get_value_uint32(env, result, ret_number) == napi_ok)
        return true;
    napi_value exception;
    napi_get_and_clear_last_exception(env, &exception);
    return false;
}

int weft_waits_notify(napi_env env, napi_value notify, const struct weft_control_packet *packet,
                      int fd, uint32_t *ret_woken)
{
    uint64_t offset = packet->notify.offset;
    struct weft_shared *shared = weft_shared_find(fd);
    *ret_woken = 0;
    if (!shared)
        return 0; /* no thread of this host has it */
    int r = 0;
    napi_value arguments[2];
    if (!is_inside(shared, offset, sizeof(int32_t)))
        r = -EBADMSG;
    /* V8 knows the place by its address alone, whatever buffer it is asked with. */
    else if (weft_shared_buffer_borrow(env, (char *)shared->memory + offset, sizeof(int32_t),
                                       &arguments[0]) == napi_ok &&
             napi_create_uint32(env, packet->notify.count, &arguments[1]) == napi_ok)
        call(env, notify, 2, arguments, ret_woken);
    weft_shared_unref(shared);
    return r;
}

static struct weft_wait *add(struct weft_waits *waits, uint32_t id, struct weft_shared *shared)
{
    struct weft_wait *wait = malloc(sizeof(*wait));
    if (!wait)
        return NULL;
    *wait = (struct weft_wait){.id = id, .shared = shared};
    if (waits->last)
        waits->last->next = wait;
    else
        waits->first = wait;
    waits->last = wait;
    waits->count++;
    return wait;
}

void weft_waits_remove(struct weft_waits *waits, uint32_t id)
{
    struct weft_wait *before = NULL, *wait = waits->first;
    while (wait && wait->id != id) {
        before = wait;
        wait = wait->next;
    }
    if (!wait)
        return;
    if (before)
        before->next = wait->next;
    else
        waits->first = wait->next;
    if (waits->last == wait)
        waits->last = before;
    waits->count--;
    weft_shared_unref(wait->shared);
    free(wait);
}

static uint32_t call_wait(napi_env env, napi_value function, napi_value page,
                          const struct weft_control_packet *packet, struct weft_shared *shared)
{
    const struct weft_control_wait *wait = &packet->wait;
    napi_value arguments[6] = {page};
    uint32_t result;
    if (napi_create_uint32(env, packet->id, &arguments[1]) == napi_ok &&
        weft_shared_buffer_borrow(env, (char *)shared->memory + wait->offset, wait->size,
                                  &arguments[2]) == napi_ok &&
        napi_create_bigint_int64(env, wait->value, &arguments[3]) == napi_ok &&
        napi_create_double(env, wait->timeout_ms, &arguments[4]) == napi_ok &&
        napi_get_boolean(env, wait->anyway != 0, &arguments[5]) == napi_ok &&
        call(env, function, 6, arguments, &result))
        return result;
    return WEFT_CONTROL_WAIT_REFUSED;
}

int weft_waits_add(struct weft_waits *waits, napi_env env, napi_value wait, napi_value page,
                   const struct weft_control_packet *packet, int fd, uint32_t *ret_result)
{
    /* Its threads may have let go of it: one may get it again and wake the page. */
    struct weft_shared *shared;
    int r = weft_shared_open(fd, packet->wait.memory, &shared);
    if (r == -EBADMSG)
        return r;
    if (r < 0) {
        *ret_result = WEFT_CONTROL_WAIT_REFUSED;
        return 0;
    }
    if (!is_inside(shared, packet->wait.offset, packet->wait.size)) {
        weft_shared_unref(shared);
        return -EBADMSG;
    }
    if (waits->count >= WEFT_CONTROL_WAITS_MAX || !add(waits, packet->id, shared)) {
        weft_shared_unref(shared);
        *ret_result = WEFT_CONTROL_WAIT_REFUSED;
        return 0;
    }
    *ret_result = call_wait(env, wait, page, packet, shared);
    if (*ret_result != WEFT_CONTROL_WAIT_OK)
        weft_waits_remove(waits, packet->id);
    return 0;
}
