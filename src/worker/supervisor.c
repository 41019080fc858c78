/* SPDX-License-Identifier: MIT */

/*
 * Runs in the main thread of the worker host, which runs no code of the app's and so always
 * answers. In: the leash, over which the main process hands in page sockets; on each of them,
 * packets of the untrusted page (channel/control.h). Out: calls of JavaScript, and `exited` packets
 * to the pages.
 *
 * The leash and the pages live as long as the process does; a page's memory is freed when its
 * socket has closed and libuv has let go of it.
 */

#include "worker/supervisor.h"

#include "base/cleanup.h"
#include "base/descriptors.h"
#include "base/socket.h"
#include "channel/control.h"
#include "channel/leash.h"
#include "channel/link.h"
#include "node/handoff.h"
#include "node/napi.h"
#include "worker/last-words.h"
#include "worker/leash.h"
#include "worker/waits.h"

#include <errno.h>
#include <string.h>
#include <uv.h>

/* Packets that one page may have handled before other handles get their turn. */
#define PACKETS_PER_TURN 64
/* Why a worker does not start. */
#define NO_DESCRIPTORS                                                                             \
    "The worker could not start: its process has no file descriptors left (ulimit -n)"

/* A packet to a page whose socket was full. */
struct waiting {
    struct waiting *next;
    size_t size;
    uint8_t bytes[];
};

struct page {
    uv_poll_t poll;
    int fd;
    napi_ref object;
    struct waiting *waiting;
    struct weft_waits waits;
    bool closed;
};

static struct {
    napi_env env;
    uv_loop_t *loop;
    napi_ref spawn;
    napi_ref terminate;
    napi_ref disconnected;
    napi_ref ended;
    napi_ref notify;
    napi_ref wait;
} host;

static const napi_type_tag page_tag = {0x41d0c9a2be7f4e63, 0xa6725b1d8830ef19};

static void call(napi_ref callback, size_t count, const napi_value *arguments)
{
    napi_value function;
    if (napi_get_reference_value(host.env, callback, &function) == napi_ok)
        weft_napi_call(host.env, function, count, arguments);
}

/* ---- pages ---- */

static void page_closed_cb(uv_handle_t *handle)
{
    struct page *page = handle->data;
    weft_last_words_remove(page->fd);
    close(page->fd);
    page->fd = -1;
    while (page->waiting) {
        struct waiting *next = page->waiting->next;
        free(page->waiting);
        page->waiting = next;
    }
}

/* The page's JavaScript object has been collected, so nobody calls `exited` any more. */
static void page_finalize_cb(napi_env env, void *data, void *hint)
{
    (void)env, (void)hint;
    free(data);
}

static void disconnect(struct page *page)
{
    if (page->closed)
        return;
    page->closed = true;
    uv_poll_stop(&page->poll);
    uv_close((uv_handle_t *)&page->poll, page_closed_cb);
    napi_value object;
    if (napi_get_reference_value(host.env, page->object, &object) == napi_ok)
        call(host.disconnected, 1, &object);
}

static void send_packet(struct page *page, const uint8_t *bytes, size_t size);

static void send_exited(struct page *page, uint32_t id, int32_t code, const char *why,
                        size_t why_size)
{
    static uint8_t packet[WEFT_CONTROL_PACKET_MAX]; /* the supervisor is one thread */
    size_t size = weft_control_write(WEFT_CONTROL_EXITED, id, code, why, why_size, packet);
    send_packet(page, packet, size);
}

static void handle_spawn(struct page *page, const struct weft_control_packet *packet,
                         const int *fds)
{
    uint32_t key;
    napi_value arguments[4];
    if (weft_descriptors_are_scarce(fds, WEFT_LINK_DESCRIPTORS)) {
        weft_descriptors_close(fds, WEFT_LINK_DESCRIPTORS);
        send_exited(page, packet->id, 1, NO_DESCRIPTORS, strlen(NO_DESCRIPTORS));
        return;
    }
    if (weft_handoff_put(fds, &key) < 0) {
        disconnect(page);
        return;
    }
    if (napi_get_reference_value(host.env, page->object, &arguments[0]) == napi_ok &&
        napi_create_uint32(host.env, packet->id, &arguments[1]) == napi_ok &&
        napi_create_string_utf8(host.env, packet->text, packet->text_size, &arguments[2]) ==
            napi_ok &&
        napi_create_uint32(host.env, key, &arguments[3]) == napi_ok)
        call(host.spawn, 4, arguments);
}

static void handle_terminate(struct page *page, const struct weft_control_packet *packet)
{
    napi_value arguments[2];
    if (napi_get_reference_value(host.env, page->object, &arguments[0]) == napi_ok &&
        napi_create_uint32(host.env, packet->id, &arguments[1]) == napi_ok)
        call(host.terminate, 2, arguments);
}

