/* SPDX-License-Identifier: MIT */

/*
 * main/host - spawns, feeds and ends worker hosts
 *
 * Main process, main thread. In: opaque descriptors of page sockets, which go down the leash; the
 * page and its host then talk without us. Out: what comes up the leash (channel/leash.h), the ends
 * of channels that workers make to us, and the last words of a host that crashes.
 */

#include "main/host.h"

#include "base/cleanup.h"
#include "base/descriptors.h"
#include "base/socket.h"
#include "channel/leash.h"
#include "main/descriptor.h"
#include "main/value.h"
#include "node/handoff.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

/* A host that is still there so long after its leash closed is killed. */
#define HOST_END_TIMEOUT_MS 3000

/* The descriptor at which the host finds its leash. */
#define LEASH_FD 3

/* Lines that are opened before other handles get their turn. */
#define PACKETS_PER_TURN 16

/* PF_EXITING of the kernel's include/linux/sched.h, set before anything of the process is freed. */
#define PROCESS_IS_EXITING 0x4

static const napi_type_tag host_tag = {0x57656674486f7374, 0x8d3c52be917f4e08};

/* The JavaScript object is kept alive by @self until the process has been reaped and the uv
 * handles are closed; its finaliser then frees the struct. */
struct host {
    uv_process_t process;
    uv_timer_t deadline;
    uv_poll_t poll;   /* of the leash, and there as long as that is */
    int leash;        /* -1 once closed */
    int open_handles; /* uv handles that are not closed yet */
    char *crashed_in; /* the module of its last words */
    struct weft_callback callback;
    napi_ref self;
};

static void finalize_cb(napi_env env, void *data, void *hint)
{
    struct host *host = data;
    /* At the end of the process the handles still belong to the loop; the leash goes with us. */
    if (host->open_handles > 0)
        return;
    weft_close_fd(&host->leash);
    g_free(host->crashed_in);
    g_free(host);
}

static void closed_cb(uv_handle_t *handle)
{
    struct host *host = handle->data;
    if (--host->open_handles > 0)
        return;
    napi_env env = host->callback.env;
    napi_handle_scope scope;
    napi_open_handle_scope(env, &scope);
    weft_callback_deinit(&host->callback);
    napi_reference_unref(env, host->self, NULL);
    napi_close_handle_scope(env, scope);
}

/* ---- what the host says ---- */

static void close_leash(struct host *host)
{
    if (host->leash < 0)
        return;
    uv_close((uv_handle_t *)&host->poll, closed_cb);
    weft_close_fd(&host->leash);
}

/* @descriptors are taken. */
static void handle_line(struct host *host, const char *json, size_t size, const int *descriptors)
{
    uint32_t key;
    if (weft_handoff_put(descriptors, &key) < 0)
        return;
    g_autofree char *text = g_utf8_make_valid(json, (gssize)size);
    weft_callback_emit(&host->callback, "line", "is", (int)key, text);
}

static void handle_packet(struct host *host, const char *packet, size_t size, const int *fds,
                          size_t fd_count)
{
    if (size > 1 && packet[0] == WEFT_LEASH_LINE && fd_count == WEFT_LINK_DESCRIPTORS) {
        handle_line(host, packet + 1, size - 1, fds);
        return;
    }
    weft_descriptors_close(fds, fd_count);
    if (size < WEFT_LEASH_LAST_WORDS_HEADER || packet[0] != WEFT_LEASH_LAST_WORDS)
        return;
    g_free(host->crashed_in);
    host->crashed_in = g_utf8_make_valid(packet + WEFT_LEASH_LAST_WORDS_HEADER,
                                         (gssize)(size - WEFT_LEASH_LAST_WORDS_HEADER));
}

