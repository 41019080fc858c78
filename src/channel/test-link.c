/* SPDX-License-Identifier: MIT */

/* Both ends of a link in one thread: order, buffers, and what becomes of segments. */

#include "base/test.h"
#include "channel/layout.h"
#include "channel/link.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#define SEGMENT_FILE "memfd:weft-segment"
/* More than a ring holds, and than a socket holds packets. */
#define MANY_MESSAGES 3000
#define MANY_SEGMENTS 600
#define LARGE         ((size_t)1000000)

struct end {
    struct weft_link *link;
    uint8_t inbox[WEFT_LINK_INBOX_SIZE];
};

static struct end page, worker;
static uint8_t bytes[LARGE];

static void set_up(void)
{
    int descriptors[WEFT_LINK_DESCRIPTORS];
    CHECK_EQ(weft_link_create(&page.link, descriptors), 0);
    CHECK_EQ(weft_link_open(descriptors, &worker.link), 0);
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(i * 13 + i / 251);
}

static int receive(struct end *end, struct weft_link_event *ret_event)
{
    return weft_link_receive(end->link, end->inbox, ret_event);
}

/* Nothing comes, but notes of the channel's own. */
static void check_empty(struct end *end)
{
    struct weft_link_event event;
    CHECK_EQ(receive(end, &event), WEFT_LINK_EMPTY);
}

/* Sends a copy of @size bytes as a buffer of its own segment, with the next clone. */
static struct weft_segment *attach_copy(struct end *end, size_t size)
{
    struct weft_segment *segment;
    CHECK_EQ(weft_link_acquire(end->link, size, &segment), 0);
    memcpy(segment->memory, bytes, size);
    CHECK_EQ(weft_link_attach(end->link, segment, size), 0);
    return segment;
}

static void send_data(struct end *end, size_t size)
{
    CHECK_EQ(weft_link_send_data(end->link, bytes, size), 0);
}

/* Receives one clone with one buffer of @size bytes; the caller returns its segment. */
static struct weft_segment *receive_buffer(struct end *end, size_t size)
{
    struct weft_link_event event;
    CHECK_EQ(receive(end, &event), 0);
    CHECK_EQ(event.kind, WEFT_MESSAGE_DATA);
    CHECK_EQ(event.buffer_count, 1);
    CHECK_EQ(event.buffers[0].size, size);
    CHECK_BYTES_EQ(event.buffers[0].segment->memory, bytes, size);
    return event.buffers[0].segment;
}

/* Tells the other end of what was returned, and has it listen. */
static void flush(struct end *from, struct end *to)
{
    CHECK_EQ(weft_link_flush(from->link), 0);
    check_empty(to);
}

static bool is_rung(struct end *end)
{
    struct pollfd polled = {.fd = weft_link_bell(end->link), .events = POLLIN};
    return poll(&polled, 1, 0) == 1;
}

/* ---- messages ---- */

TEST(messages_go_both_ways)
{
    struct weft_link_event event;
    set_up();
    CHECK(!weft_link_ready(worker.link));
    check_empty(&worker);
    send_data(&page, 5);
    CHECK(weft_link_ready(worker.link));
    CHECK_EQ(receive(&worker, &event), 0);
    CHECK_EQ(event.kind, WEFT_MESSAGE_DATA);
    CHECK_EQ(event.size, weft_message_span(5));
    CHECK_BYTES_EQ(worker.inbox + event.offset + sizeof(struct weft_message_header), bytes, 5);

    CHECK_EQ(weft_link_send(worker.link, WEFT_MESSAGE_ERROR, "oops", 4), 0);
    CHECK_EQ(receive(&page, &event), 0);
    CHECK_EQ(event.kind, WEFT_MESSAGE_ERROR);
    CHECK_EQ(event.size, 4);
    CHECK_BYTES_EQ(page.inbox + event.offset, "oops", 4);
    check_empty(&page);
}

TEST(a_message_without_a_body_is_a_message)
{
    struct weft_link_event event;
    set_up();
    CHECK_EQ(weft_link_send_data(page.link, NULL, 0), 0);
    CHECK_EQ(weft_link_send(page.link, WEFT_MESSAGE_CONSOLE, NULL, 0), 0);
    CHECK_EQ(receive(&worker, &event), 0);
    CHECK_EQ(event.size, sizeof(struct weft_message_header));
    CHECK_EQ(receive(&worker, &event), 0);
    CHECK_EQ(event.size, 0);
}

