/* SPDX-License-Identifier: MIT */

/* The ring in one thread: limits, and a peer that writes what it likes. */

#include "base/test.h"
#include "channel/ring.h"

#include <errno.h>

#define CAPACITY 256
#define KIND     WEFT_MESSAGE_DATA

/* One ring and both views of it; a guard behind the data shows what is written past its end. */
struct fixture {
    struct weft_ring_cursors cursors;
    _Alignas(8) uint8_t data[CAPACITY];
    uint8_t guard[64];
    struct weft_ring producer;
    struct weft_ring consumer;
};

static struct fixture f; /* each test is a process: it starts as zeroes */
static uint8_t out[131072];
static uint8_t body[WEFT_MESSAGE_MAX + 1];

static void set_up(void)
{
    weft_ring_init(&f.producer, &f.cursors, f.data, CAPACITY);
    weft_ring_init(&f.consumer, &f.cursors, f.data, CAPACITY);
    memset(f.guard, 0xa5, sizeof(f.guard));
    for (size_t i = 0; i < sizeof(body); i++)
        body[i] = (uint8_t)(i * 7 + 1);
}

static void check_guard(void)
{
    for (size_t i = 0; i < sizeof(f.guard); i++)
        CHECK_EQ(f.guard[i], 0xa5);
}

static int drain(size_t *ret_size)
{
    return weft_ring_drain(&f.consumer, out, sizeof(out), ret_size);
}

/* Moves the producer's published cursor without a push, as a hostile peer would. */
static void set_head(uint64_t head)
{
    atomic_store(&f.cursors.head, head);
}

static void set_tail(uint64_t tail)
{
    atomic_store(&f.cursors.tail, tail);
}

static void forge_header(size_t at, uint32_t size, uint32_t kind)
{
    struct weft_message_header header = {.size = size, .kind = kind};
    memcpy(f.data + at, &header, sizeof(header));
}

/* The message in @out at @at is @kind with the first @size bytes of the pattern. */
static void check_message(size_t at, uint32_t kind, uint32_t size)
{
    struct weft_message_header header;
    memcpy(&header, out + at, sizeof(header));
    CHECK_EQ(header.kind, kind);
    CHECK_EQ(header.size, size);
    CHECK_BYTES_EQ(out + at + sizeof(header), body, size);
}

TEST(an_empty_ring_is_empty)
{
    size_t size = 42;
    set_up();
    CHECK(!weft_ring_ready(&f.consumer));
    CHECK_EQ(drain(&size), WEFT_RING_EMPTY);
    CHECK_EQ(size, 42);
}

TEST(messages_come_out_whole_and_in_order)
{
    size_t size;
    set_up();
    CHECK_EQ(weft_ring_push(&f.producer, WEFT_MESSAGE_DATA, body, 13), 0);
    CHECK_EQ(weft_ring_push(&f.producer, WEFT_MESSAGE_ERROR, body, 8), 0);
    CHECK_EQ(weft_ring_push(&f.producer, WEFT_MESSAGE_CONSOLE, NULL, 0), 0);
    CHECK(weft_ring_ready(&f.consumer));
    CHECK_EQ(drain(&size), 0);
    CHECK_EQ(size, 24 + 16 + 8);
    check_message(0, WEFT_MESSAGE_DATA, 13);
    check_message(24, WEFT_MESSAGE_ERROR, 8);
    check_message(40, WEFT_MESSAGE_CONSOLE, 0);
    CHECK_EQ(drain(&size), WEFT_RING_EMPTY);
}

TEST(messages_of_every_size_go_around_the_end)
{
    set_up();
    for (uint32_t round = 0; round < 20 * CAPACITY; round++) {
        uint32_t length = round * 11 % (CAPACITY - 8 + 1);
        size_t size;
        CHECK_EQ(weft_ring_push(&f.producer, KIND, body, length), 0);
        CHECK_EQ(drain(&size), 0);
        CHECK_EQ(size, weft_message_span(length));
        check_message(0, KIND, length);
        check_guard();
    }
}