/* Handles one packet. Returns as weft_socket_receive() does. */
static int receive_one(struct host *host)
{
    static char packet[WEFT_LEASH_PACKET_MAX];
    int fds[WEFT_SOCKET_MAX_FDS];
    size_t size, fd_count;
    if (host->leash < 0)
        return WEFT_SOCKET_CLOSED;
    int r = weft_socket_receive(host->leash, packet, sizeof(packet), &size, fds, &fd_count);
    if (r == 0)
        handle_packet(host, packet, size, fds, fd_count);
    return r;
}

static void leash_cb(uv_poll_t *poll, int status, int events)
{
    (void)status, (void)events;
    struct host *host = poll->data;
    int r = 0;
    for (int i = 0; i < PACKETS_PER_TURN && r == 0; i++)
        r = receive_one(host);
    if (r != 0 && r != WEFT_SOCKET_AGAIN && host->leash >= 0)
        uv_poll_stop(poll); /* it has ended; exit_cb tells that */
}

static void exit_cb(uv_process_t *process, int64_t code, int signal)
{
    struct host *host = process->data;
    while (receive_one(host) == 0) /* what it had said before */
        ;
    close_leash(host);
    uv_close((uv_handle_t *)&host->process, closed_cb);
    uv_close((uv_handle_t *)&host->deadline, closed_cb);
    const char *module = host->crashed_in ? host->crashed_in : "";
    weft_callback_emit(&host->callback, "exit", "iis", (int)code, signal, module);
}

static void deadline_cb(uv_timer_t *timer)
{
    struct host *host = timer->data;
    uv_process_kill(&host->process, SIGKILL);
}

/* @fd (taken) is our end of it. */
static int open_leash(struct host *host, uv_loop_t *loop, int fd)
{
    weft_autofd int taken = fd;
    int r = uv_poll_init(loop, &host->poll, fd);
    if (r < 0)
        return r;
    host->poll.data = host;
    host->open_handles++;
    host->leash = weft_steal_fd(&taken);
    uv_poll_start(&host->poll, UV_READABLE, leash_cb);
    uv_unref((uv_handle_t *)&host->poll);
    return 0;
}

/* Starts the process with one end of the leash. Returns 0 or negative errno, as libuv does. */
static int spawn(struct host *host, uv_loop_t *loop, char **argv, char **envp)
{
    int pair[2];
    int r = weft_socket_pair(pair);
    if (r < 0)
        return r;
    weft_autofd int ours = pair[0];
    weft_autofd int theirs = pair[1];

    uv_stdio_container_t stdio[LEASH_FD + 1];
    for (int fd = 0; fd < LEASH_FD; fd++)
        stdio[fd] = (uv_stdio_container_t){.flags = UV_INHERIT_FD, .data.fd = fd};
    stdio[LEASH_FD] = (uv_stdio_container_t){.flags = UV_INHERIT_FD, .data.fd = theirs};
    uv_process_options_t options = {
        .exit_cb = exit_cb,
        .file = argv[0],
        .args = argv,
        .env = envp,
        .stdio = stdio,
        .stdio_count = G_N_ELEMENTS(stdio),
    };

    uv_timer_init(loop, &host->deadline);
    uv_unref((uv_handle_t *)&host->deadline);
    host->process.data = host->deadline.data = host;
    host->open_handles = 2;
    r = uv_spawn(loop, &host->process, &options);
    uv_unref((uv_handle_t *)&host->process);
    return r < 0 ? r : open_leash(host, loop, weft_steal_fd(&ours));
}

static int spawn_from(napi_env env, napi_value options, struct host *host)
{
    g_autofree char *file = weft_value_get_string(env, options, "file");
    g_auto(GStrv) args = weft_value_get_strv(env, options, "args");
    g_auto(GStrv) envp = weft_value_get_strv(env, options, "env");
    uv_loop_t *loop = NULL;

    if (!file || !args || !envp || napi_get_uv_event_loop(env, &loop) != napi_ok)
        return UV_EINVAL;
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_ptr_array_add(argv, file);
    for (char **arg = args; *arg; arg++)
        g_ptr_array_add(argv, *arg);
    g_ptr_array_add(argv, NULL);
    return spawn(host, loop, (char **)argv->pdata, envp);
}