TEST(plain_clones_in_a_row_come_as_one_run)
{
    struct weft_link_event event;
    set_up();
    for (int i = 0; i < 3; i++)
        send_data(&page, 10);
    CHECK_EQ(weft_link_send(page.link, WEFT_MESSAGE_CONSOLE, "x", 1), 0);
    send_data(&page, 10);
    CHECK_EQ(receive(&worker, &event), 0);
    CHECK_EQ(event.size, 3 * weft_message_span(10));
    CHECK_EQ(receive(&worker, &event), 0);
    CHECK_EQ(event.kind, WEFT_MESSAGE_CONSOLE);
    CHECK_EQ(receive(&worker, &event), 0);
    CHECK_EQ(event.size, weft_message_span(10));
    check_empty(&worker);
}

static size_t size_of_message(uint32_t number)
{
    return sizeof(number) + number * 7919 % 2000;
}

static void send_numbered(uint32_t number)
{
    uint8_t body[2100] = {0};
    memcpy(body, &number, sizeof(number));
    CHECK_EQ(weft_link_send_data(page.link, body, size_of_message(number)), 0);
}

/* Receives all that is there, which must go on from @number. Returns the next number. */
static uint32_t receive_numbered(uint32_t number)
{
    struct weft_link_event event;
    int r;
    while ((r = receive(&worker, &event)) == 0) {
        CHECK_EQ(event.kind, WEFT_MESSAGE_DATA);
        for (size_t at = event.offset; at < event.offset + event.size; number++) {
            struct {
                struct weft_message_header header;
                uint32_t number;
            } message;
            memcpy(&message, worker.inbox + at, sizeof(message));
            CHECK_EQ(message.number, number);
            CHECK_EQ(message.header.size, size_of_message(number));
            at += weft_message_span(message.header.size);
        }
    }
    CHECK_EQ(r, WEFT_LINK_EMPTY);
    return number;
}

TEST(what_does_not_fit_in_the_ring_waits_in_order)
{
    set_up();
    uint32_t received = 0, sent = 0;
    while (sent < MANY_MESSAGES)
        send_numbered(sent++);
    CHECK_EQ(weft_link_flush(page.link), WEFT_LINK_AGAIN);

    while (received < sent) {
        CHECK(!is_rung(&page));
        received = receive_numbered(received);
        CHECK(is_rung(&page) || received == sent); /* there is room: the page is told */
        weft_link_clear_bell(page.link);
        int r = weft_link_flush(page.link);
        CHECK(r == 0 || r == WEFT_LINK_AGAIN);
        if (sent < MANY_MESSAGES + 10)
            send_numbered(sent++);
    }
    CHECK_EQ(weft_link_flush(page.link), 0);
    check_empty(&worker);
}

TEST(a_sleeping_end_is_rung_and_one_that_is_awake_is_not)
{
    struct weft_link_event event;
    set_up();
    send_data(&page, 1);
    CHECK(!is_rung(&worker));
    CHECK(!weft_link_sleep(worker.link)); /* there is something to receive */
    CHECK_EQ(receive(&worker, &event), 0);
    CHECK(weft_link_sleep(worker.link));
    send_data(&page, 1);
    CHECK(is_rung(&worker));
    weft_link_wake(worker.link);
    weft_link_clear_bell(worker.link);
    CHECK(!is_rung(&worker));
}

TEST(an_end_with_a_rest_in_its_inbox_does_not_sleep)
{
    struct weft_link_event event;
    set_up();
    send_data(&page, 1);
    CHECK_EQ(weft_link_send(page.link, WEFT_MESSAGE_CONSOLE, "x", 1), 0);
    CHECK_EQ(receive(&worker, &event), 0);
    CHECK(weft_link_ready(worker.link));
    CHECK(!weft_link_sleep(worker.link));
    CHECK_EQ(receive(&worker, &event), 0);
    CHECK(weft_link_sleep(worker.link));
}

TEST(a_message_over_the_limit_is_refused)
{
    set_up();
    CHECK_EQ(weft_link_send(page.link, WEFT_MESSAGE_ERROR, bytes, WEFT_MESSAGE_MAX + 1), -EMSGSIZE);
    CHECK(!weft_link_ready(worker.link));
    CHECK_EQ(weft_link_send(page.link, WEFT_MESSAGE_ERROR, bytes, WEFT_MESSAGE_MAX), 0);
    CHECK(weft_link_ready(worker.link));
}