TEST(cursors_go_on_past_4_GiB)
{
    size_t size;
    set_up();
    uint64_t start = UINT64_C(0x100000000) - 8;
    f.producer.cursor = f.consumer.cursor = start;
    set_head(start);
    set_tail(start);
    for (int i = 0; i < 10; i++) {
        CHECK_EQ(weft_ring_push(&f.producer, KIND, body, 100), 0);
        CHECK_EQ(drain(&size), 0);
        check_message(0, KIND, 100);
    }
}

TEST(cursors_go_on_past_the_end_of_64_bits)
{
    size_t size;
    set_up();
    f.producer.cursor = f.consumer.cursor = -UINT64_C(16);
    set_head(f.producer.cursor);
    set_tail(f.producer.cursor);
    for (int i = 0; i < 4; i++) {
        CHECK_EQ(weft_ring_push(&f.producer, KIND, body, 100), 0);
        CHECK_EQ(drain(&size), 0);
        check_message(0, KIND, 100);
    }
}

TEST(an_exact_fit_fills_the_ring)
{
    size_t size;
    set_up();
    CHECK_EQ(weft_ring_push(&f.producer, KIND, body, CAPACITY - 8), 0);
    CHECK_EQ(weft_ring_push(&f.producer, KIND, NULL, 0), WEFT_RING_FULL);
    check_guard();
    CHECK_EQ(drain(&size), 0);
    CHECK_EQ(size, CAPACITY);
    check_message(0, KIND, CAPACITY - 8);
    CHECK_EQ(weft_ring_push(&f.producer, KIND, body, CAPACITY - 8), 0);
}

TEST(a_message_that_does_not_fit_changes_nothing)
{
    size_t size;
    set_up();
    CHECK_EQ(weft_ring_push(&f.producer, KIND, body, 200), 0);
    struct fixture before = f;
    CHECK_EQ(weft_ring_push(&f.producer, KIND, body, 41), WEFT_RING_FULL);
    CHECK_BYTES_EQ(&f, &before, sizeof(f));
    CHECK_EQ(weft_ring_push(&f.producer, KIND, body, 40), 0);
    CHECK_EQ(drain(&size), 0);
    check_message(0, KIND, 200);
    check_message(208, KIND, 40);
}

TEST(a_message_over_the_limit_is_refused)
{
    set_up();
    CHECK_EQ(weft_ring_push(&f.producer, KIND, body, WEFT_MESSAGE_MAX + 1), -EMSGSIZE);
    CHECK_EQ(weft_ring_push(&f.producer, KIND, body, SIZE_MAX), -EMSGSIZE);
    CHECK_EQ(f.producer.cursor, 0);
}

/* ---- a hostile producer ---- */

/* The drain refuses, and says nothing and moves nothing. */
static void check_refused(void)
{
    size_t size = 42;
    uint64_t tail = atomic_load(&f.cursors.tail);
    CHECK(weft_ring_ready(&f.consumer));
    CHECK_EQ(drain(&size), -EBADMSG);
    CHECK_EQ(size, 42);
    CHECK_EQ(atomic_load(&f.cursors.tail), tail);
    CHECK_EQ(drain(&size), -EBADMSG);
}

TEST(a_head_further_than_the_ring_is_long_is_refused)
{
    static const uint64_t heads[] = {CAPACITY + 8, 2 * CAPACITY, UINT64_C(1) << 32, UINT64_MAX - 7};
    set_up();
    for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
        set_head(heads[i]);
        check_refused();
    }
}

TEST(a_head_behind_what_was_read_is_refused)
{
    size_t size;
    set_up();
    CHECK_EQ(weft_ring_push(&f.producer, KIND, body, 24), 0);
    CHECK_EQ(drain(&size), 0);
    set_head(0);
    check_refused();
    set_head(24);
    check_refused();
}

