/* SPDX-License-Identifier: MIT */

#include "channel/wake.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#if defined(__x86_64__) || defined(__i386__)
#define relax_cpu() __builtin_ia32_pause()
#else
#define relax_cpu() ((void)0)
#endif

/* Looks between two questions to the scheduler. */
#define LOOKS_PER_YIELD 64

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

int weft_bell_open(int *ret_fd)
{
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fd < 0)
        return -errno;
    *ret_fd = fd;
    return 0;
}

int weft_bell_check(int fd)
{
    char link[64], target[64];
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, target, sizeof(target) - 1);
    if (length < 0)
        return -EBADF;
    target[length] = '\0';
    if (strncmp(target, "anon_inode:[eventfd", strlen("anon_inode:[eventfd")) != 0)
        return -EBADF;
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
        return -EBADF;
    return 0;
}

/* The peer keeps a copy, and may make it blocking again: what would block is not begun. */
static bool is_ready(int fd, short events)
{
    struct pollfd polled = {.fd = fd, .events = events};
    return poll(&polled, 1, 0) > 0 && (polled.revents & events);
}

void weft_bell_ring(int fd)
{
    uint64_t one = 1;
    ssize_t r;
    if (!is_ready(fd, POLLOUT))
        return; /* full is as good as rung */
    do
        r = write(fd, &one, sizeof(one));
    while (r < 0 && errno == EINTR);
}

void weft_bell_clear(int fd)
{
    uint64_t count;
    if (!is_ready(fd, POLLIN))
        return;
    ssize_t r;
    do
        r = read(fd, &count, sizeof(count));
    while (r < 0 && errno == EINTR);
}

void weft_spin_init(struct weft_spin *spin)
{
    *spin = (struct weft_spin){.budget_ns = WEFT_SPIN_MAX_NS};
}

void weft_spin_active(struct weft_spin *spin)
{
    uint64_t now = now_ns();
    if (spin->in_vain_ns != 0 && now - spin->in_vain_ns < WEFT_SPIN_WORTH_NS)
        spin->budget_ns = WEFT_SPIN_MAX_NS;
    spin->in_vain_ns = 0;
    spin->last_message_ns = now;
}

/* One spin of at most the budget. Returns 1: a message, 0: none, -1: the core is wanted. */
static int look(struct weft_spin *spin, bool (*ready)(const void *), const void *data,
                uint64_t start_ns)
{
    uint64_t at = start_ns;
    while (at - start_ns < spin->budget_ns) {
        for (int i = 0; i < LOOKS_PER_YIELD; i++) {
            if (ready(data))
                return 1;
            relax_cpu();
        }
        uint64_t before = now_ns();
        sched_yield();
        at = now_ns();
        if (at - before > WEFT_SPIN_CONTENDED_NS)
            return ready(data) ? 1 : -1;
    }
    return ready(data) ? 1 : 0;
}

bool weft_spin_wait(struct weft_spin *spin, bool (*ready)(const void *), const void *data)
{
    if (ready(data))
        return true;
    uint64_t start = now_ns();
    if (start - spin->last_message_ns > WEFT_SPIN_RECENT_NS || start < spin->off_until_ns)
        return false;

    switch (look(spin, ready, data, start)) {
    case 1:
        spin->budget_ns =
            spin->budget_ns * 2 < WEFT_SPIN_MAX_NS ? spin->budget_ns * 2 : WEFT_SPIN_MAX_NS;
        return true;
    case 0:
        spin->budget_ns =
            spin->budget_ns / 2 > WEFT_SPIN_MIN_NS ? spin->budget_ns / 2 : WEFT_SPIN_MIN_NS;
        spin->in_vain_ns = start;
        return false;
    default:
        spin->off_until_ns = now_ns() + WEFT_SPIN_OFF_NS;
        return false;
    }
}
