/* SPDX-License-Identifier: MIT */

/*
 * The ring between two threads, and with a process that is killed. Both threads use the same
 * mapping, so that ThreadSanitizer sees every access.
 */

#include "base/test.h"
#include "channel/ring.h"
#include "channel/wake.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

/* Small, so that the ring is full and empty all the time. */
#define CAPACITY   4096
#define LONGEST    300
#define MESSAGES   (WEFT_TEST_SANITIZED ? 100000 : 1000000)
#define KILLS      20
#define INBOX_SIZE ((size_t)131072)

struct shared {
    struct weft_ring_cursors cursors;
    uint8_t data[CAPACITY];
};

struct fixture {
    struct shared *shared;
    struct weft_ring producer;
    struct weft_ring consumer;
    int consumer_bell;
    int producer_bell;
    uint32_t count;
};

static void set_up(struct fixture *f)
{
    f->shared =
        mmap(NULL, sizeof(*f->shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(f->shared != MAP_FAILED);
    weft_ring_init(&f->producer, &f->shared->cursors, f->shared->data, CAPACITY);
    weft_ring_init(&f->consumer, &f->shared->cursors, f->shared->data, CAPACITY);
    CHECK_EQ(weft_bell_open(&f->consumer_bell), 0);
    CHECK_EQ(weft_bell_open(&f->producer_bell), 0);
    f->count = MESSAGES;
}

/* The size and the bytes of message @number follow from its number. */
static uint32_t fill_message(uint32_t number, uint8_t *body)
{
    uint64_t random = (number + 1) * UINT64_C(0x9e3779b97f4a7c15);
    uint32_t size = (uint32_t)(random >> 40) % LONGEST;
    for (uint32_t i = 0; i < size; i++) {
        random = random * UINT64_C(6364136223846793005) + 1;
        body[i] = (uint8_t)(random >> 56);
    }
    return size;
}

static void produce(struct fixture *f, uint32_t number)
{
    uint8_t body[LONGEST];
    uint32_t size = fill_message(number, body);
    int r;
    while ((r = weft_ring_push(&f->producer, WEFT_MESSAGE_DATA, body, size)) == WEFT_RING_FULL) {
        if (!weft_ring_producer_wait(&f->producer, size))
            continue;
        weft_test_wait_readable(f->producer_bell);
        weft_bell_clear(f->producer_bell);
    }
    CHECK_EQ(r, 0);
    if (weft_ring_consumer_wants_bell(&f->producer))
        weft_bell_ring(f->consumer_bell);
}

/* Checks the messages in @inbox, the first of which must be @number; returns how many there are. */
static uint32_t check_messages(const uint8_t *inbox, size_t size, uint32_t number)
{
    uint32_t count = 0;
    for (size_t at = 0; at < size;) {
        struct weft_message_header header;
        uint8_t expected[LONGEST];
        memcpy(&header, inbox + at, sizeof(header));
        CHECK_EQ(header.kind, WEFT_MESSAGE_DATA);
        CHECK_EQ(header.size, fill_message(number + count, expected));
        CHECK_BYTES_EQ(inbox + at + sizeof(header), expected, header.size);
        at += weft_message_span(header.size);
        count++;
    }
    return count;
}

/* Takes what there is; returns the number of messages. */
static uint32_t consume(struct fixture *f, uint32_t number)
{
    static uint8_t inbox[INBOX_SIZE];
    size_t size;
    int r = weft_ring_drain(&f->consumer, inbox, sizeof(inbox), &size);
    if (r == WEFT_RING_EMPTY)
        return 0;
    CHECK_EQ(r, 0);
    if (weft_ring_producer_wants_bell(&f->consumer))
        weft_bell_ring(f->producer_bell);
    return check_messages(inbox, size, number);
}

static void sleep_until_rung(struct fixture *f)
{
    if (!weft_ring_consumer_sleep(&f->consumer))
        return;
    weft_test_wait_readable(f->consumer_bell);
    weft_ring_consumer_wake(&f->consumer);
    weft_bell_clear(f->consumer_bell);
}

static void *produce_all(void *data)
{
    struct fixture *f = data;
    for (uint32_t i = 0; i < f->count; i++)
        produce(f, i);
    return NULL;
}

TEST(a_million_messages_arrive_in_order_and_no_bell_is_lost)
{
    struct fixture f;
    pthread_t thread;
    set_up(&f);
    CHECK_EQ(pthread_create(&thread, NULL, produce_all, &f), 0);
    for (uint32_t number = 0; number < f.count;) {
        uint32_t taken = consume(&f, number);
        number += taken;
        if (taken == 0)
            sleep_until_rung(&f);
    }
    CHECK_EQ(pthread_join(thread, NULL), 0);
    CHECK_EQ(consume(&f, f.count), 0);
}

/* Kills the producer after about @wanted messages; what it has published stays sound. */
static void kill_producer_after(uint32_t wanted)
{
    struct fixture f;
    uint32_t number = 0;
    set_up(&f);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        for (uint32_t i = 0;; i++)
            produce(&f, i);
    }
    while (number < wanted) {
        uint32_t taken = consume(&f, number);
        number += taken;
        if (taken == 0)
            sleep_until_rung(&f);
    }
    CHECK_EQ(kill(child, SIGKILL), 0);
    CHECK_EQ(weft_test_wait(child), -SIGKILL);

    uint32_t taken;
    while ((taken = consume(&f, number)) > 0)
        number += taken;
    CHECK(!weft_ring_ready(&f.consumer));
    munmap(f.shared, sizeof(*f.shared));
    close(f.consumer_bell);
    close(f.producer_bell);
}

TEST(what_a_killed_producer_had_published_is_whole)
{
    for (uint32_t i = 0; i < KILLS; i++)
        kill_producer_after(1 + i * i * 37);
}

TEST(a_killed_consumer_leaves_a_full_ring_and_no_error)
{
    struct fixture f;
    set_up(&f);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        for (uint32_t number = 0;;)
            number += consume(&f, number);
    }
    for (uint32_t i = 0; i < 10000; i++)
        produce(&f, i);
    CHECK_EQ(kill(child, SIGKILL), 0);
    CHECK_EQ(weft_test_wait(child), -SIGKILL);

    int r;
    while ((r = weft_ring_push(&f.producer, WEFT_MESSAGE_DATA, "12345678", 8)) == 0)
        continue;
    CHECK_EQ(r, WEFT_RING_FULL);
    CHECK(weft_ring_producer_wait(&f.producer, 8));
}