static void send_result(struct page *page, enum weft_control_type type, uint32_t id,
                        uint32_t result)
{
    uint8_t packet[sizeof(struct weft_control_header) + sizeof(result)];
    size_t size = weft_control_write(type, id, 0, (const char *)&result, sizeof(result), packet);
    send_packet(page, packet, size);
}

/* Atomics.notify and Atomics.waitAsync on the memory of @fd (taken). */
static void handle_atomics(struct page *page, const struct weft_control_packet *packet, int fd)
{
    bool is_wait = packet->type == WEFT_CONTROL_WAIT;
    weft_autofd int taken = fd;
    napi_value function, object;
    uint32_t result;
    if (napi_get_reference_value(host.env, is_wait ? host.wait : host.notify, &function) !=
            napi_ok ||
        napi_get_reference_value(host.env, page->object, &object) != napi_ok)
        return;
    int r = is_wait ? weft_waits_add(&page->waits, host.env, function, object, packet,
                                     weft_steal_fd(&taken), &result)
                    : weft_waits_notify(host.env, function, packet, taken, &result);
    if (r < 0)
        disconnect(page);
    else
        send_result(page, WEFT_CONTROL_ANSWER, packet->id, result);
}

static void handle_packet(struct page *page, const struct weft_control_packet *packet,
                          const int *fds)
{
    switch (packet->type) {
    case WEFT_CONTROL_SPAWN:
        handle_spawn(page, packet, fds);
        break;
    case WEFT_CONTROL_TERMINATE:
        handle_terminate(page, packet);
        break;
    case WEFT_CONTROL_NOTIFY:
    case WEFT_CONTROL_WAIT:
        handle_atomics(page, packet, fds[0]);
        break;
    default: /* what only the supervisor says */
        disconnect(page);
    }
}

/* Handles one packet. Returns false when there is no more, or the page is over. */
static bool receive_packet(struct page *page)
{
    static uint8_t bytes[WEFT_CONTROL_PACKET_MAX]; /* the supervisor is one thread */
    int fds[WEFT_SOCKET_MAX_FDS];
    size_t size, fd_count;
    int r = weft_socket_receive(page->fd, bytes, sizeof(bytes), &size, fds, &fd_count);
    if (r == WEFT_SOCKET_AGAIN)
        return false;
    if (r != 0) {
        disconnect(page);
        return false;
    }

    struct weft_control_packet packet;
    if (weft_control_parse(bytes, size, fd_count, &packet) < 0) {
        weft_descriptors_close(fds, fd_count);
        disconnect(page);
        return false;
    }
    handle_packet(page, &packet, fds);
    return !page->closed;
}

/* Sends what waits. Returns whether something still does. */
static bool send_waiting(struct page *page)
{
    while (page->waiting) {
        struct waiting *first = page->waiting;
        int r = weft_socket_send(page->fd, first->bytes, first->size, NULL, 0);
        if (r == WEFT_SOCKET_AGAIN)
            return true;
        /* Of a page that has gone, the reading side tells. */
        page->waiting = first->next;
        free(first);
    }
    return false;
}

static void page_poll_cb(uv_poll_t *poll, int status, int events)
{
    struct page *page = poll->data;
    napi_handle_scope scope;
    if (napi_open_handle_scope(host.env, &scope) != napi_ok)
        return;
    if (status < 0)
        disconnect(page);
    if (!page->closed && (events & UV_WRITABLE) && !send_waiting(page))
        uv_poll_start(&page->poll, UV_READABLE, page_poll_cb);
    /* Who does not read its answers is not asked for more. */
    for (int i = 0; i < PACKETS_PER_TURN && !page->closed && !page->waiting; i++)
        if (!receive_packet(page))
            break;
    napi_close_handle_scope(host.env, scope);
}

static void send_packet(struct page *page, const uint8_t *bytes, size_t size)
{
    if (!page->waiting && weft_socket_send(page->fd, bytes, size, NULL, 0) != WEFT_SOCKET_AGAIN)
        return;
    struct waiting *waiting = malloc(sizeof(*waiting) + size);
    if (!waiting)
        return;
    waiting->next = NULL;
    waiting->size = size;
    memcpy(waiting->bytes, bytes, size);
    struct waiting **last = &page->waiting;
    while (*last)
        last = &(*last)->next;
    *last = waiting;
    uv_poll_start(&page->poll, UV_WRITABLE, page_poll_cb);
}

/* page.woken(id, result): a wait of Atomics.waitAsync has ended. */
static napi_value js_woken(napi_env env, napi_callback_info info)
{
    napi_value arguments[2];
    void *native;
    uint32_t id, result;
    if (!weft_napi_arguments(env, info, &page_tag, 2, arguments, &native))
        return NULL;
    struct page *page = native;
    NAPI_TRY(env, napi_get_value_uint32(env, arguments[0], &id));
    NAPI_TRY(env, napi_get_value_uint32(env, arguments[1], &result));
    weft_waits_remove(&page->waits, id);
    if (!page->closed)
        send_result(page, WEFT_CONTROL_WOKEN, id, result);
    return NULL;
}