/* ---- buffers ---- */

TEST(a_buffer_arrives_without_a_copy_and_its_segment_is_used_again)
{
    set_up();
    for (int i = 0; i < 3; i++) {
        struct weft_segment *sent = attach_copy(&page, LARGE);
        send_data(&page, 1);
        struct weft_segment *received = receive_buffer(&worker, LARGE);
        ((uint8_t *)received->memory)[0]++;
        CHECK_BYTES_EQ(received->memory, sent->memory, LARGE);

        weft_segment_return(received);
        CHECK(is_rung(&worker)); /* so that the release is sent */
        weft_link_clear_bell(worker.link);
        flush(&worker, &page);
    }
    CHECK_EQ(weft_test_count_mappings(SEGMENT_FILE), 2); /* one segment, two ends */
}

TEST(buffers_come_in_order_with_their_own_clone)
{
    struct weft_link_event event;
    set_up();
    send_data(&page, 3);
    for (size_t i = 1; i <= 10; i++)
        attach_copy(&page, i * 100);
    send_data(&page, 4);
    send_data(&page, 5);

    CHECK_EQ(receive(&worker, &event), 0);
    CHECK_EQ(event.size, weft_message_span(3));
    CHECK_EQ(event.buffer_count, 0);
    CHECK_EQ(receive(&worker, &event), 0);
    CHECK_EQ(event.buffer_count, 10);
    for (size_t i = 1; i <= 10; i++) {
        CHECK_EQ(event.buffers[i - 1].size, i * 100);
        CHECK_BYTES_EQ(event.buffers[i - 1].segment->memory, bytes, i * 100);
    }
    CHECK_EQ(receive(&worker, &event), 0);
    CHECK_EQ(event.size, weft_message_span(5));
    CHECK_EQ(event.buffer_count, 0);
}

TEST(a_large_clone_travels_in_a_segment_with_its_buffers)
{
    struct weft_link_event event;
    set_up();
    for (int i = 0; i < 3; i++) {
        attach_copy(&page, 100);
        send_data(&page, LARGE);
        CHECK_EQ(receive(&worker, &event), 0);
        CHECK_EQ(event.kind, WEFT_MESSAGE_DATA_IN_SEGMENT);
        CHECK_EQ(event.body.size, LARGE);
        CHECK_BYTES_EQ(event.body.segment->memory, bytes, LARGE);
        CHECK_EQ(event.buffer_count, 1);
        weft_segment_return(event.body.segment);
        weft_segment_return(event.buffers[0].segment);
        flush(&worker, &page);
    }
    CHECK_EQ(weft_test_count_mappings(SEGMENT_FILE), 4);
}

TEST(a_buffer_that_is_sent_back_comes_home)
{
    set_up();
    for (int i = 0; i < 3; i++) {
        struct weft_segment *sent = attach_copy(&page, LARGE);
        send_data(&page, 1);
        struct weft_segment *at_worker = receive_buffer(&worker, LARGE);
        CHECK_EQ(weft_link_attach(worker.link, at_worker, LARGE), 0);
        send_data(&worker, 1);
        weft_segment_return(at_worker); /* its ArrayBuffer was detached */
        CHECK_EQ(weft_link_flush(worker.link), 0);

        struct weft_segment *home = receive_buffer(&page, LARGE);
        CHECK(home == sent);
        weft_segment_return(home);
        CHECK_EQ(weft_link_flush(page.link), 0);
        check_empty(&page);
        check_empty(&worker);
    }
    CHECK_EQ(weft_test_count_mappings(SEGMENT_FILE), 2);
}

/* An engine frees a detached ArrayBuffer much later; nobody else waits for that. */
TEST(a_buffer_that_goes_to_and_fro_leaves_late_holders_behind)
{
    struct weft_segment *late[20];
    set_up();
    attach_copy(&page, LARGE);
    send_data(&page, 1);
    for (int i = 0; i < 20; i += 2) {
        late[i] = receive_buffer(&worker, LARGE);
        CHECK_EQ(weft_link_attach(worker.link, late[i], LARGE), 0);
        send_data(&worker, 1);
        late[i + 1] = receive_buffer(&page, LARGE);
        CHECK_EQ(weft_link_attach(page.link, late[i + 1], LARGE), 0);
        send_data(&page, 1);
    }
    weft_segment_return(receive_buffer(&worker, LARGE));
    for (int i = 0; i < 20; i++)
        weft_segment_return(late[i]);
    flush(&worker, &page);
    flush(&page, &worker);
    struct weft_segment *again;
    CHECK_EQ(weft_link_acquire(page.link, LARGE, &again), 0);
    CHECK(again == late[1]);
}

