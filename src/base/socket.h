/* SPDX-License-Identifier: MIT */

/*
 * base/socket - packets with descriptors over AF_UNIX SOCK_SEQPACKET
 *
 * One packet is one message: it arrives whole or not at all, with its descriptors.
 * Every descriptor received is close-on-exec.
 *
 * Thread: any (one reader and one writer at a time for each end).
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

/* Most descriptors that one packet may carry. */
#define WEFT_SOCKET_MAX_FDS 8

/* Results that the direct caller handles; they are never passed on. */
enum {
    WEFT_SOCKET_AGAIN = 1, /* nothing to read, or no room to write, just now */
    WEFT_SOCKET_CLOSED,    /* the peer has gone */
};

/* Makes a connected, non-blocking, close-on-exec pair. Returns 0 or negative errno. */
int weft_socket_pair(int ret_fds[2]);

/* Sends @size bytes and @fd_count descriptors (which stay the caller's) as one packet.
 * Never blocks, never raises SIGPIPE. Returns 0, a condition above, or negative errno. */
int weft_socket_send(int fd, const void *data, size_t size, const int *fds, size_t fd_count);

/* Receives one packet. @ret_fds has room for WEFT_SOCKET_MAX_FDS; the caller closes those received.
 * Returns 0, a condition above, -EMSGSIZE when the packet was longer than @capacity or carried more
 * descriptors than that (all of them are closed), or another negative errno. */
int weft_socket_receive(int fd, void *data, size_t capacity, size_t *ret_size, int *ret_fds,
                        size_t *ret_fd_count);
