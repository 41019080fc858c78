/* SPDX-License-Identifier: MIT */

#include "base/socket.h"

#include "base/descriptors.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int weft_socket_pair(int ret_fds[2])
{
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ret_fds) < 0)
        return -errno;
    return 0;
}

int weft_socket_send(int fd, const void *data, size_t size, const int *fds, size_t fd_count)
{
    if (fd_count > WEFT_SOCKET_MAX_FDS)
        return -EINVAL;

    struct iovec part = {.iov_base = (void *)data, .iov_len = size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int) * WEFT_SOCKET_MAX_FDS)];
    } control = {0};

    if (fd_count > 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * fd_count);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int) * fd_count);
        memcpy(CMSG_DATA(header), fds, sizeof(int) * fd_count);
    }

    ssize_t sent;
    do
        sent = sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    if (sent >= 0)
        return 0;
    /* ETOOMANYREFS: too many descriptors are in flight between processes; they drain by
     * themselves. */
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS || errno == ETOOMANYREFS)
        return WEFT_SOCKET_AGAIN;
    if (errno == EPIPE || errno == ECONNRESET || errno == ENOTCONN)
        return WEFT_SOCKET_CLOSED;
    return -errno;
}

/* Linux 6.5; the headers of older systems lack it. */
#ifndef SCM_PIDFD
#define SCM_PIDFD 0x04
#endif

/* Closes the process descriptor that the kernel adds where SO_PASSPIDFD is set: a peer that made
 * the pair can set it on our end. */
static void close_pidfd(struct cmsghdr *header)
{
    int pidfd;
    memcpy(&pidfd, CMSG_DATA(header), sizeof(pidfd));
    if (pidfd >= 0)
        close(pidfd);
}

/* Copies the descriptors of @message out; returns their number. */
static size_t take_fds(struct msghdr *message, int *ret_fds)
{
    size_t count = 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header;
         header = CMSG_NXTHDR(message, header)) {
        if (header->cmsg_level != SOL_SOCKET)
            continue;
        size_t here = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        if (header->cmsg_type == SCM_PIDFD && here == 1)
            close_pidfd(header);
        if (header->cmsg_type != SCM_RIGHTS)
            continue;
        memcpy(ret_fds + count, CMSG_DATA(header), here * sizeof(int));
        count += here;
    }
    return count;
}

int weft_socket_receive(int fd, void *data, size_t capacity, size_t *ret_size, int *ret_fds,
                        size_t *ret_fd_count)
{
    struct iovec part = {.iov_base = data, .iov_len = capacity};
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int) * WEFT_SOCKET_MAX_FDS)];
    } control;
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = control.bytes,
        .msg_controllen = sizeof(control.bytes),
    };

    ssize_t received;
    do
        received = recvmsg(fd, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    while (received < 0 && errno == EINTR);
    if (received < 0) {
        if (errno == EAGAIN || errno == EWOULDBLOCK)
            return WEFT_SOCKET_AGAIN;
        return errno == ECONNRESET ? WEFT_SOCKET_CLOSED : -errno;
    }

    int fds[WEFT_SOCKET_MAX_FDS];
    size_t count = take_fds(&message, fds);
    if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
        weft_descriptors_close(fds, count);
        return -EMSGSIZE;
    }
    if (received == 0 && count == 0)
        return WEFT_SOCKET_CLOSED; /* no packet of ours is empty, so this is the end */

    memcpy(ret_fds, fds, count * sizeof(int));
    *ret_fd_count = count;
    *ret_size = (size_t)received;
    return 0;
}
