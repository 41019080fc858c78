/* SPDX-License-Identifier: MIT */

#include "base/cleanup.h"
#include "base/socket.h"
#include "base/test.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>

#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD 76 /* Linux 6.5 */
#endif

/* A packet larger than any socket's buffer. */
#define HUGE_SIZE (64 << 20)

struct received {
    char data[64];
    size_t size;
    int fds[WEFT_SOCKET_MAX_FDS];
    size_t fd_count;
};

static int receive(int fd, struct received *ret)
{
    return weft_socket_receive(fd, ret->data, sizeof(ret->data), &ret->size, ret->fds,
                               &ret->fd_count);
}

static void close_received(const struct received *received)
{
    for (size_t i = 0; i < received->fd_count; i++)
        close(received->fds[i]);
}

static bool is_same_file(int a, int b)
{
    struct stat first, second;
    CHECK(fstat(a, &first) == 0 && fstat(b, &second) == 0);
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

TEST(both_ends_are_close_on_exec_and_never_block)
{
    int ends[2];
    CHECK_EQ(weft_socket_pair(ends), 0);
    for (int i = 0; i < 2; i++) {
        CHECK(fcntl(ends[i], F_GETFD) & FD_CLOEXEC);
        CHECK(fcntl(ends[i], F_GETFL) & O_NONBLOCK);
    }
    struct received received;
    CHECK_EQ(receive(ends[0], &received), WEFT_SOCKET_AGAIN);
}

TEST(packets_arrive_whole_and_in_order)
{
    int ends[2];
    CHECK_EQ(weft_socket_pair(ends), 0);
    CHECK_EQ(weft_socket_send(ends[0], "first", 5, NULL, 0), 0);
    CHECK_EQ(weft_socket_send(ends[0], "second", 6, NULL, 0), 0);

    struct received received;
    CHECK_EQ(receive(ends[1], &received), 0);
    CHECK_EQ(received.size, 5);
    CHECK_EQ(received.fd_count, 0);
    CHECK_BYTES_EQ(received.data, "first", 5);
    CHECK_EQ(receive(ends[1], &received), 0);
    CHECK_EQ(received.size, 6);
    CHECK_EQ(receive(ends[1], &received), WEFT_SOCKET_AGAIN);
}

TEST(descriptors_arrive_in_order_and_close_on_exec)
{
    int ends[2], sent[WEFT_SOCKET_MAX_FDS];
    CHECK_EQ(weft_socket_pair(ends), 0);
    for (int i = 0; i < WEFT_SOCKET_MAX_FDS; i++)
        sent[i] = memfd_create("weft-test", 0); /* inheritable on our side */
    CHECK_EQ(weft_socket_send(ends[0], "x", 1, sent, WEFT_SOCKET_MAX_FDS), 0);

    struct received received;
    CHECK_EQ(receive(ends[1], &received), 0);
    CHECK_EQ(received.fd_count, WEFT_SOCKET_MAX_FDS);
    for (int i = 0; i < WEFT_SOCKET_MAX_FDS; i++) {
        CHECK(is_same_file(received.fds[i], sent[i]));
        CHECK(fcntl(received.fds[i], F_GETFD) & FD_CLOEXEC);
    }
}

/* Sends @count descriptors in one packet, which our own function refuses to do. */
static void send_many(int fd, size_t count)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int) * 64)];
    } control = {0};
    struct iovec part = {.iov_base = "x", .iov_len = 1};
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = control.bytes,
        .msg_controllen = CMSG_SPACE(sizeof(int) * count),
    };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * count);
    for (size_t i = 0; i < count; i++)
        memcpy(CMSG_DATA(header) + i * sizeof(int), &fd, sizeof(int));
    CHECK_EQ(sendmsg(fd, &message, 0), 1);
}

TEST(too_many_descriptors_are_refused_and_closed)
{
    int ends[2];
    CHECK_EQ(weft_socket_pair(ends), 0);
    int fds[WEFT_SOCKET_MAX_FDS + 1] = {0};
    CHECK_EQ(weft_socket_send(ends[0], "x", 1, fds, WEFT_SOCKET_MAX_FDS + 1), -EINVAL);

    size_t before = weft_test_count_fds();
    struct received received = {.size = 42, .fd_count = 42};
    send_many(ends[0], WEFT_SOCKET_MAX_FDS + 1);
    CHECK_EQ(receive(ends[1], &received), -EMSGSIZE);
    send_many(ends[0], 64);
    CHECK_EQ(receive(ends[1], &received), -EMSGSIZE);
    CHECK_EQ(weft_test_count_fds(), before);
    CHECK(received.size == 42 && received.fd_count == 42);
}

