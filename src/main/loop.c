/* SPDX-License-Identifier: MIT */

/*
 * main/loop - GLib inside libuv
 *
 * Main process, main thread. Node owns the loop: an outer g_main_loop_run() would be a
 * JavaScript call that never returns, so promises and nextTick would never run.
 *
 * One turn of libuv is one turn of GLib:
 *   prepare  ask GLib what it waits for; put its descriptors into one nested epoll
 *   (poll)   libuv sleeps until a descriptor of either is ready, or a timer of either is due
 *   check    dispatch what is ready
 * GLib's "run me at once" becomes a uv_idle_t, its next deadline a uv_timer_t. Nothing is
 * polled: an idle window costs no turn at all.
 */

#include "main/loop.h"

#include "main/stderr-filter.h"

#include <errno.h>
#include <glib.h>
#include <stdbool.h>
#include <sys/epoll.h>

/* While JavaScript spins on setImmediate, GLib is asked this often and not at each turn. */
#define BUSY_TURN_NS 1000000

#define FIRST_CAPACITY 32

/* A descriptor in the nested epoll. */
struct entry {
    int fd;
    uint32_t events;
    unsigned turn; /* the last turn that asked for it */
};

static struct {
    GMainContext *context;
    int epoll;
    uv_poll_t poll;
    uv_prepare_t prepare;
    uv_check_t check;
    uv_timer_t timer;
    uv_idle_t idle;

    GPollFD *wanted; /* what GLib waits for in this turn */
    int wanted_count;
    int wanted_capacity;
    int priority;

    struct entry *entries; /* what the epoll watches */
    size_t entry_count;
    size_t entry_capacity;
    unsigned turn;

    bool prepared;  /* this turn has asked GLib */
    bool ready;     /* a descriptor of GLib's is ready */
    bool spinning;  /* the idle handle runs: libuv does not sleep */
    uint64_t asked; /* when GLib was asked last, in ns */
    unsigned refs;
} loop = {.epoll = -1};

static void idle_cb(uv_idle_t *handle)
{
}

static void timer_cb(uv_timer_t *handle)
{
}

static void poll_cb(uv_poll_t *handle, int status, int events)
{
    loop.ready = true;
}

static struct entry *find_entry(int fd)
{
    for (size_t i = 0; i < loop.entry_count; i++)
        if (loop.entries[i].fd == fd)
            return &loop.entries[i];
    return NULL;
}

static struct entry *add_entry(int fd)
{
    if (loop.entry_count == loop.entry_capacity) {
        loop.entry_capacity = MAX(loop.entry_capacity * 2, FIRST_CAPACITY);
        loop.entries = g_renew(struct entry, loop.entries, loop.entry_capacity);
    }
    struct entry *entry = &loop.entries[loop.entry_count++];
    *entry = (struct entry){.fd = fd, .turn = loop.turn - 1};
    return entry;
}

/* A number may have been closed and opened again since the last turn; the kernel then dropped it
 * from the epoll. So each turn says MOD, and adds what has gone. Returns false when epoll cannot
 * watch @fd (a regular file): poll() calls such a descriptor always ready. */