TEST(a_head_that_is_not_a_multiple_of_8_is_refused)
{
    set_up();
    forge_header(0, 0, KIND);
    for (uint64_t head = 1; head < 24; head++) {
        if (head % 8 == 0)
            continue;
        set_head(head);
        check_refused();
    }
}

TEST(a_length_past_the_head_is_refused)
{
    set_up();
    forge_header(0, 9, KIND);
    set_head(16);
    check_refused();
    forge_header(0, 65536, KIND);
    check_refused();
    forge_header(0, CAPACITY, KIND); /* past the end of the ring, too */
    set_head(CAPACITY);
    check_refused();
}

TEST(a_length_that_overflows_is_refused)
{
    static const uint32_t sizes[] = {WEFT_MESSAGE_MAX + 1, INT32_MAX,      UINT32_C(1) << 31,
                                     UINT32_MAX - 15,      UINT32_MAX - 7, UINT32_MAX};
    set_up();
    set_head(CAPACITY);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        forge_header(0, sizes[i], KIND);
        check_refused();
    }
}

TEST(an_unknown_kind_is_refused)
{
    static const uint32_t kinds[] = {0, WEFT_MESSAGE_KIND_END, 255, UINT32_MAX};
    set_up();
    set_head(16);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        forge_header(0, 8, kinds[i]);
        check_refused();
    }
}

TEST(a_broken_message_after_good_ones_is_refused_with_them)
{
    set_up();
    CHECK_EQ(weft_ring_push(&f.producer, KIND, body, 8), 0);
    CHECK_EQ(weft_ring_push(&f.producer, KIND, body, 8), 0);
    forge_header(16, 9, KIND);
    check_refused();
}

/* ---- a hostile consumer ---- */

TEST(a_tail_that_cannot_be_stops_the_producer)
{
    static const uint64_t tails[] = {
        128, 1, 7, 104 + 8, 104 - (uint64_t)CAPACITY - 8, UINT64_C(1) << 63};
    set_up();
    CHECK_EQ(weft_ring_push(&f.producer, KIND, body, 96), 0);
    for (size_t i = 0; i < sizeof(tails) / sizeof(*tails); i++) {
        set_tail(tails[i]);
        CHECK_EQ(weft_ring_push(&f.producer, KIND, body, 8), -EBADMSG);
        /* It must not wait for a bell that nobody owes it. */
        CHECK(!weft_ring_producer_wait(&f.producer, 8));
        CHECK_EQ(atomic_load(&f.cursors.producer_waits), 0);
    }
    CHECK_EQ(atomic_load(&f.cursors.head), 104);
    check_guard();
}

TEST(a_tail_that_lies_makes_the_producer_write_in_the_ring_only)
{
    set_up();
    for (uint64_t i = 0; i < 1000; i++) {
        set_tail(f.producer.cursor - i * 8 % (CAPACITY + 8));
        int r = weft_ring_push(&f.producer, KIND, body, i % 250);
        CHECK(r == 0 || r == WEFT_RING_FULL);
        check_guard();
    }
}

/* ---- a private buffer smaller than what is there ---- */

TEST(more_than_the_buffer_holds_comes_with_the_next_drain)
{
    enum {
        RING = 262144,
        BUFFER = 65544,
        LENGTH = 30000,
        COUNT = 8,
    };
    static uint8_t data[RING];
    static struct weft_ring_cursors cursors;
    struct weft_ring producer, consumer;
    set_up();
    weft_ring_init(&producer, &cursors, data, RING);
    weft_ring_init(&consumer, &cursors, data, RING);
    for (int i = 0; i < COUNT; i++)
        CHECK_EQ(weft_ring_push(&producer, KIND, body, LENGTH), 0);

    for (int left = COUNT; left > 0; left -= 2) {
        size_t size = 0;
        CHECK_EQ(weft_ring_drain(&consumer, out, BUFFER, &size), 0);
        CHECK_EQ(size, 2 * weft_message_span(LENGTH));
        check_message(0, KIND, LENGTH);
        check_message(size / 2, KIND, LENGTH);
    }
    CHECK(!weft_ring_ready(&consumer));
}