/* The worker's late holder is over memory that the page has long freed. */
TEST(a_segment_with_a_late_holder_can_be_freed_by_its_owner)
{
    enum {
        HUGE = 200 << 20, /* two of them are more than a pool keeps */
    };
    struct weft_segment *late[2];
    set_up();
    for (int i = 0; i < 2; i++) {
        struct weft_segment *segment;
        CHECK_EQ(weft_link_acquire(page.link, HUGE, &segment), 0);
        CHECK_EQ(weft_link_attach(page.link, segment, 1), 0);
    }
    send_data(&page, 1);
    struct weft_link_event event;
    CHECK_EQ(receive(&worker, &event), 0);
    for (int i = 0; i < 2; i++) {
        late[i] = event.buffers[i].segment;
        CHECK_EQ(weft_link_attach(worker.link, late[i], 1), 0);
    }
    send_data(&worker, 1);

    CHECK_EQ(receive(&page, &event), 0);
    weft_segment_return(event.buffers[0].segment);
    weft_segment_return(event.buffers[1].segment);
    flush(&page, &worker);
    CHECK_EQ(weft_test_count_mappings(SEGMENT_FILE), 3); /* the pool keeps one */
    ((uint8_t *)late[0]->memory)[0] = 1;
    ((uint8_t *)late[1]->memory)[0] = 1;
    weft_segment_return(late[0]);
    weft_segment_return(late[1]);
    flush(&worker, &page);
    CHECK_EQ(weft_test_count_mappings(SEGMENT_FILE), 2);
}

/* The owner's own late holder: the peer releases the segment before the ArrayBuffer is freed here.
 */
TEST(a_segment_with_a_late_holder_of_its_owner_is_not_freed)
{
    enum {
        HUGE = 200 << 20,
    };
    struct weft_segment *sent[2];
    struct weft_link_event event;
    set_up();
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(weft_link_acquire(worker.link, HUGE, &sent[i]), 0);
        weft_segment_hold(sent[i]); /* an ArrayBuffer of the worker's */
        CHECK_EQ(weft_link_attach(worker.link, sent[i], 1), 0);
    }
    send_data(&worker, 1);
    CHECK_EQ(receive(&page, &event), 0);
    weft_segment_return(event.buffers[0].segment);
    weft_segment_return(event.buffers[1].segment);
    flush(&page, &worker);

    /* Both are back, and are too much for the pool. */
    for (int i = 0; i < 2; i++) {
        ((uint8_t *)sent[i]->memory)[0] = 1;
        weft_segment_return(sent[i]);
    }
    flush(&worker, &page);
    CHECK_EQ(weft_test_count_mappings(SEGMENT_FILE), 2);
}

TEST(what_was_attached_in_vain_goes_back_to_the_pool)
{
    struct weft_link_event event;
    set_up();
    struct weft_segment *first = attach_copy(&page, 100);
    weft_link_detach_all(page.link);
    send_data(&page, 1);
    CHECK_EQ(receive(&worker, &event), 0);
    CHECK_EQ(event.buffer_count, 0);
    CHECK(attach_copy(&page, 100) == first);
    send_data(&page, 1);
    CHECK(receive_buffer(&worker, 100) != NULL);
}

TEST(a_clone_with_too_many_buffers_is_refused)
{
    struct weft_segment *segment;
    set_up();
    CHECK_EQ(weft_link_acquire(page.link, 1, &segment), 0);
    int r;
    size_t count = 0;
    while ((r = weft_link_attach(page.link, segment, 1)) == 0)
        count++;
    CHECK_EQ(r, -EMSGSIZE);
    CHECK_EQ(count, WEFT_MESSAGE_MAX / sizeof(struct weft_segment_ref));
}

/* ---- more new segments than the socket holds ---- */

