/* SPDX-License-Identifier: MIT */

#include "page/host.h"

#include "base/cleanup.h"
#include "base/socket.h"
#include "channel/control.h"

#include <gio/gunixfdlist.h>
#include <glib-unix.h>
#include <string.h>

struct packet {
    gsize size;
    int descriptors[WEFT_LINK_DESCRIPTORS];
    gsize descriptor_count;
    guint8 bytes[];
};

struct weft_host {
    WebKitWebProcessExtension *extension;
    char *token;
    weft_host_exited_cb exited;
    gpointer data;
    int fd; /* -1 while there is no line */
    guint source;
    gboolean source_writes;
    GQueue waiting;      /* struct packet */
    GHashTable *workers; /* ids that run on this line */
};

struct weft_host *weft_host_new(WebKitWebProcessExtension *extension, const char *token,
                                weft_host_exited_cb exited, gpointer data)
{
    struct weft_host *host = g_new0(struct weft_host, 1);
    host->extension = extension;
    host->token = g_strdup(token);
    host->exited = exited;
    host->data = data;
    host->fd = -1;
    host->workers = g_hash_table_new(NULL, NULL);
    return host;
}

static void packet_free(gpointer data)
{
    struct packet *packet = data;
    for (gsize i = 0; i < packet->descriptor_count; i++)
        close(packet->descriptors[i]);
    g_free(packet);
}

static void close_line(struct weft_host *host)
{
    g_clear_handle_id(&host->source, g_source_remove);
    weft_close_fd(&host->fd);
    g_queue_clear_full(&host->waiting, packet_free);
}

void weft_host_free(struct weft_host *host)
{
    if (!host)
        return;
    close_line(host);
    g_hash_table_unref(host->workers);
    g_free(host->token);
    g_free(host);
}

/* The line has ended, and with it every worker on it. A worker's end may start new ones, on a new
 * line, so the list is taken first. */
static void line_ended(struct weft_host *host)
{
    close_line(host);
    g_autoptr(GHashTable) ended = host->workers;
    host->workers = g_hash_table_new(NULL, NULL);
    GHashTableIter iter;
    gpointer id;
    g_hash_table_iter_init(&iter, ended);
    while (g_hash_table_iter_next(&iter, &id, NULL))
        host->exited(host->data, GPOINTER_TO_UINT(id),
                     "The worker host process of this window has ended");
}

static gboolean line_ready_cb(gint fd, GIOCondition condition, gpointer data);

static void watch(struct weft_host *host, gboolean writes)
{
    if (host->source && host->source_writes == writes)
        return;
    g_clear_handle_id(&host->source, g_source_remove);
    host->source_writes = writes;
    host->source =
        g_unix_fd_add(host->fd, G_IO_IN | G_IO_HUP | (writes ? G_IO_OUT : 0), line_ready_cb, host);
}

/* Sends what waits. Returns FALSE when the line has ended. */
static gboolean send_waiting(struct weft_host *host)
{
    while (!g_queue_is_empty(&host->waiting)) {
        struct packet *packet = g_queue_peek_head(&host->waiting);
        int r = weft_socket_send(host->fd, packet->bytes, packet->size, packet->descriptors,
                                 packet->descriptor_count);
        if (r == WEFT_SOCKET_AGAIN)
            break;
        if (r != 0)
            return FALSE;
        packet_free(g_queue_pop_head(&host->waiting));
    }
    watch(host, !g_queue_is_empty(&host->waiting));
    return TRUE;
}

/* Reads what is there. Returns FALSE when the line has ended. */
static gboolean receive_packets(struct weft_host *host)
{
    static guint8 bytes[WEFT_CONTROL_PACKET_MAX];
    for (;;) {
        int fds[WEFT_SOCKET_MAX_FDS];
        size_t size, fd_count;
        struct weft_control_packet packet;
        int r = weft_socket_receive(host->fd, bytes, sizeof(bytes), &size, fds, &fd_count);
        if (r == WEFT_SOCKET_AGAIN)
            return TRUE;
        if (r != 0 || weft_control_parse(bytes, size, fd_count, &packet) < 0 ||
            packet.type != WEFT_CONTROL_EXITED)
            return FALSE;
        if (!g_hash_table_remove(host->workers, GUINT_TO_POINTER(packet.id)))
            continue;
        g_autofree char *why = g_strndup(packet.text, packet.text_size);
        host->exited(host->data, packet.id, why);
        if (host->fd < 0)
            return TRUE; /* the callback closed it */
    }
}