TEST(the_largest_message_fits_the_smallest_buffer)
{
    static uint8_t data[131072];
    static struct weft_ring_cursors cursors;
    struct weft_ring producer, consumer;
    set_up();
    weft_ring_init(&producer, &cursors, data, sizeof(data));
    weft_ring_init(&consumer, &cursors, data, sizeof(data));
    for (int i = 0; i < 5; i++) {
        size_t size;
        CHECK_EQ(weft_ring_push(&producer, KIND, body, WEFT_MESSAGE_MAX), 0);
        CHECK_EQ(weft_ring_drain(&consumer, out, weft_message_span(WEFT_MESSAGE_MAX), &size), 0);
        CHECK_EQ(size, weft_message_span(WEFT_MESSAGE_MAX));
        check_message(0, KIND, WEFT_MESSAGE_MAX);
    }
}

/* ---- sleeping and waiting ---- */

TEST(a_sleeping_consumer_is_rung_once)
{
    size_t size;
    set_up();
    CHECK(weft_ring_consumer_sleep(&f.consumer));
    CHECK_EQ(weft_ring_push(&f.producer, KIND, body, 8), 0);
    CHECK(weft_ring_consumer_wants_bell(&f.producer));
    CHECK_EQ(weft_ring_push(&f.producer, KIND, body, 8), 0);
    CHECK(!weft_ring_consumer_wants_bell(&f.producer));
    weft_ring_consumer_wake(&f.consumer);
    CHECK_EQ(drain(&size), 0);
    CHECK_EQ(size, 32);
}

TEST(a_consumer_that_is_awake_is_not_rung)
{
    set_up();
    CHECK_EQ(weft_ring_push(&f.producer, KIND, body, 8), 0);
    CHECK(!weft_ring_consumer_wants_bell(&f.producer));
    CHECK(!weft_ring_consumer_sleep(&f.consumer)); /* there is something to drain */
    CHECK(!weft_ring_consumer_wants_bell(&f.producer));

    size_t size;
    CHECK_EQ(drain(&size), 0);
    CHECK(weft_ring_consumer_sleep(&f.consumer));
    weft_ring_consumer_wake(&f.consumer);
    CHECK(!weft_ring_consumer_wants_bell(&f.producer));
}

TEST(a_waiting_producer_is_rung_once)
{
    size_t size;
    set_up();
    CHECK_EQ(weft_ring_push(&f.producer, KIND, body, CAPACITY - 8), 0);
    CHECK_EQ(weft_ring_push(&f.producer, KIND, body, 8), WEFT_RING_FULL);
    CHECK(!weft_ring_producer_wants_bell(&f.consumer));
    CHECK(weft_ring_producer_wait(&f.producer, 8));
    CHECK_EQ(drain(&size), 0);
    CHECK(weft_ring_producer_wants_bell(&f.consumer));
    CHECK(!weft_ring_producer_wants_bell(&f.consumer));
    CHECK_EQ(weft_ring_push(&f.producer, KIND, body, 8), 0);
}

TEST(a_producer_does_not_wait_for_room_that_is_there)
{
    set_up();
    CHECK_EQ(weft_ring_push(&f.producer, KIND, body, 96), 0);
    CHECK(!weft_ring_producer_wait(&f.producer, CAPACITY - 104 - 8));
    CHECK(!weft_ring_producer_wants_bell(&f.consumer));
    CHECK(weft_ring_producer_wait(&f.producer, CAPACITY - 104 - 7));
    CHECK(weft_ring_producer_wants_bell(&f.consumer));
}

TEST(waiting_for_anything_is_rung_at_the_next_drain)
{
    set_up();
    weft_ring_producer_wait_any(&f.producer);
    CHECK(weft_ring_producer_wants_bell(&f.consumer));
    CHECK(!weft_ring_producer_wants_bell(&f.consumer));
}