TEST(a_packet_longer_than_the_buffer_is_refused_with_its_descriptors)
{
    int ends[2];
    char longer[sizeof((struct received){0}.data) + 1] = {0};
    CHECK_EQ(weft_socket_pair(ends), 0);
    size_t before = weft_test_count_fds();
    struct received received = {.size = 42, .fd_count = 42};
    CHECK_EQ(weft_socket_send(ends[0], longer, sizeof(longer), ends, 2), 0);
    CHECK_EQ(receive(ends[1], &received), -EMSGSIZE);
    CHECK_EQ(weft_test_count_fds(), before);
    CHECK(received.size == 42 && received.fd_count == 42);

    /* The next one is not hurt. */
    CHECK_EQ(weft_socket_send(ends[0], "next", 4, NULL, 0), 0);
    CHECK_EQ(receive(ends[1], &received), 0);
    CHECK_EQ(received.size, 4);
}

TEST(what_was_sent_before_the_peer_closed_still_arrives)
{
    int ends[2];
    CHECK_EQ(weft_socket_pair(ends), 0);
    CHECK_EQ(weft_socket_send(ends[0], "last", 4, ends, 1), 0);
    close(ends[0]);

    struct received received;
    CHECK_EQ(receive(ends[1], &received), 0);
    CHECK_EQ(received.size, 4);
    close_received(&received);
    CHECK_EQ(receive(ends[1], &received), WEFT_SOCKET_CLOSED);
    CHECK_EQ(weft_socket_send(ends[1], "x", 1, NULL, 0), WEFT_SOCKET_CLOSED); /* no SIGPIPE */
}

TEST(a_full_socket_says_again_and_loses_nothing)
{
    int ends[2];
    uint32_t sent = 0;
    CHECK_EQ(weft_socket_pair(ends), 0);
    int r;
    while ((r = weft_socket_send(ends[0], &sent, sizeof(sent), NULL, 0)) == 0)
        sent++;
    CHECK_EQ(r, WEFT_SOCKET_AGAIN);
    CHECK(sent > 0);

    struct received received;
    for (uint32_t i = 0; i < sent; i++) {
        CHECK_EQ(receive(ends[1], &received), 0);
        CHECK_BYTES_EQ(received.data, &i, sizeof(i));
    }
    CHECK_EQ(weft_socket_send(ends[0], &sent, sizeof(sent), NULL, 0), 0);
}

TEST(a_packet_that_could_never_be_sent_is_an_error)
{
    int ends[2];
    CHECK_EQ(weft_socket_pair(ends), 0);
    char *huge = calloc(1, HUGE_SIZE);
    CHECK_EQ(weft_socket_send(ends[0], huge, HUGE_SIZE, NULL, 0), -EMSGSIZE);
    free(huge);
}

/* A page makes the pair and may keep a copy of our end, so it can set options on it. */
TEST(descriptors_that_the_kernel_adds_by_itself_do_not_pile_up)
{
    int ends[2], on = 1;
    CHECK_EQ(weft_socket_pair(ends), 0);
    if (setsockopt(ends[1], SOL_SOCKET, SO_PASSPIDFD, &on, sizeof(on)) < 0)
        weft_test_skip("this kernel passes no process descriptors");
    size_t before = weft_test_count_fds();
    struct received received;
    for (int i = 0; i < 4; i++) {
        CHECK_EQ(weft_socket_send(ends[0], "x", 1, &ends[0], 1), 0);
        if (receive(ends[1], &received) == 0)
            close_received(&received);
    }
    CHECK_EQ(weft_test_count_fds(), before);
}

TEST(packets_with_credentials_are_refused_or_understood)
{
    int ends[2], on = 1;
    CHECK_EQ(weft_socket_pair(ends), 0);
    CHECK_EQ(setsockopt(ends[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)), 0);
    size_t before = weft_test_count_fds();
    CHECK_EQ(weft_socket_send(ends[0], "x", 1, ends, 2), 0);
    struct received received = {0};
    int r = receive(ends[1], &received);
    CHECK(r == 0 || r == -EMSGSIZE);
    close_received(&received);
    CHECK_EQ(weft_test_count_fds(), before);
}