/* Lets both ends do what they can; returns the buffers that came. */
static size_t pump_buffers(size_t expected_size)
{
    struct weft_link_event event;
    size_t count = 0;
    int r;
    while ((r = receive(&worker, &event)) == 0) {
        for (size_t i = 0; i < event.buffer_count; i++) {
            CHECK_EQ(event.buffers[i].size, expected_size);
            CHECK_BYTES_EQ(event.buffers[i].segment->memory, bytes, expected_size);
        }
        count += event.buffer_count;
    }
    CHECK_EQ(r, WEFT_LINK_EMPTY);
    return count;
}

/* Goes on until all @wanted buffers came; who waits must have been rung. */
static void pump_until(size_t wanted)
{
    size_t count = pump_buffers(100);
    while (count < wanted) {
        CHECK(is_rung(&page));
        weft_link_clear_bell(page.link);
        int r = weft_link_flush(page.link);
        CHECK(r == 0 || r == WEFT_LINK_AGAIN);
        count += pump_buffers(100);
    }
    CHECK_EQ(count, wanted);
    CHECK_EQ(weft_link_flush(page.link), 0);
}

TEST(many_clones_with_new_segments_wait_for_room_in_the_socket)
{
    set_up();
    for (int i = 0; i < MANY_SEGMENTS; i++) {
        attach_copy(&page, 100);
        send_data(&page, 1);
    }
    pump_until(MANY_SEGMENTS);
}

TEST(one_clone_with_more_new_segments_than_the_socket_holds_arrives)
{
    set_up();
    for (int i = 0; i < MANY_SEGMENTS; i++)
        attach_copy(&page, 100);
    CHECK(weft_link_sleep(worker.link)); /* and is rung, though no message is complete */
    send_data(&page, 1);
    CHECK(is_rung(&worker));
    weft_link_wake(worker.link);
    pump_until(MANY_SEGMENTS);
}

TEST(new_segments_wait_for_room_in_socket_and_ring)
{
    set_up();
    while (weft_link_flush(page.link) == 0)
        CHECK_EQ(weft_link_send(page.link, WEFT_MESSAGE_DATA, bytes, 5000), 0);
    for (int i = 0; i < MANY_SEGMENTS; i++)
        attach_copy(&page, 100);
    send_data(&page, 1);
    for (int i = 0; i < MANY_SEGMENTS; i++) {
        attach_copy(&page, 100);
        send_data(&page, 1);
    }
    pump_until(2 * MANY_SEGMENTS);
}

/* ---- the end ---- */

TEST(closing_leaves_nothing_behind)
{
    size_t before = weft_test_count_fds();
    set_up();
    attach_copy(&page, LARGE);
    send_data(&page, LARGE);
    attach_copy(&page, LARGE);
    for (int i = 0; i < MANY_MESSAGES; i++)
        send_numbered((uint32_t)i);
    weft_link_close(page.link);
    weft_link_close(worker.link);
    weft_link_close(NULL);
    CHECK_EQ(weft_test_count_fds(), before);
    CHECK_EQ(weft_test_count_mappings("memfd:weft"), 0);
}

TEST(what_is_held_outlives_the_link)
{
    set_up();
    attach_copy(&page, LARGE);
    send_data(&page, 1);
    struct weft_segment *held = receive_buffer(&worker, LARGE);
    weft_link_close(worker.link);
    weft_link_close(page.link);
    CHECK_BYTES_EQ(held->memory, bytes, LARGE);
    weft_segment_return(held);
    CHECK_EQ(weft_test_count_mappings("memfd:weft"), 0);
}

TEST(what_was_sent_before_the_page_closed_still_arrives)
{
    struct weft_link_event event;
    set_up();
    attach_copy(&page, LARGE);
    send_data(&page, LARGE);
    weft_link_close(page.link);
    CHECK_EQ(receive(&worker, &event), 0);
    CHECK_BYTES_EQ(event.body.segment->memory, bytes, LARGE);
    CHECK_BYTES_EQ(event.buffers[0].segment->memory, bytes, LARGE);
    check_empty(&worker);
}

TEST(socket_tells_of_the_other_ends_death_and_of_nothing_else)
{
    set_up();
    attach_copy(&page, LARGE); /* its descriptor lies in the socket */
    send_data(&page, 1);
    struct pollfd polled = {.fd = weft_link_socket(worker.link)};
    CHECK_EQ(poll(&polled, 1, 0), 0);
    weft_link_close(page.link);
    CHECK_EQ(poll(&polled, 1, 0), 1);
    CHECK_EQ(polled.revents & POLLHUP, POLLHUP);
    weft_link_close(worker.link);
}
