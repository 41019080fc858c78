/* SPDX-License-Identifier: MIT */

#include "page/host.h"

#include "base/cleanup.h"
#include "base/descriptors.h"
#include "base/socket.h"
#include "channel/control.h"
#include "page/last-words.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <glib-unix.h>
#include <poll.h>
#include <string.h>

/* How long the page waits for the supervisor, which may have a thread to start. */
#define ANSWER_TIMEOUT_US G_GINT64_CONSTANT(2000000)

struct packet {
    gsize size;
    int descriptors[WEFT_LINK_DESCRIPTORS];
    gsize descriptor_count;
    guint8 bytes[];
};

/* What the supervisor says. */
struct received {
    enum weft_control_type type;
    guint32 id;
    guint32 result;
    int signal;  /* of WEFT_CONTROL_CRASHED */
    char text[]; /* of WEFT_CONTROL_EXITED: why; of WEFT_CONTROL_CRASHED: the module */
};

struct weft_host {
    WebKitWebProcessExtension *extension;
    char *token;
    guint64 frame;
    guint32 number;
    weft_host_exited_cb exited;
    gpointer data;
    int fd; /* -1 while there is no line */
    guint source;
    gboolean source_writes;
    GQueue waiting;      /* struct packet */
    GHashTable *workers; /* ids that run on this line */
    weft_host_woken_cb woken;
    weft_host_line_ended_cb line_ended;
    gpointer waiter;
    guint32 last_question;
    GQueue received; /* struct received that came before an answer; for a turn of the main loop */
    guint received_source;
    struct weft_last_words last_words; /* of this line */
};

struct weft_host *weft_host_new(WebKitWebProcessExtension *extension, const char *token,
                                guint64 frame, guint32 number, weft_host_exited_cb exited,
                                gpointer data)
{
    struct weft_host *host = g_new0(struct weft_host, 1);
    host->extension = extension;
    host->token = g_strdup(token);
    host->frame = frame;
    host->number = number;
    host->exited = exited;
    host->data = data;
    host->fd = -1;
    host->workers = g_hash_table_new(NULL, NULL);
    return host;
}

guint32 weft_host_number(const struct weft_host *host)
{
    return host->number;
}

gboolean weft_host_is_open(const struct weft_host *host)
{
    return host->fd >= 0;
}

static void packet_free(gpointer data)
{
    struct packet *packet = data;
    weft_descriptors_close(packet->descriptors, packet->descriptor_count);
    g_free(packet);
}

static void close_line(struct weft_host *host)
{
    g_clear_handle_id(&host->source, g_source_remove);
    g_clear_handle_id(&host->received_source, g_source_remove);
    weft_close_fd(&host->fd);
    g_queue_clear_full(&host->waiting, packet_free);
    g_queue_clear_full(&host->received, g_free);
}

void weft_host_free(struct weft_host *host)
{
    if (!host)
        return;
    close_line(host);
    weft_last_words_clear(&host->last_words);
    g_hash_table_unref(host->workers);
    g_free(host->token);
    g_free(host);
}

/* The line has ended, and with it every worker on it. A worker's end may start new ones, on a new
 * line, so the list is taken first. */
