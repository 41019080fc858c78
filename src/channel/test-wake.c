/* SPDX-License-Identifier: MIT */

#include "base/cleanup.h"
#include "base/socket.h"
#include "base/test.h"
#include "channel/wake.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <time.h>

/* Far more than 20 spins, whatever else runs. */
#define LONG_NS UINT64_C(5000000000)

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

static bool is_rung(int fd)
{
    struct pollfd polled = {.fd = fd, .events = POLLIN};
    return poll(&polled, 1, 0) == 1;
}

TEST(a_bell_stays_rung_until_it_is_cleared)
{
    int bell;
    CHECK_EQ(weft_bell_open(&bell), 0);
    CHECK(fcntl(bell, F_GETFD) & FD_CLOEXEC);
    CHECK(!is_rung(bell));
    weft_bell_clear(bell); /* does not block */
    weft_bell_ring(bell);
    weft_bell_ring(bell);
    CHECK(is_rung(bell));
    weft_bell_clear(bell);
    CHECK(!is_rung(bell));
}

TEST(a_full_bell_stops_nobody)
{
    int bell;
    uint64_t full = UINT64_MAX - 1;
    CHECK_EQ(weft_bell_open(&bell), 0);
    CHECK_EQ(write(bell, &full, sizeof(full)), sizeof(full));
    weft_bell_ring(bell);
    CHECK(is_rung(bell));
    weft_bell_clear(bell);
    CHECK(!is_rung(bell));
}

TEST(a_bell_that_the_peer_makes_blocking_stops_nobody)
{
    weft_autofd int bell = -1;
    uint64_t full = UINT64_MAX - 1;
    CHECK_EQ(weft_bell_open(&bell), 0);
    CHECK_EQ(fcntl(bell, F_SETFL, 0), 0);
    weft_bell_clear(bell);
    CHECK_EQ(write(bell, &full, sizeof(full)), sizeof(full));
    weft_bell_ring(bell);
    CHECK(is_rung(bell));
}

TEST(a_bell_that_would_block_is_made_not_to)
{
    weft_autofd int bell = eventfd(0, EFD_CLOEXEC);
    CHECK_EQ(weft_bell_check(bell), 0);
    CHECK(fcntl(bell, F_GETFL) & O_NONBLOCK);
    weft_bell_clear(bell);
}

TEST(what_is_no_eventfd_is_no_bell)
{
    int pair[2], pipes[2];
    CHECK_EQ(weft_socket_pair(pair), 0);
    CHECK_EQ(pipe(pipes), 0);
    weft_autofd int file = open("/dev/null", O_RDWR | O_CLOEXEC);
    weft_autofd int memory = memfd_create("anon_inode:[eventfd]", MFD_CLOEXEC);
    int wrong[] = {pair[0], pipes[0], pipes[1], file, memory, -1, 1 << 20};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        CHECK_EQ(weft_bell_check(wrong[i]), -EBADF);
}

/* ---- the spin ---- */

/* What the spin looks at: true from the @look_at look on. */
struct source {
    int looks;
    int look_at;
};

static bool source_ready(const void *data)
{
    struct source *source = (void *)data;
    return ++source->looks >= source->look_at;
}

#define NEVER INT_MAX

static struct weft_spin active_spin(void)
{
    struct weft_spin spin;
    weft_spin_init(&spin);
    weft_spin_active(&spin);
    return spin;
}

TEST(a_message_that_is_there_needs_no_spin)
{
    struct weft_spin spin;
    struct source source = {.look_at = 1};
    weft_spin_init(&spin);
    CHECK(weft_spin_wait(&spin, source_ready, &source));
    CHECK_EQ(source.looks, 1);
}

TEST(an_end_without_recent_messages_looks_once)
{
    struct weft_spin spin;
    struct source source = {.look_at = NEVER};
    weft_spin_init(&spin);
    spin.budget_ns = UINT64_MAX; /* would never end */
    CHECK(!weft_spin_wait(&spin, source_ready, &source));
    CHECK_EQ(source.looks, 1);
}

TEST(a_spin_that_is_off_looks_once)
{
    struct weft_spin spin = active_spin();
    struct source source = {.look_at = NEVER};
    spin.budget_ns = UINT64_MAX;
    spin.off_until_ns = UINT64_MAX;
    CHECK(!weft_spin_wait(&spin, source_ready, &source));
    CHECK_EQ(source.looks, 1);
}

TEST(a_message_during_the_spin_ends_it_and_it_grows)
{
    struct weft_spin spin = active_spin();
    struct source source = {.look_at = 10};
    spin.budget_ns = WEFT_SPIN_MIN_NS;
    CHECK(weft_spin_wait(&spin, source_ready, &source));
    CHECK_EQ(source.looks, 10);
    CHECK_EQ(spin.budget_ns, 2 * WEFT_SPIN_MIN_NS);
}

/* Where each answer takes longer than the least spin, it would else never grow again. */
TEST(a_message_soon_after_a_spin_in_vain_brings_the_whole_spin_back)
{
    uint64_t budget = 0;
    /* Other processes may want this core right then. */
    for (int i = 0; i < 100 && budget != WEFT_SPIN_MAX_NS; i++) {
        struct weft_spin spin = active_spin();
        struct source source = {.look_at = NEVER};
        spin.budget_ns = WEFT_SPIN_MIN_NS;
        CHECK(!weft_spin_wait(&spin, source_ready, &source));
        weft_spin_active(&spin);
        budget = spin.budget_ns;
    }
    CHECK_EQ(budget, WEFT_SPIN_MAX_NS);
}

TEST(a_message_long_after_a_spin_in_vain_does_not)
{
    struct weft_spin spin = active_spin();
    spin.budget_ns = WEFT_SPIN_MIN_NS;
    spin.in_vain_ns = 1;
    weft_spin_active(&spin);
    CHECK_EQ(spin.budget_ns, WEFT_SPIN_MIN_NS);
}

TEST(a_spin_ends_by_itself_and_stays_within_its_bounds)
{
    uint64_t start = now_ns();
    struct weft_spin spin = active_spin();
    for (int i = 0; i < 20; i++) {
        struct source source = {.look_at = NEVER};
        weft_spin_active(&spin);
        spin.off_until_ns = 0; /* other processes may want this core */
        CHECK(!weft_spin_wait(&spin, source_ready, &source));
        CHECK(spin.budget_ns >= WEFT_SPIN_MIN_NS && spin.budget_ns <= WEFT_SPIN_MAX_NS);
    }
    CHECK(now_ns() - start < LONG_NS);
}
