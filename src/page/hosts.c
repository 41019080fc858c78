/* SPDX-License-Identifier: MIT */

#include "page/hosts.h"

struct weft_hosts {
    WebKitWebProcessExtension *extension;
    char *token;
    guint64 frame;
    weft_host_exited_cb exited;
    gpointer data;
    GHashTable *hosts; /* number -> struct weft_host */
    guint32 last_number;
    weft_host_woken_cb woken;
    weft_host_line_ended_cb line_ended;
    gpointer waiter;
};

static void host_free(gpointer data)
{
    weft_host_free(data);
}

static struct weft_host *add(struct weft_hosts *hosts, guint32 number)
{
    struct weft_host *host = weft_host_new(hosts->extension, hosts->token, hosts->frame, number,
                                           hosts->exited, hosts->data);
    weft_host_set_waiter(host, hosts->woken, hosts->line_ended, hosts->waiter);
    g_hash_table_insert(hosts->hosts, GUINT_TO_POINTER(number), host);
    return host;
}

struct weft_hosts *weft_hosts_new(WebKitWebProcessExtension *extension, const char *token,
                                  guint64 frame, weft_host_exited_cb exited, gpointer data)
{
    struct weft_hosts *hosts = g_new0(struct weft_hosts, 1);
    hosts->extension = extension;
    hosts->token = g_strdup(token);
    hosts->frame = frame;
    hosts->exited = exited;
    hosts->data = data;
    hosts->hosts = g_hash_table_new_full(NULL, NULL, NULL, host_free);
    add(hosts, WEFT_HOST_SHARED);
    return hosts;
}

void weft_hosts_free(struct weft_hosts *hosts)
{
    if (!hosts)
        return;
    g_hash_table_unref(hosts->hosts);
    g_free(hosts->token);
    g_free(hosts);
}

struct weft_host *weft_hosts_get(struct weft_hosts *hosts, guint32 number)
{
    return g_hash_table_lookup(hosts->hosts, GUINT_TO_POINTER(number));
}

/* Those of workers that have ended are freed here, not in the midst of their own callbacks. */
static gboolean is_over(gpointer number, gpointer host, gpointer data)
{
    (void)data;
    return GPOINTER_TO_UINT(number) != WEFT_HOST_SHARED && !weft_host_is_open(host);
}

struct weft_host *weft_hosts_add_own(struct weft_hosts *hosts)
{
    g_hash_table_foreach_remove(hosts->hosts, is_over, NULL);
    if (g_hash_table_size(hosts->hosts) > WEFT_HOST_OWN_MAX)
        return NULL;
    return add(hosts, ++hosts->last_number);
}

void weft_hosts_set_waiter(struct weft_hosts *hosts, weft_host_woken_cb woken,
                           weft_host_line_ended_cb line_ended, gpointer data)
{
    hosts->woken = woken;
    hosts->line_ended = line_ended;
    hosts->waiter = data;
    GHashTableIter iter;
    gpointer host;
    g_hash_table_iter_init(&iter, hosts->hosts);
    while (g_hash_table_iter_next(&iter, NULL, &host))
        weft_host_set_waiter(host, woken, line_ended, data);
}

guint32 weft_hosts_notify(struct weft_hosts *hosts, const struct weft_control_notify *notify,
                          int fd)
{
    struct weft_control_notify rest = *notify;
    guint32 total = 0;
    GHashTableIter iter;
    gpointer host;
    g_hash_table_iter_init(&iter, hosts->hosts);
    while (rest.count > 0 && g_hash_table_iter_next(&iter, NULL, &host)) {
        guint32 id, woken = 0;
        if (weft_host_ask(host, WEFT_CONTROL_NOTIFY, &rest, sizeof(rest), fd, &id, &woken) != 0)
            continue;
        total += woken;
        if (rest.count != G_MAXUINT32)
            rest.count -= MIN(woken, rest.count);
    }
    return total;
}