static gboolean line_ready_cb(gint fd, GIOCondition condition, gpointer data)
{
    struct weft_host *host = data;
    gboolean alive = TRUE;
    if (condition & G_IO_OUT)
        alive = send_waiting(host);
    if (alive && (condition & (G_IO_IN | G_IO_HUP)))
        alive = receive_packets(host);
    if (!alive)
        line_ended(host);
    return G_SOURCE_CONTINUE; /* a source that was removed meanwhile stays removed */
}

/* Sends @fd (taken) to the main process with the window's token. To the context, not to the view: a
 * message to the view of a page that is still provisional is dropped (docs/architecture.md). */
static void send_descriptor(WebKitWebProcessExtension *extension, const char *name,
                            const char *token, int fd)
{
    g_autoptr(GUnixFDList) list = g_unix_fd_list_new_from_array(&fd, 1);
    webkit_web_process_extension_send_message_to_context(
        extension, webkit_user_message_new_with_fd_list(name, g_variant_new("(s)", token), list),
        NULL, NULL, NULL);
}

void weft_host_send_identity(WebKitWebProcessExtension *extension, const char *token)
{
    int pair[2];
    if (weft_socket_pair(pair) < 0)
        return;
    send_descriptor(extension, "page-process", token, pair[1]);
    close(pair[0]);
}

/* Makes the pair and sends the host's end to the main process. */
static int open_line(struct weft_host *host)
{
    int pair[2];
    int r = weft_socket_pair(pair);
    if (r < 0)
        return r;
    send_descriptor(host->extension, "attach-host", host->token, pair[1]);
    host->fd = pair[0];
    host->source = 0;
    watch(host, FALSE);
    return 0;
}

static void send_packet(struct weft_host *host, enum weft_control_type type, guint32 id,
                        const char *text, const int *descriptors, gsize descriptor_count)
{
    static guint8 bytes[WEFT_CONTROL_PACKET_MAX];
    gsize size = weft_control_write(type, id, 0, text, strlen(text), bytes);
    struct packet *packet = g_malloc0(sizeof(*packet) + size);
    packet->size = size;
    memcpy(packet->bytes, bytes, size);
    packet->descriptor_count = descriptor_count;
    if (descriptor_count > 0)
        memcpy(packet->descriptors, descriptors, descriptor_count * sizeof(int));
    g_queue_push_tail(&host->waiting, packet);
    /* A line that has just ended is noticed by its reader, in a turn of its own. */
    send_waiting(host);
}

int weft_host_spawn(struct weft_host *host, guint32 id, const char *json,
                    const int descriptors[WEFT_LINK_DESCRIPTORS])
{
    int r = 0;
    if (strlen(json) > WEFT_CONTROL_PACKET_MAX - 64)
        r = -EMSGSIZE;
    if (r == 0 && g_hash_table_size(host->workers) >= WEFT_CONTROL_WORKERS_MAX)
        r = -EMFILE;
    if (r == 0 && host->fd < 0)
        r = open_line(host);
    if (r < 0) {
        for (int i = 0; i < WEFT_LINK_DESCRIPTORS; i++)
            close(descriptors[i]);
        return r;
    }
    g_hash_table_add(host->workers, GUINT_TO_POINTER(id));
    send_packet(host, WEFT_CONTROL_SPAWN, id, json, descriptors, WEFT_LINK_DESCRIPTORS);
    return 0;
}

void weft_host_terminate(struct weft_host *host, guint32 id)
{
    if (host->fd >= 0 && g_hash_table_contains(host->workers, GUINT_TO_POINTER(id)))
        send_packet(host, WEFT_CONTROL_TERMINATE, id, "", NULL, 0);
}
