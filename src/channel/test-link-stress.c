/* SPDX-License-Identifier: MIT */

/*
 * Links between two threads and between two processes, both ways at once, with everything that may
 * wait: full rings, full sockets, sleeping ends. And with a page that is killed.
 */

#include "base/socket.h"
#include "base/test.h"
#include "channel/layout.h"
#include "channel/link.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define MESSAGES        (WEFT_TEST_SANITIZED ? 30000 : 1000000)
#define MESSAGES_FORK   (WEFT_TEST_SANITIZED ? 10000 : 100000)
#define KILLS           10
#define SHORT_MAX       160
#define LARGE_MAX       300000
#define BURST_MAX       64
#define EVENTS_PER_TURN 32
/* One message in so many has a buffer, or is a large clone. */
#define BUFFER_EVERY 401
#define LARGE_EVERY  1009

struct end {
    struct weft_link *link;
    uint32_t count; /* of messages to send and to receive */
    uint32_t sent;
    uint32_t received;
    uint64_t random;
    uint8_t inbox[WEFT_LINK_INBOX_SIZE];
    uint8_t body[LARGE_MAX];
};

static uint64_t mix(uint64_t value)
{
    value = (value ^ (value >> 31)) * UINT64_C(0x9e3779b97f4a7c15);
    return value ^ (value >> 29);
}

/* What message @number carries follows from its number. */
static size_t size_of_body(uint32_t number)
{
    size_t most = number % LARGE_EVERY == 1 ? LARGE_MAX : SHORT_MAX;
    return mix(number + 1) % most;
}

static size_t size_of_buffer(uint32_t number)
{
    return number % BUFFER_EVERY == 1 ? 1 + mix(number + 7) % LARGE_MAX : 0;
}

static void fill(uint8_t *bytes, size_t size, uint32_t number)
{
    uint64_t word = mix(number + size);
    for (size_t at = 0; at < size; at += sizeof(word), word = word * 5 + 1)
        memcpy(bytes + at, &word, size - at < sizeof(word) ? size - at : sizeof(word));
}

static void check_filled(const uint8_t *bytes, size_t size, uint32_t number)
{
    uint64_t word = mix(number + size);
    for (size_t at = 0; at < size; at += sizeof(word), word = word * 5 + 1)
        CHECK_BYTES_EQ(bytes + at, &word, size - at < sizeof(word) ? size - at : sizeof(word));
}

static void send_one(struct end *end)
{
    uint32_t number = end->sent++;
    size_t buffer_size = size_of_buffer(number), size = size_of_body(number);
    if (buffer_size > 0) {
        struct weft_segment *segment;
        CHECK_EQ(weft_link_acquire(end->link, buffer_size, &segment), 0);
        fill(segment->memory, buffer_size, number);
        CHECK_EQ(weft_link_attach(end->link, segment, buffer_size), 0);
    }
    fill(end->body, size, number);
    CHECK_EQ(weft_link_send_data(end->link, end->body, size), 0);
}

static void check_event(struct end *end, const struct weft_link_event *event)
{
    for (size_t i = 0; i < event->buffer_count; i++) {
        CHECK_EQ(event->buffers[i].size, size_of_buffer(end->received));
        check_filled(event->buffers[i].segment->memory, event->buffers[i].size, end->received);
        weft_segment_return(event->buffers[i].segment);
    }
    if (event->kind == WEFT_MESSAGE_DATA_IN_SEGMENT) {
        CHECK_EQ(event->body.size, size_of_body(end->received));
        check_filled(event->body.segment->memory, event->body.size, end->received++);
        weft_segment_return(event->body.segment);
        return;
    }
    CHECK_EQ(event->kind, WEFT_MESSAGE_DATA);
    for (size_t at = event->offset; at < event->offset + event->size;) {
        struct weft_message_header header;
        memcpy(&header, end->inbox + at, sizeof(header));
        CHECK_EQ(header.size, size_of_body(end->received));
        CHECK_EQ(event->buffer_count > 0, size_of_buffer(end->received) > 0);
        check_filled(end->inbox + at + sizeof(header), header.size, end->received++);
        at += weft_message_span(header.size);
    }
}

/* Receives as much as a turn of a loop may take; returns whether there was something. */
static bool receive_some(struct end *end)
{
    uint32_t before = end->received;
    for (int i = 0; i < EVENTS_PER_TURN; i++) {
        struct weft_link_event event;
        int r = weft_link_receive(end->link, end->inbox, &event);
        if (r == WEFT_LINK_EMPTY)
            break;
        CHECK_EQ(r, 0);
        check_event(end, &event);
    }
    return end->received != before;
}

/* Sends some, unless earlier ones still wait. Returns whether it did. */
static bool send_some(struct end *end)
{
    int r = weft_link_flush(end->link);
    CHECK(r == 0 || r == WEFT_LINK_AGAIN);
    if (r == WEFT_LINK_AGAIN || end->sent == end->count)
        return false;
    end->random = mix(end->random + 1);
    for (uint32_t burst = end->random % BURST_MAX + 1; burst > 0 && end->sent < end->count; burst--)
        send_one(end);
    return true;
}

static void sleep_until_rung(struct end *end)
{
    if (!weft_link_sleep(end->link))
        return;
    weft_test_wait_readable(weft_link_bell(end->link));
    weft_link_wake(end->link);
    weft_link_clear_bell(end->link);
}