/* page.exited(id, code, why) */
static napi_value js_exited(napi_env env, napi_callback_info info)
{
    napi_value arguments[3];
    void *native;
    if (!weft_napi_arguments(env, info, &page_tag, 3, arguments, &native))
        return NULL;
    struct page *page = native;
    uint32_t id;
    int32_t code;
    static char why[WEFT_CONTROL_PACKET_MAX / 2];
    size_t why_size;
    NAPI_TRY(env, napi_get_value_uint32(env, arguments[0], &id));
    NAPI_TRY(env, napi_get_value_int32(env, arguments[1], &code));
    NAPI_TRY(env, napi_get_value_string_utf8(env, arguments[2], why, sizeof(why), &why_size));
    if (page->closed)
        return NULL;

    send_exited(page, id, code, why, why_size);
    return NULL;
}

/* A page's JavaScript object; it owns @page, but for the libuv handle. */
static napi_status make_page_object(struct page *page, uint32_t number)
{
    napi_env env = host.env;
    napi_value object, value;
    napi_status status = napi_create_object(env, &object);
    if (status == napi_ok)
        status = napi_type_tag_object(env, object, &page_tag);
    if (status == napi_ok)
        status = napi_wrap(env, object, page, page_finalize_cb, NULL, NULL);
    if (status == napi_ok)
        status = napi_create_uint32(env, number, &value);
    if (status == napi_ok)
        status = napi_set_named_property(env, object, "number", value);
    /* Strong for good: pages are few, and a host ends with its window. */
    if (status == napi_ok)
        status = napi_create_reference(env, object, 1, &page->object);
    if (status == napi_ok && (!weft_napi_method(env, object, "exited", js_exited, NULL) ||
                              !weft_napi_method(env, object, "woken", js_woken, NULL)))
        status = napi_generic_failure;
    return status;
}

/* @fd is taken. */
static void add_page(uint32_t number, int fd)
{
    struct page *page = calloc(1, sizeof(*page));
    if (!page) {
        close(fd);
        return;
    }
    page->fd = fd;
    page->poll.data = page;
    if (make_page_object(page, number) != napi_ok || uv_poll_init(host.loop, &page->poll, fd) < 0) {
        close(fd);
        return;
    }
    uv_poll_start(&page->poll, UV_READABLE, page_poll_cb);
    weft_last_words_add(fd);
}

/* ---- the leash ---- */

static void attach_cb(uint32_t number, int fd)
{
    napi_handle_scope scope;
    if (napi_open_handle_scope(host.env, &scope) != napi_ok) {
        close(fd);
        return;
    }
    add_page(number, fd);
    napi_close_handle_scope(host.env, scope);
}

static void ended_cb(void)
{
    napi_handle_scope scope;
    if (napi_open_handle_scope(host.env, &scope) != napi_ok)
        return;
    call(host.ended, 0, NULL);
    napi_close_handle_scope(host.env, scope);
}

static const struct weft_leash_events leash_events = {.attach = attach_cb, .ended = ended_cb};

napi_value weft_supervisor_start(napi_env env, napi_callback_info info)
{
    napi_value callbacks;
    if (!weft_napi_arguments(env, info, NULL, 1, &callbacks, NULL))
        return NULL;
    host.env = env;
    NAPI_TRY(env, weft_napi_take_callback(env, callbacks, "spawn", &host.spawn));
    NAPI_TRY(env, weft_napi_take_callback(env, callbacks, "terminate", &host.terminate));
    NAPI_TRY(env, weft_napi_take_callback(env, callbacks, "disconnected", &host.disconnected));
    NAPI_TRY(env, weft_napi_take_callback(env, callbacks, "ended", &host.ended));
    NAPI_TRY(env, weft_napi_take_callback(env, callbacks, "notify", &host.notify));
    NAPI_TRY(env, weft_napi_take_callback(env, callbacks, "wait", &host.wait));
    NAPI_TRY(env, napi_get_uv_event_loop(env, &host.loop));
    int r = weft_leash_start(host.loop, &leash_events);
    if (r < 0)
        return weft_napi_throw_errno(env, "weft: the worker host has no socket to the app", r);
    weft_last_words_install(WEFT_LEASH_FD);
    return NULL;
}

napi_value weft_supervisor_send_line(napi_env env, napi_callback_info info)
{
    napi_value arguments[2];
    uint32_t key;
    size_t size;
    static char json[WEFT_LEASH_PACKET_MAX];
    int descriptors[WEFT_LINK_DESCRIPTORS];
    if (!weft_napi_arguments(env, info, NULL, 2, arguments, NULL))
        return NULL;
    NAPI_TRY(env, napi_get_value_uint32(env, arguments[0], &key));
    NAPI_TRY(env, napi_get_value_string_utf8(env, arguments[1], json, sizeof(json), &size));
    if (weft_handoff_take(key, descriptors) == 0)
        weft_leash_send_line(json, size, descriptors);
    return NULL;
}
