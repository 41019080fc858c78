/* SPDX-License-Identifier: MIT */

#include "worker/leash.h"

#include "base/descriptors.h"
#include "base/socket.h"
#include "channel/leash.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A line that the main process has had no room for. */
struct waiting {
    struct waiting *next;
    int descriptors[WEFT_LINK_DESCRIPTORS];
    size_t size;
    uint8_t packet[];
};

static struct {
    uv_poll_t poll;
    const struct weft_leash_events *events;
    struct waiting *waiting;
    bool has_ended;
} leash;

static void leash_cb(uv_poll_t *poll, int status, int events);

static void end(void)
{
    if (leash.has_ended)
        return;
    leash.has_ended = true;
    uv_poll_stop(&leash.poll);
    leash.events->ended();
}

/* Handles one packet. Returns whether there may be more. */
static bool receive_one(void)
{
    struct weft_leash_attach packet;
    int fds[WEFT_SOCKET_MAX_FDS];
    size_t size, fd_count;
    int r = weft_socket_receive(WEFT_LEASH_FD, &packet, sizeof(packet), &size, fds, &fd_count);
    if (r == WEFT_SOCKET_AGAIN)
        return false;
    if (r != 0) {
        end();
        return false;
    }
    if (size == sizeof(packet) && packet.type == WEFT_LEASH_ATTACH && fd_count == 1)
        leash.events->attach(packet.page, fds[0]);
    else
        weft_descriptors_close(fds, fd_count);
    return true;
}

/* The first of those that wait has been sent, or can't be. */
static void drop_first(void)
{
    struct waiting *first = leash.waiting;
    leash.waiting = first->next;
    weft_descriptors_close(first->descriptors, WEFT_LINK_DESCRIPTORS);
    free(first);
}

static void send_waiting(void)
{
    while (leash.waiting) {
        const struct waiting *first = leash.waiting;
        int r = weft_socket_send(WEFT_LEASH_FD, first->packet, first->size, first->descriptors,
                                 WEFT_LINK_DESCRIPTORS);
        if (r == WEFT_SOCKET_AGAIN)
            break;
        drop_first();
    }
    int events = UV_READABLE | (leash.waiting ? UV_WRITABLE : 0);
    if (!leash.has_ended)
        uv_poll_start(&leash.poll, events, leash_cb);
}

static void leash_cb(uv_poll_t *poll, int status, int events)
{
    (void)poll;
    if (status < 0) {
        end();
        return;
    }
    if (events & UV_WRITABLE)
        send_waiting();
    while (receive_one())
        ;
}

int weft_leash_start(uv_loop_t *loop, const struct weft_leash_events *events)
{
    leash.events = events;
    int r = uv_poll_init(loop, &leash.poll, WEFT_LEASH_FD);
    return r < 0 ? r : uv_poll_start(&leash.poll, UV_READABLE, leash_cb);
}

void weft_leash_send_line(const char *json, size_t size,
                          const int descriptors[WEFT_LINK_DESCRIPTORS])
{
    struct waiting *waiting =
        size < WEFT_LEASH_PACKET_MAX ? malloc(sizeof(*waiting) + 1 + size) : NULL;
    if (!waiting) {
        weft_descriptors_close(descriptors, WEFT_LINK_DESCRIPTORS);
        return;
    }
    waiting->next = NULL;
    memcpy(waiting->descriptors, descriptors, sizeof(waiting->descriptors));
    waiting->size = 1 + size;
    waiting->packet[0] = WEFT_LEASH_LINE;
    memcpy(waiting->packet + 1, json, size);
    struct waiting **last = &leash.waiting;
    while (*last)
        last = &(*last)->next;
    *last = waiting;
    send_waiting();
}