static bool watch(int fd, uint32_t events)
{
    struct entry *entry = find_entry(fd);
    if (!entry)
        entry = add_entry(fd);
    entry->events = entry->turn == loop.turn ? entry->events | events : events;
    entry->turn = loop.turn;

    struct epoll_event event = {.events = entry->events, .data.fd = fd};
    if (epoll_ctl(loop.epoll, EPOLL_CTL_MOD, fd, &event) == 0)
        return true;
    return errno == ENOENT && epoll_ctl(loop.epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* Makes the epoll watch what GLib wants. Returns false when something is ready already. */
static bool sync_epoll(void)
{
    bool can_sleep = true;

    loop.turn++;
    for (int i = 0; i < loop.wanted_count; i++) {
        /* GLib's poll bits are Linux's, and epoll's. */
        uint32_t events = loop.wanted[i].events & (EPOLLIN | EPOLLOUT | EPOLLPRI);
        can_sleep &= watch(loop.wanted[i].fd, events);
    }

    for (size_t i = 0; i < loop.entry_count;) {
        if (loop.entries[i].turn == loop.turn) {
            i++;
            continue;
        }
        epoll_ctl(loop.epoll, EPOLL_CTL_DEL, loop.entries[i].fd, NULL);
        loop.entries[i] = loop.entries[--loop.entry_count];
    }
    return can_sleep;
}

/* Asks GLib for descriptors and returns its time-out: -1 never, 0 at once, or ms. */
static int query(void)
{
    int timeout;
    int count;

    g_main_context_prepare(loop.context, &loop.priority);
    while ((count = g_main_context_query(loop.context, loop.priority, &timeout, loop.wanted,
                                         loop.wanted_capacity)) > loop.wanted_capacity) {
        loop.wanted_capacity = count * 2;
        loop.wanted = g_renew(GPollFD, loop.wanted, loop.wanted_capacity);
    }
    loop.wanted_count = count;
    return timeout;
}

static void prepare_cb(uv_prepare_t *handle)
{
    bool node_is_busy = !loop.spinning && uv_backend_timeout(handle->loop) == 0;
    uint64_t now = node_is_busy ? uv_hrtime() : 0;
    if (node_is_busy && now - loop.asked < BUSY_TURN_NS)
        return;
    loop.asked = now;

    int timeout = query();
    loop.ready = !sync_epoll();
    loop.prepared = true;
    if (loop.ready)
        timeout = 0;

    if (timeout == 0)
        uv_idle_start(&loop.idle, idle_cb);
    else
        uv_idle_stop(&loop.idle);
    loop.spinning = timeout == 0;

    if (timeout > 0) {
        uv_update_time(handle->loop);
        uv_timer_start(&loop.timer, timer_cb, (uint64_t)timeout, 0);
    } else {
        uv_timer_stop(&loop.timer);
    }
}

static void check_cb(uv_check_t *handle)
{
    if (!loop.prepared)
        return;
    loop.prepared = false;

    for (int i = 0; i < loop.wanted_count; i++)
        loop.wanted[i].revents = 0;
    if (loop.ready || loop.spinning)
        g_poll(loop.wanted, (guint)loop.wanted_count, 0);
    if (!g_main_context_check(loop.context, loop.priority, loop.wanted, loop.wanted_count))
        return;
    bool was_on = weft_stderr_filter_switch(true); /* WebKit may start a process in there */
    g_main_context_dispatch(loop.context);
    weft_stderr_filter_switch(was_on);
}

static void start_handles(uv_loop_t *uv)
{
    uv_poll_init(uv, &loop.poll, loop.epoll);
    uv_prepare_init(uv, &loop.prepare);
    uv_check_init(uv, &loop.check);
    uv_timer_init(uv, &loop.timer);
    uv_idle_init(uv, &loop.idle);
    uv_poll_start(&loop.poll, UV_READABLE, poll_cb);
    uv_prepare_start(&loop.prepare, prepare_cb);
    uv_check_start(&loop.check, check_cb);

    /* Only weft_loop_ref() keeps Node alive. */
    uv_unref((uv_handle_t *)&loop.poll);
    uv_unref((uv_handle_t *)&loop.prepare);
    uv_unref((uv_handle_t *)&loop.check);
    uv_unref((uv_handle_t *)&loop.timer);
    uv_unref((uv_handle_t *)&loop.idle);
}

int weft_loop_init(uv_loop_t *uv)
{
    loop.context = g_main_context_ref(g_main_context_default());
    /* Owned for good, so that other threads' g_source_attach() wake us through its eventfd. */
    if (!g_main_context_acquire(loop.context))
        return -EBUSY;

    loop.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (loop.epoll < 0)
        return -errno;
    loop.wanted_capacity = FIRST_CAPACITY;
    loop.wanted = g_new(GPollFD, FIRST_CAPACITY);
    start_handles(uv);
    return 0;
}

void weft_loop_ref(void)
{
    if (loop.refs++ == 0)
        uv_ref((uv_handle_t *)&loop.poll);
}

void weft_loop_unref(void)
{
    g_return_if_fail(loop.refs > 0);
    if (--loop.refs == 0)
        uv_unref((uv_handle_t *)&loop.poll);
}
