/* SPDX-License-Identifier: MIT */

#include "page/pump.h"

#include "channel/wake.h"

/* Time that messages may take before WebKit's other work gets its turn, in microseconds. */
#define TURN_US 4000
/* How long that turn is at most: until the main loop has nothing else to do. */
#define REST_US 4000
/* Two turns of the main loop that follow each other this closely had nothing to do in between. */
#define IDLE_US 30

struct pump {
    GSource source;
    GPtrArray *pumped; /* struct weft_pumped, borrowed; NULL where one was removed in a dispatch */
    gboolean dispatching;
    struct weft_spin spin;
    gint64 busy_since; /* 0: nothing was there to receive, or the main loop has slept */
    gint64 polled_at;  /* when the main loop last went to poll without us being ready */
    gint64 rest_until; /* 0: no rest */
    gint64 rested_at;  /* when this rest last let the main loop do other work; 0: not yet */
};

static struct pump *pump;

static bool is_ready(const struct weft_pumped *pumped)
{
    return pumped->waits || weft_link_ready(pumped->link);
}

static bool any_ready(const void *data)
{
    const struct pump *self = data;
    for (guint i = 0; i < self->pumped->len; i++) {
        const struct weft_pumped *pumped = self->pumped->pdata[i];
        if (pumped && is_ready(pumped))
            return true;
    }
    return false;
}

/* Most of WebKit's sources, timers and painting among them, have a lower priority than ours, and
 * GLib dispatches none of them in a turn in which we are ready. So while there always is a message
 * we say now and then that there is none, until that other work is done. */
static gboolean must_rest(struct pump *self)
{
    gint64 now = g_get_monotonic_time();
    if (self->rest_until == 0 && self->busy_since != 0 && now - self->busy_since > TURN_US) {
        self->rest_until = now + REST_US;
        self->rested_at = 0;
    }
    if (self->rest_until == 0)
        return FALSE;
    if (self->rested_at == 0 || (now < self->rest_until && now - self->rested_at > IDLE_US))
        return TRUE;
    self->rest_until = 0;
    self->busy_since = 0;
    return FALSE;
}

static gboolean pump_prepare(GSource *source, int *timeout_ms)
{
    struct pump *self = (struct pump *)source;
    *timeout_ms = -1;
    for (guint i = 0; i < self->pumped->len; i++)
        weft_link_flush(((struct weft_pumped *)self->pumped->pdata[i])->link);
    if (must_rest(self)) {
        *timeout_ms = 0; /* what is there waits, but not for long */
        return FALSE;
    }
    self->polled_at = G_MAXINT64;
    if (any_ready(self) || weft_spin_wait(&self->spin, any_ready, self))
        return TRUE;
    gboolean ready = FALSE;
    for (guint i = 0; i < self->pumped->len; i++)
        ready |= !weft_link_sleep(((struct weft_pumped *)self->pumped->pdata[i])->link);
    if (!ready)
        self->polled_at = g_get_monotonic_time();
    return ready;
}

static gboolean pump_check(GSource *source)
{
    struct pump *self = (struct pump *)source;
    gboolean ready = FALSE;
    for (guint i = 0; i < self->pumped->len; i++) {
        struct weft_pumped *pumped = self->pumped->pdata[i];
        weft_link_wake(pumped->link);
        if (g_source_query_unix_fd(source, pumped->tag)) {
            weft_link_clear_bell(pumped->link);
            weft_link_flush(pumped->link);
        }
        ready |= is_ready(pumped);
    }
    gint64 now = g_get_monotonic_time();
    if (self->rest_until != 0) {
        self->rested_at = now;
        return FALSE;
    }
    /* It sleeps only when there is nothing else to do. */
    if (!ready || now - self->polled_at > IDLE_US)
        self->busy_since = 0;
    return ready;
}

/* One run of each in turn. Returns whether there may be more. */
static gboolean receive_round(struct pump *self)
{
    gboolean more = FALSE;
    for (guint i = 0; i < self->pumped->len; i++) {
        struct weft_pumped *pumped = self->pumped->pdata[i];
        if (pumped && pumped->receive(pumped))
            more = TRUE;
    }
    return more;
}

/* While an answer comes within a moment it is waited for in here: a turn of the main loop costs as
 * much as the rest of a round trip. */
static gboolean pump_dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
    struct pump *self = (struct pump *)source;
    gint64 now = g_get_monotonic_time();
    gint64 deadline = now + TURN_US;

    if (self->busy_since == 0)
        self->busy_since = now;
    self->dispatching = TRUE;
    do {
        while (receive_round(self) && g_get_monotonic_time() < deadline)
            continue;
        weft_spin_active(&self->spin);
    } while (g_get_monotonic_time() < deadline && weft_spin_wait(&self->spin, any_ready, self));
    self->dispatching = FALSE;
    while (g_ptr_array_remove_fast(self->pumped, NULL))
        continue;
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs pump_functions = {
    .prepare = pump_prepare,
    .check = pump_check,
    .dispatch = pump_dispatch,
};

void weft_pump_add(struct weft_pumped *pumped)
{
    if (!pump) {
        pump = (struct pump *)g_source_new(&pump_functions, sizeof(*pump));
        pump->pumped = g_ptr_array_new();
        weft_spin_init(&pump->spin);
        g_source_set_name((GSource *)pump, "weft channels");
        g_source_attach((GSource *)pump, NULL);
    }
    pumped->tag = g_source_add_unix_fd((GSource *)pump, weft_link_bell(pumped->link), G_IO_IN);
    g_ptr_array_add(pump->pumped, pumped);
}

void weft_pump_remove(struct weft_pumped *pumped)
{
    guint at;
    if (!pump || !g_ptr_array_find(pump->pumped, pumped, &at))
        return;
    g_source_remove_unix_fd((GSource *)pump, pumped->tag);
    if (pump->dispatching)
        pump->pumped->pdata[at] = NULL; /* the loop above walks over it */
    else
        g_ptr_array_remove_index_fast(pump->pumped, at);
}
