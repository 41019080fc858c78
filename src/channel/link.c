/* SPDX-License-Identifier: MIT */

#include "channel/link.h"

#include "base/cleanup.h"
#include "base/descriptors.h"
#include "base/socket.h"
#include "channel/layout.h"
#include "channel/link-internal.h"
#include "channel/ring.h"
#include "channel/wake.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>

/* Takes the descriptors of this end, also on failure. */
static int link_new(enum weft_link_end end, const int mine[WEFT_LINK_DESCRIPTORS],
                    struct weft_link **ret_link)
{
    struct weft_link *link = calloc(1, sizeof(*link));
    if (!link) {
        weft_descriptors_close(mine, WEFT_LINK_DESCRIPTORS);
        return -ENOMEM;
    }
    link->bell = mine[end == WEFT_LINK_PAGE ? WEFT_LINK_BELL_PAGE : WEFT_LINK_BELL_WORKER];
    link->peer_bell = mine[end == WEFT_LINK_PAGE ? WEFT_LINK_BELL_WORKER : WEFT_LINK_BELL_PAGE];
    link->socket = mine[WEFT_LINK_SOCKET];
    link->queue_last = &link->queue;
    link->shared_last = &link->shared;
    weft_spin_init(&link->spin);

    void *memory = mmap(NULL, WEFT_CHANNEL_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
                        mine[WEFT_LINK_MEMORY], 0);
    int saved = errno;
    close(mine[WEFT_LINK_MEMORY]);
    if (memory == MAP_FAILED) {
        weft_link_close(link);
        /* Sealed against writing, or opened for reading only. */
        return saved == EPERM || saved == EACCES ? -EBADMSG : -saved;
    }
    link->memory = memory;

    struct weft_channel_layout *layout = memory;
    uint8_t *second = layout->data + WEFT_RING_CAPACITY;
    bool page = end == WEFT_LINK_PAGE;
    weft_ring_init(page ? &link->out : &link->in, &layout->to_worker, layout->data,
                   WEFT_RING_CAPACITY);
    weft_ring_init(page ? &link->in : &link->out, &layout->to_page, second, WEFT_RING_CAPACITY);

    int r = weft_segments_new(link->bell, &link->segments);
    if (r < 0) {
        weft_link_close(link);
        return r;
    }
    *ret_link = link;
    return 0;
}

/* Makes the sealed memory of a channel, with its identity written. */
static int make_memory(int *ret_fd)
{
    weft_autofd int fd = memfd_create("weft-channel", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -errno;
    if (ftruncate(fd, (off_t)WEFT_CHANNEL_SIZE) < 0 ||
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) < 0)
        return -errno;
    struct weft_channel_layout identity = {
        .magic = WEFT_CHANNEL_MAGIC,
        .version = WEFT_CHANNEL_VERSION,
        .capacity = WEFT_RING_CAPACITY,
    };
    if (pwrite(fd, &identity, sizeof(identity), 0) != (ssize_t)sizeof(identity))
        return -EIO;
    *ret_fd = weft_steal_fd(&fd);
    return 0;
}

static int duplicate(int fd, int *ret_fd)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (copy < 0)
        return -errno;
    *ret_fd = copy;
    return 0;
}

int weft_link_create(struct weft_link **ret_link, int ret_peer[WEFT_LINK_DESCRIPTORS])
{
    int mine[WEFT_LINK_DESCRIPTORS] = {-1, -1, -1, -1};
    int peer[WEFT_LINK_DESCRIPTORS] = {-1, -1, -1, -1};
    int sockets[2] = {-1, -1};

    int r = make_memory(&mine[WEFT_LINK_MEMORY]);
    if (r == 0)
        r = weft_bell_open(&mine[WEFT_LINK_BELL_PAGE]);
    if (r == 0)
        r = weft_bell_open(&mine[WEFT_LINK_BELL_WORKER]);
    if (r == 0)
        r = weft_socket_pair(sockets);
    mine[WEFT_LINK_SOCKET] = sockets[0];
    peer[WEFT_LINK_SOCKET] = sockets[1];
    for (int i = 0; r == 0 && i < WEFT_LINK_SOCKET; i++)
        r = duplicate(mine[i], &peer[i]);
    if (r == 0 && (weft_descriptors_are_scarce(mine, WEFT_LINK_DESCRIPTORS) ||
                   weft_descriptors_are_scarce(peer, WEFT_LINK_DESCRIPTORS)))
        r = -EMFILE;
    if (r < 0) {
        weft_descriptors_close(mine, WEFT_LINK_DESCRIPTORS);
        weft_descriptors_close(peer, WEFT_LINK_DESCRIPTORS);
        return r;
    }

    r = link_new(WEFT_LINK_PAGE, mine, ret_link);
    if (r < 0) {
        weft_descriptors_close(peer, WEFT_LINK_DESCRIPTORS);
        return r;
    }
    memcpy(ret_peer, peer, sizeof(peer));
    return 0;
}