static napi_value construct(napi_env env, napi_callback_info info)
{
    napi_value argv[2];
    napi_value self;
    if (!weft_value_arguments(env, info, 2, argv, &self))
        return NULL;

    struct host *host = g_new0(struct host, 1);
    host->leash = -1;
    if (!weft_callback_init(&host->callback, env, argv[1]) ||
        !weft_value_wrap(env, self, &host_tag, host, finalize_cb, &host->self)) {
        weft_callback_deinit(&host->callback);
        g_free(host);
        return NULL;
    }
    int r = spawn_from(env, argv[0], host);
    if (host->open_handles > 0)
        napi_reference_ref(env, host->self, NULL);
    if (r < 0 && host->open_handles > 0) {
        uv_close((uv_handle_t *)&host->process, closed_cb);
        uv_close((uv_handle_t *)&host->deadline, closed_cb);
    }
    if (r < 0)
        return weft_value_throw(env, "The worker host could not be started: %s", uv_strerror(r));
    return self;
}

/* Whether the kernel is ending @pid. Its sockets close one after the other: a page that has seen
 * its own close may ask for a host while the leash of the dying one still takes packets. After the
 * name in parentheses /proc/PID/stat has: state ppid pgrp session tty tpgid flags. */
static bool is_dying(int pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/stat", pid);
    g_autofree char *stat = NULL;
    unsigned flags = 0;
    char state = 0;

    if (!g_file_get_contents(path, &stat, NULL, NULL))
        return true;
    const char *fields = strrchr(stat, ')');
    if (!fields || sscanf(fields, ") %c %*d %*d %*d %*d %*d %u", &state, &flags) != 2)
        return true;
    return state == 'Z' || state == 'X' || (flags & PROCESS_IS_EXITING);
}

static napi_value attach(napi_env env, napi_callback_info info)
{
    napi_value argv[2];
    int number;
    struct host *host = weft_value_this(env, info, &host_tag, 2, argv);
    if (!host || !weft_value_to_int(env, argv[1], &number))
        return NULL;
    napi_value handle = argv[0];
    int fd = weft_descriptor_borrow(env, handle);
    if (fd < 0)
        return NULL;

    int r = WEFT_SOCKET_CLOSED;
    const struct weft_leash_attach packet = {.type = WEFT_LEASH_ATTACH, .page = (uint32_t)number};
    if (host->leash >= 0 && !is_dying(uv_process_get_pid(&host->process)))
        r = weft_socket_send(host->leash, &packet, sizeof(packet), &fd, 1);
    if (r == WEFT_SOCKET_AGAIN)
        return weft_value_throw(env, "The worker host does not read its leash");
    if (r < 0)
        return weft_value_throw(env, "The worker host's leash: %s", g_strerror(-r));
    if (r == 0)
        weft_descriptor_release(env, handle);
    return weft_value_from_bool(env, r == 0);
}

static napi_value close_host(napi_env env, napi_callback_info info)
{
    struct host *host = weft_value_this(env, info, &host_tag, 0, NULL);
    if (!host || host->leash < 0)
        return NULL;
    close_leash(host);
    uv_timer_start(&host->deadline, deadline_cb, HOST_END_TIMEOUT_MS, 0);
    return NULL;
}

static napi_value get_pid(napi_env env, napi_callback_info info)
{
    struct host *host = weft_value_this(env, info, &host_tag, 0, NULL);
    return host ? weft_value_from_double(env, uv_process_get_pid(&host->process)) : NULL;
}

void weft_host_define(napi_env env, napi_value exports)
{
    const napi_property_descriptor methods[] = {
        {"attach", .method = attach},
        {"close", .method = close_host},
        {"pid", .getter = get_pid},
    };
    weft_value_define_class(env, exports, "Host", construct, methods, G_N_ELEMENTS(methods));
}