/* One end's life, as the loops of the engines lead it. */
static void *run_end(void *data)
{
    struct end *end = data;
    while (end->sent < end->count || end->received < end->count) {
        bool sent = send_some(end);
        bool received = receive_some(end);
        if (!sent && !received && end->received < end->count)
            sleep_until_rung(end);
    }
    weft_link_flush_blocking(end->link, WEFT_TEST_WAIT_MS);
    CHECK_EQ(weft_link_flush(end->link), 0);
    return NULL;
}

static struct end *end_new(struct weft_link *link, uint32_t count)
{
    struct end *end = calloc(1, sizeof(*end));
    CHECK(end != NULL);
    end->link = link;
    end->count = count;
    end->random = count;
    return end;
}

static void end_free(struct end *end)
{
    weft_link_close(end->link);
    free(end);
}

TEST(a_million_messages_cross_between_two_threads)
{
    struct weft_link *page, *worker;
    int descriptors[WEFT_LINK_DESCRIPTORS];
    pthread_t thread;
    CHECK_EQ(weft_link_create(&page, descriptors), 0);
    CHECK_EQ(weft_link_open(descriptors, &worker), 0);
    struct end *here = end_new(page, MESSAGES), *there = end_new(worker, MESSAGES);
    CHECK_EQ(pthread_create(&thread, NULL, run_end, there), 0);
    run_end(here);
    CHECK_EQ(pthread_join(thread, NULL), 0);
    CHECK_EQ(here->received, MESSAGES);
    CHECK_EQ(there->received, MESSAGES);
    end_free(here);
    end_free(there);
}

/* Forks a page that runs @run with its end; returns the worker's end of the link. */
static struct weft_link *fork_page(void (*run)(struct weft_link *), pid_t *ret_pid)
{
    int sockets[2], descriptors[WEFT_SOCKET_MAX_FDS];
    size_t size, count;
    char byte;
    CHECK_EQ(weft_socket_pair(sockets), 0);
    *ret_pid = fork();
    CHECK(*ret_pid >= 0);
    if (*ret_pid == 0) {
        struct weft_link *link;
        CHECK_EQ(weft_link_create(&link, descriptors), 0);
        CHECK_EQ(weft_socket_send(sockets[1], "x", 1, descriptors, WEFT_LINK_DESCRIPTORS), 0);
        for (int i = 0; i < WEFT_LINK_DESCRIPTORS; i++)
            close(descriptors[i]);
        run(link);
        exit(0);
    }
    weft_test_wait_readable(sockets[0]);
    CHECK_EQ(weft_socket_receive(sockets[0], &byte, 1, &size, descriptors, &count), 0);
    CHECK_EQ(count, WEFT_LINK_DESCRIPTORS);
    close(sockets[0]);
    close(sockets[1]);
    struct weft_link *link;
    CHECK_EQ(weft_link_open(descriptors, &link), 0);
    return link;
}

static void run_page(struct weft_link *link)
{
    struct end *end = end_new(link, MESSAGES_FORK);
    run_end(end);
    end_free(end);
}

TEST(messages_cross_between_two_processes)
{
    pid_t pid;
    struct end *end = end_new(fork_page(run_page, &pid), MESSAGES_FORK);
    run_end(end);
    end_free(end);
    CHECK_EQ(weft_test_wait(pid), 0);
}

static void send_for_ever(struct weft_link *link)
{
    struct end *end = end_new(link, UINT32_MAX);
    for (;;) {
        bool sent = send_some(end);
        receive_some(end); /* releases */
        if (!sent)
            sleep_until_rung(end);
    }
}

static void kill_page_after(uint32_t count)
{
    pid_t pid;
    struct end *end = end_new(fork_page(send_for_ever, &pid), 0);
    while (end->received < count) {
        weft_link_flush(end->link);
        if (!receive_some(end))
            sleep_until_rung(end);
    }
    CHECK_EQ(kill(pid, SIGKILL), 0);
    CHECK_EQ(weft_test_wait(pid), -SIGKILL);
    while (receive_some(end))
        continue; /* whole messages, and then nothing */
    CHECK(!weft_link_ready(end->link));
    end_free(end);
    CHECK_EQ(weft_test_count_mappings("memfd:weft"), 0);
}

TEST(what_a_killed_page_had_sent_is_whole)
{
    for (uint32_t i = 0; i < KILLS; i++)
        kill_page_after(1 + i * i * 300);
}

static void never_read(struct weft_link *link)
{
    (void)link;
    for (;;)
        pause();
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void *kill_soon(void *pid)
{
    poll(NULL, 0, 50); /* most likely the other thread waits by then; right whether or not */
    kill(*(pid_t *)pid, SIGKILL);
    return NULL;
}

TEST(nobody_waits_for_a_killed_page_to_read)
{
    static const char body[60000];
    pid_t pid;
    pthread_t thread;
    struct weft_link *link = fork_page(never_read, &pid);
    for (int i = 0; i < 10; i++)
        CHECK_EQ(weft_link_send(link, WEFT_MESSAGE_DATA, body, sizeof(body)), 0);
    CHECK_EQ(pthread_create(&thread, NULL, kill_soon, &pid), 0);
    int64_t start = now_ms();
    weft_link_flush_blocking(link, 10 * WEFT_TEST_WAIT_MS);
    CHECK(now_ms() - start < WEFT_TEST_WAIT_MS);
    CHECK_EQ(weft_link_flush(link), WEFT_LINK_AGAIN);
    CHECK_EQ(pthread_join(thread, NULL), 0);
    CHECK_EQ(weft_test_wait(pid), -SIGKILL);
    weft_link_close(link);
}