/* The page may have sent anything: a file that it can cut short, a socket that blocks. */
static int check_memory(int fd)
{
    struct stat file;
    struct statfs filesystem;
    int seals = fcntl(fd, F_GET_SEALS);
    if (seals < 0 || !(seals & F_SEAL_SHRINK))
        return -EBADMSG;
    if (fstatfs(fd, &filesystem) < 0 || filesystem.f_type != TMPFS_MAGIC)
        return -EBADMSG;
    if (fstat(fd, &file) < 0 || file.st_size < (off_t)WEFT_CHANNEL_SIZE)
        return -EBADMSG;

    struct weft_channel_layout identity;
    if (pread(fd, &identity, sizeof(identity), 0) != (ssize_t)sizeof(identity) ||
        identity.magic != WEFT_CHANNEL_MAGIC || identity.version != WEFT_CHANNEL_VERSION ||
        identity.capacity != WEFT_RING_CAPACITY)
        return -EBADMSG;
    return 0;
}

static int check_socket(int fd)
{
    int domain = 0, type = 0;
    socklen_t size = sizeof(domain);
    if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) < 0 || domain != AF_UNIX)
        return -EBADMSG;
    size = sizeof(type);
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) < 0 || type != SOCK_SEQPACKET)
        return -EBADMSG;
    return 0;
}

int weft_link_open(const int descriptors[WEFT_LINK_DESCRIPTORS], struct weft_link **ret_link)
{
    if (check_memory(descriptors[WEFT_LINK_MEMORY]) < 0 ||
        weft_bell_check(descriptors[WEFT_LINK_BELL_PAGE]) < 0 ||
        weft_bell_check(descriptors[WEFT_LINK_BELL_WORKER]) < 0 ||
        check_socket(descriptors[WEFT_LINK_SOCKET]) < 0) {
        weft_descriptors_close(descriptors, WEFT_LINK_DESCRIPTORS);
        return -EBADMSG;
    }
    return link_new(WEFT_LINK_WORKER, descriptors, ret_link);
}

void weft_link_close(struct weft_link *link)
{
    if (!link)
        return;
    /* Buffers whose clone has not come: the receiver never had them. */
    for (size_t i = 0; i < link->incoming_count && !link->incoming_taken; i++)
        weft_segment_return(link->incoming[i].segment);
    weft_link_drop_shared(link);
    weft_segments_close(link->segments);
    while (link->queue) {
        struct weft_queued *next = link->queue->next;
        weft_shared_unref(link->queue->shared);
        free(link->queue);
        link->queue = next;
    }
    if (link->memory)
        munmap(link->memory, WEFT_CHANNEL_SIZE);
    weft_close_fd(&link->bell);
    weft_close_fd(&link->peer_bell);
    weft_close_fd(&link->socket);
    free(link->attached);
    free(link->incoming);
    free(link);
}

int weft_link_bell(const struct weft_link *link)
{
    return link->bell;
}

int weft_link_socket(const struct weft_link *link)
{
    return link->socket;
}

bool weft_link_ready(const struct weft_link *link)
{
    return link->inbox_used < link->inbox_size || weft_ring_ready(&link->in);
}

static bool spin_ready(const void *link)
{
    return weft_link_ready(link);
}

bool weft_link_spin(struct weft_link *link)
{
    return weft_spin_wait(&link->spin, spin_ready, link);
}

bool weft_link_sleep(struct weft_link *link)
{
    return link->inbox_used == link->inbox_size && weft_ring_consumer_sleep(&link->in);
}

void weft_link_wake(struct weft_link *link)
{
    weft_ring_consumer_wake(&link->in);
}

void weft_link_clear_bell(struct weft_link *link)
{
    weft_bell_clear(link->bell);
}