static void line_ended(struct weft_host *host)
{
    close_line(host);
    if (host->line_ended)
        host->line_ended(host->waiter, host->number);
    g_autofree char *why =
        weft_last_words_describe(&host->last_words, host->number != WEFT_HOST_SHARED);
    weft_last_words_clear(&host->last_words);
    g_autoptr(GHashTable) ended = host->workers;
    host->workers = g_hash_table_new(NULL, NULL);
    GHashTableIter iter;
    gpointer id;
    g_hash_table_iter_init(&iter, ended);
    while (g_hash_table_iter_next(&iter, &id, NULL))
        host->exited(host->data, GPOINTER_TO_UINT(id), why);
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

/* Reads one packet. Returns 0, WEFT_SOCKET_AGAIN, or -EPIPE when the line has ended. */
static int receive_one(struct weft_host *host, struct received **ret_received)
{
    static guint8 bytes[WEFT_CONTROL_PACKET_MAX];
    int fds[WEFT_SOCKET_MAX_FDS];
    size_t size, fd_count;
    struct weft_control_packet packet;
    int r = weft_socket_receive(host->fd, bytes, sizeof(bytes), &size, fds, &fd_count);
    if (r == WEFT_SOCKET_AGAIN)
        return r;
    if (r != 0 || weft_control_parse(bytes, size, fd_count, &packet) < 0)
        return -EPIPE;
    gboolean has_text = packet.type == WEFT_CONTROL_EXITED || packet.type == WEFT_CONTROL_CRASHED;
    gsize text_size = has_text ? packet.text_size : 0;
    struct received *received = g_malloc0(sizeof(*received) + text_size + 1);
    received->type = packet.type;
    received->id = packet.id;
    received->result = packet.result;
    received->signal = packet.exit_code;
    memcpy(received->text, packet.text, text_size);
    *ret_received = received;
    return 0;
}

/* Takes @received. */
static void handle(struct weft_host *host, struct received *received)
{
    g_autofree struct received *taken = received;
    switch (taken->type) {
    case WEFT_CONTROL_EXITED:
        if (g_hash_table_remove(host->workers, GUINT_TO_POINTER(taken->id)))
            host->exited(host->data, taken->id, taken->text);
        if (host->number != WEFT_HOST_SHARED && g_hash_table_size(host->workers) == 0)
            line_ended(host);
        break;
    case WEFT_CONTROL_CRASHED:
        weft_last_words_clear(&host->last_words);
        host->last_words.heard = TRUE;
        host->last_words.signal = taken->signal;
        host->last_words.module = g_strdup(taken->text);
        break;
    case WEFT_CONTROL_ANSWER: /* too late: the page took it that it waits */
        if (taken->result == WEFT_CONTROL_WAIT_OK)
            break;
        /* fall through */
    case WEFT_CONTROL_WOKEN:
        if (host->woken)
            host->woken(host->waiter, host->number, taken->id, taken->result);
        break;
    default:
        break; /* the supervisor says nothing else */
    }
}

/* Handles what has come and what is there. Returns FALSE when the line has ended. */
static gboolean receive_packets(struct weft_host *host)
{
    for (;;) {
        struct received *received = g_queue_pop_head(&host->received);
        int r = received ? 0 : receive_one(host, &received);
        if (r == WEFT_SOCKET_AGAIN)
            return TRUE;
        if (r < 0)
            return FALSE;
        handle(host, received);
        if (host->fd < 0)
            return TRUE; /* the callback closed it */
    }
}

static gboolean received_cb(gpointer data)
{
    struct weft_host *host = data;
    host->received_source = 0;
    if (!receive_packets(host))
        line_ended(host);
    return G_SOURCE_REMOVE;
}

/* Packets that came before an answer are for later: a worker's end is a task of its own. */
static void put_off(struct weft_host *host, struct received *received)
{
    g_queue_push_tail(&host->received, received);
    if (host->received_source == 0)
        host->received_source = g_idle_add_full(G_PRIORITY_DEFAULT, received_cb, host, NULL);
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

/* Sends @fd (taken) to the main process with the window's token, and whose it is. To the context,
 * not to the view: a message to the view of a page that is still provisional is dropped
 * (docs/architecture.md). */
static void send_descriptor(WebKitWebProcessExtension *extension, const char *name,
                            const char *token, guint64 frame, int fd)
{
    g_autoptr(GUnixFDList) list = g_unix_fd_list_new_from_array(&fd, 1);
    webkit_web_process_extension_send_message_to_context(
        extension,
        webkit_user_message_new_with_fd_list(name, g_variant_new("(st)", token, frame), list), NULL,
        NULL, NULL);
}

void weft_host_send_identity(WebKitWebProcessExtension *extension, const char *token)
{
    int pair[2];
    if (weft_socket_pair(pair) < 0)
        return;
    send_descriptor(extension, "page-process", token, WEFT_HOST_MAIN_FRAME, pair[1]);
    close(pair[0]);
}

/* Makes the pair and sends the host's end to the main process. */
static int open_line(struct weft_host *host)
{
    int pair[2];
    int r = weft_socket_pair(pair);
    if (r < 0)
        return r;
    const char *kind = host->number == WEFT_HOST_SHARED ? "attach-host" : "attach-own-host";
    send_descriptor(host->extension, kind, host->token, host->frame, pair[1]);
    host->fd = pair[0];
    host->source = 0;
    watch(host, FALSE);
    return 0;
}

/* @descriptors are taken. */
static void send_packet(struct weft_host *host, enum weft_control_type type, guint32 id,
                        gconstpointer body, gsize body_size, const int *descriptors,
                        gsize descriptor_count)
{
    static guint8 bytes[WEFT_CONTROL_PACKET_MAX];
    gsize size = weft_control_write(type, id, 0, body, body_size, bytes);
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
        weft_descriptors_close(descriptors, WEFT_LINK_DESCRIPTORS);
        return r;
    }
    g_hash_table_add(host->workers, GUINT_TO_POINTER(id));
    send_packet(host, WEFT_CONTROL_SPAWN, id, json, strlen(json), descriptors,
                WEFT_LINK_DESCRIPTORS);
    return 0;
}

void weft_host_terminate(struct weft_host *host, guint32 id)
{
    if (host->fd >= 0 && g_hash_table_contains(host->workers, GUINT_TO_POINTER(id)))
        send_packet(host, WEFT_CONTROL_TERMINATE, id, NULL, 0, NULL, 0);
}

void weft_host_set_waiter(struct weft_host *host, weft_host_woken_cb woken,
                          weft_host_line_ended_cb ended, gpointer data)
{
    host->woken = woken;
    host->line_ended = ended;
    host->waiter = data;
}

static int wait_for_answer(struct weft_host *host, guint32 id, guint32 *ret_answer)
{
    gint64 deadline = g_get_monotonic_time() + ANSWER_TIMEOUT_US;
    for (;;) {
        struct received *received;
        int r = receive_one(host, &received);
        if (r < 0)
            return r; /* the reader notices it, too */
        if (r == 0 && received->type == WEFT_CONTROL_ANSWER && received->id == id) {
            *ret_answer = received->result;
            g_free(received);
            return 0;
        }
        if (r == 0) {
            put_off(host, received);
            continue;
        }
        gint64 left = deadline - g_get_monotonic_time();
        if (left <= 0)
            return -ETIMEDOUT;
        struct pollfd polled = {.fd = host->fd, .events = POLLIN};
        if (!g_queue_is_empty(&host->waiting))
            polled.events |= POLLOUT;
        poll(&polled, 1, (int)(left / 1000) + 1);
        if ((polled.revents & POLLOUT) && !send_waiting(host))
            return -EPIPE;
    }
}

int weft_host_ask(struct weft_host *host, enum weft_control_type type, gconstpointer body,
                  gsize size, int fd, guint32 *ret_id, guint32 *ret_answer)
{
    if (host->fd < 0)
        return -ENOTCONN;
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (copy < 0)
        return -errno;
    if (++host->last_question == 0)
        host->last_question = 1;
    guint32 id = *ret_id = host->last_question;
    send_packet(host, type, id, body, size, &copy, 1);
    return wait_for_answer(host, id, ret_answer);
}
