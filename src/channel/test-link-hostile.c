/* SPDX-License-Identifier: MIT */

/* The worker's end of a link, and a page that breaks the rules: -EBADMSG, and nothing else. */

#include "base/socket.h"
#include "base/test.h"
#include "channel/test-peer.h"
#include "channel/wake.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define SENDER   WEFT_SEGMENT_OWNER_SENDER
#define RECEIVER WEFT_SEGMENT_OWNER_RECEIVER
#define PAGE     4096

static struct weft_test_peer peer;
static struct weft_link_event event;

static void push(uint32_t kind, const void *body, size_t size)
{
    CHECK_EQ(weft_ring_push(&peer.out, kind, body, size), 0);
}

static void push_ref(uint32_t kind, uint32_t id, uint32_t owner, uint64_t size)
{
    CHECK_EQ(weft_test_peer_name(&peer, kind, id, owner, size), 0);
}

static void push_note(uint32_t kind, uint32_t id)
{
    CHECK_EQ(weft_test_peer_note(&peer, kind, id), 0);
}

static void announce(uint32_t id)
{
    CHECK_EQ(weft_test_peer_announce(&peer, id, PAGE), 0);
}

/* What was pushed is refused; the link's end leaves nothing behind. */
static void check_broken(void)
{
    struct weft_link_event untouched = {.kind = 42};
    CHECK_EQ(weft_test_peer_receive(&peer, &untouched), -EBADMSG);
    CHECK_EQ(untouched.kind, 42);
    weft_test_peer_close(&peer);
    CHECK_EQ(weft_test_count_mappings("memfd:weft"), 0);
}

/* A segment of the worker's that the page has got, as in a reply. Returns its id. */
static uint32_t get_segment_of_worker(void)
{
    struct weft_segment *segment;
    CHECK_EQ(weft_link_acquire(peer.link, 10, &segment), 0);
    CHECK_EQ(weft_link_attach(peer.link, segment, 10), 0);
    CHECK_EQ(weft_link_send_data(peer.link, "x", 1), 0);
    return segment->id;
}

/* A segment of the page's that the worker has received and not returned. */
static struct weft_segment *give_segment(uint32_t id)
{
    announce(id);
    push_ref(WEFT_MESSAGE_BUFFERS, id, SENDER, PAGE);
    push(WEFT_MESSAGE_DATA, "x", 1);
    CHECK_EQ(weft_test_peer_receive(&peer, &event), 0);
    CHECK_EQ(event.buffer_count, 1);
    return event.buffers[0].segment;
}

/* The block that follows runs once for each of the values. */
#define FOR_EACH(type, name, ...)                                                                  \
    for (type name##_all[] = {__VA_ARGS__}, *name##_at = name##_all, name;                         \
         name##_at < name##_all + sizeof(name##_all) / sizeof(*name##_all) &&                      \
         (name = *name##_at, true);                                                                \
         name##_at++)

/* ---- messages ---- */

TEST(unknown_kinds_are_refused)
{
    FOR_EACH(uint32_t, kind, 0, WEFT_MESSAGE_KIND_END, 1000, UINT32_MAX)
    {
        weft_test_peer_open(&peer);
        push(kind, "12345678", 8);
        check_broken();
    }
}

TEST(references_of_a_wrong_size_are_refused)
{
    static const char zeroes[64];
    FOR_EACH(size_t, size, 0, 1, 8, 15, 17, 24, 33)
    {
        weft_test_peer_open(&peer);
        announce(0);
        push(WEFT_MESSAGE_BUFFERS, zeroes, size);
        check_broken();
        weft_test_peer_open(&peer);
        announce(0);
        push(WEFT_MESSAGE_DATA_IN_SEGMENT, zeroes, size);
        check_broken();
    }
    weft_test_peer_open(&peer);
    announce(0);
    push(WEFT_MESSAGE_DATA_IN_SEGMENT, zeroes, 2 * sizeof(struct weft_segment_ref));
    check_broken();
}

TEST(notes_of_a_wrong_size_are_refused)
{
    FOR_EACH(uint32_t, kind, WEFT_MESSAGE_RELEASE, WEFT_MESSAGE_FORGET, WEFT_MESSAGE_SEGMENTS)
    FOR_EACH(size_t, size, 0, 1, 3, 5, 8, 65536)
    {
        static const char zeroes[65536];
        weft_test_peer_open(&peer);
        announce(0);
        push(kind, zeroes, size);
        check_broken();
    }
}

TEST(segments_that_nobody_has_are_refused)
{
    FOR_EACH(uint32_t, kind, WEFT_MESSAGE_BUFFERS, WEFT_MESSAGE_DATA_IN_SEGMENT)
    FOR_EACH(uint32_t, owner, SENDER, RECEIVER, 2, UINT32_MAX)
    {
        weft_test_peer_open(&peer);
        push_ref(kind, 1, owner, 1);
        check_broken();
    }
    FOR_EACH(uint32_t, kind, WEFT_MESSAGE_RELEASE, WEFT_MESSAGE_FORGET, WEFT_MESSAGE_SEGMENTS)
    {
        weft_test_peer_open(&peer);
        push_note(kind, 1);
        check_broken();
    }
}

TEST(more_bytes_than_the_segment_has_are_refused)
{
    FOR_EACH(uint64_t, size, PAGE + 1, UINT32_MAX, UINT64_MAX)
    FOR_EACH(uint32_t, kind, WEFT_MESSAGE_BUFFERS, WEFT_MESSAGE_DATA_IN_SEGMENT)
    {
        weft_test_peer_open(&peer);
        announce(1);
        push_ref(kind, 1, SENDER, size);
        check_broken();
    }
}

TEST(a_segment_that_the_worker_has_cannot_be_sent_again)
{
    weft_test_peer_open(&peer);
    struct weft_segment *segment = give_segment(1);
    push_ref(WEFT_MESSAGE_BUFFERS, 1, SENDER, 1);
    CHECK_EQ(weft_test_peer_receive(&peer, &event), -EBADMSG);
    weft_segment_return(segment); /* listed, but the page has not been told */
    CHECK_EQ(weft_test_peer_receive(&peer, &event), -EBADMSG);
    check_broken();

    weft_test_peer_open(&peer);
    announce(1);
    struct weft_segment_ref twice[2] = {{.id = 1}, {.id = 1}};
    push(WEFT_MESSAGE_BUFFERS, twice, sizeof(twice));
    check_broken();
}

TEST(a_segment_that_the_worker_has_cannot_be_forgotten_or_announced)
{
    FOR_EACH(uint32_t, kind, WEFT_MESSAGE_FORGET, WEFT_MESSAGE_SEGMENTS, WEFT_MESSAGE_RELEASE)
    {
        weft_test_peer_open(&peer);
        struct weft_segment *segment = give_segment(1);
        push_note(kind, 1);
        CHECK_EQ(weft_test_peer_receive(&peer, &event), -EBADMSG);
        memset(segment->memory, 1, PAGE);
        weft_segment_return(segment);
        check_broken();
    }
}

TEST(what_is_not_at_the_page_cannot_be_released_or_sent_back)
{
    FOR_EACH(bool, release, false, true)
    {
        struct weft_segment *segment;
        weft_test_peer_open(&peer);
        CHECK_EQ(weft_link_acquire(peer.link, 1, &segment), 0); /* the worker is filling it */
        if (release)
            push_note(WEFT_MESSAGE_RELEASE, segment->id);
        else
            push_ref(WEFT_MESSAGE_BUFFERS, segment->id, RECEIVER, 1);
        check_broken();
    }
}

TEST(a_segment_is_released_or_sent_back_once)
{
    FOR_EACH(bool, release, false, true)
    {
        weft_test_peer_open(&peer);
        uint32_t id = get_segment_of_worker();
        push_note(WEFT_MESSAGE_RELEASE, id);
        CHECK_EQ(weft_test_peer_receive(&peer, &event), WEFT_LINK_EMPTY);
        if (release)
            push_note(WEFT_MESSAGE_RELEASE, id);
        else
            push_ref(WEFT_MESSAGE_DATA_IN_SEGMENT, id, RECEIVER, 1);
        check_broken();
    }
}

TEST(a_segment_is_forgotten_once)
{
    weft_test_peer_open(&peer);
    weft_segment_return(give_segment(1));
    CHECK_EQ(weft_link_flush(peer.link), 0); /* the RELEASE */
    push_note(WEFT_MESSAGE_FORGET, 1);
    push_note(WEFT_MESSAGE_FORGET, 1);
    check_broken();
}

TEST(buffers_without_their_clone_are_refused_and_freed)
{
    FOR_EACH(uint32_t, kind, WEFT_MESSAGE_ERROR, WEFT_MESSAGE_CONSOLE)
    {
        weft_test_peer_open(&peer);
        announce(1);
        push_ref(WEFT_MESSAGE_BUFFERS, 1, SENDER, 1);
        push(kind, "x", 1);
        check_broken();
    }
    weft_test_peer_open(&peer);
    announce(1);
    announce(2);
    push_ref(WEFT_MESSAGE_BUFFERS, 1, SENDER, 1);
    push_ref(WEFT_MESSAGE_BUFFERS, 2, SENDER, 1);
    check_broken();

    weft_test_peer_open(&peer);
    announce(1);
    push_ref(WEFT_MESSAGE_BUFFERS, 1, SENDER, 1);
    CHECK_EQ(weft_test_peer_receive(&peer, &event), WEFT_LINK_EMPTY); /* the clone may yet come */
    weft_test_peer_close(&peer);
    CHECK_EQ(weft_test_count_mappings("memfd:weft"), 0);
}

/* There is a limit to them, but not below what a page that behaves may have to tell. */
TEST(as_many_notes_as_there_may_be_segments_are_taken_in_a_row)
{
    weft_test_peer_open(&peer);
    for (uint32_t id = 1; id <= WEFT_SEGMENT_COUNT_MAX; id++)
        weft_segment_return(give_segment(id));
    CHECK_EQ(weft_link_flush(peer.link), 0);
    for (uint32_t id = 1; id <= WEFT_SEGMENT_COUNT_MAX; id++)
        push_note(WEFT_MESSAGE_FORGET, id);
    CHECK_EQ(weft_test_peer_receive(&peer, &event), WEFT_LINK_EMPTY);
    CHECK_EQ(weft_test_count_mappings("memfd:weft-peer "), 0);
}

/* ---- the socket ---- */

/* A message that names segment 1, after the given packet. */
static void check_packet(const void *data, size_t size, const int *fds, size_t fd_count)
{
    weft_test_peer_open(&peer);
    size_t before = weft_test_count_fds();
    CHECK_EQ(weft_socket_send(peer.socket, data, size, fds, fd_count), 0);
    push_ref(WEFT_MESSAGE_BUFFERS, 1, SENDER, 1);
    CHECK_EQ(weft_test_peer_receive(&peer, &event), -EBADMSG);
    CHECK_EQ(weft_test_count_fds(), before);
    check_broken();
}

TEST(packets_of_a_wrong_form_are_refused_and_their_descriptors_closed)
{
    static const char bytes[256] = {1};
    int fds[WEFT_SOCKET_MAX_FDS];
    for (int i = 0; i < WEFT_SOCKET_MAX_FDS; i++)
        fds[i] = weft_test_make_segment(PAGE);
    FOR_EACH(size_t, size, 0, 1, 3, 5, 8, 256)
    check_packet(bytes, size, fds, 1);
    FOR_EACH(size_t, count, 0, 2, WEFT_SOCKET_MAX_FDS)
    check_packet(bytes, 4, fds, count);
}

TEST(descriptors_of_a_wrong_sort_are_refused_and_closed)
{
    static const char id[4] = {1};
    int pipes[2], bell;
    CHECK_EQ(pipe(pipes), 0);
    CHECK_EQ(weft_bell_open(&bell), 0);
    int unsealed = memfd_create("weft-unsealed", MFD_ALLOW_SEALING);
    int empty = memfd_create("weft-empty", MFD_ALLOW_SEALING);
    int read_only = weft_test_make_segment(PAGE);
    CHECK_EQ(ftruncate(unsealed, PAGE), 0);
    CHECK_EQ(fcntl(empty, F_ADD_SEALS, F_SEAL_SHRINK), 0);
    CHECK_EQ(fcntl(read_only, F_ADD_SEALS, F_SEAL_WRITE), 0);
    FOR_EACH(int, fd, pipes[0], pipes[1], bell, unsealed, empty, read_only, STDOUT_FILENO)
    check_packet(id, sizeof(id), &fd, 1);
}

TEST(a_closed_or_silent_socket_is_refused)
{
    weft_test_peer_open(&peer);
    push_ref(WEFT_MESSAGE_DATA_IN_SEGMENT, 1, SENDER, 1);
    CHECK_EQ(shutdown(peer.socket, SHUT_RDWR), 0);
    check_broken();

    weft_test_peer_open(&peer);
    announce(2);
    announce(3);
    push_ref(WEFT_MESSAGE_DATA_IN_SEGMENT, 1, SENDER, 1);
    check_broken();

    weft_test_peer_open(&peer);
    announce(2);
    announce(2);
    push_ref(WEFT_MESSAGE_DATA_IN_SEGMENT, 1, SENDER, 1);
    check_broken();
}

/* The page kept a copy of the worker's end and reads from it, too. */
TEST(a_page_that_steals_packets_hurts_itself_only)
{
    int descriptors[WEFT_LINK_DESCRIPTORS];
    weft_test_peer_init(&peer, descriptors);
    int copy = dup(descriptors[WEFT_LINK_SOCKET]);
    CHECK_EQ(weft_link_open(descriptors, &peer.link), 0);
    announce(1);
    char byte;
    CHECK_EQ(recv(copy, &byte, 1, 0), 1);
    CHECK_EQ(fcntl(copy, F_SETFL, 0), 0); /* made to block */
    push_ref(WEFT_MESSAGE_BUFFERS, 1, SENDER, 1);
    check_broken();
}

/* ---- shared memory ---- */

TEST(a_page_that_moves_its_cursors_ends_the_link)
{
    FOR_EACH(uint64_t, head, 1, 4, WEFT_RING_CAPACITY + 8, UINT64_MAX, UINT64_MAX - 7)
    {
        weft_test_peer_open(&peer);
        atomic_store(&peer.layout->to_worker.head, head);
        check_broken();
    }
    FOR_EACH(uint64_t, tail, 1, 4, 8, UINT64_MAX, -(uint64_t)WEFT_RING_CAPACITY - 8)
    {
        weft_test_peer_open(&peer);
        atomic_store(&peer.layout->to_page.tail, tail);
        CHECK_EQ(weft_link_send(peer.link, WEFT_MESSAGE_ERROR, "x", 1), -EBADMSG);
        CHECK_EQ(weft_link_send_data(peer.link, "x", 1), -EBADMSG);
        weft_link_flush_blocking(peer.link, WEFT_TEST_WAIT_MS);
        weft_test_peer_close(&peer);
    }
}

/* What is read from shared memory was copied when the link was opened. */
TEST(a_page_that_changes_its_identity_changes_nothing)
{
    weft_test_peer_open(&peer);
    memset(peer.layout, 0xff, offsetof(struct weft_channel_layout, to_worker));
    push(WEFT_MESSAGE_DATA, "x", 1);
    CHECK_EQ(weft_test_peer_receive(&peer, &event), 0);
}

static atomic_bool scribbling;

static void write_header(struct weft_channel_layout *layout, size_t at, uint32_t size,
                         uint32_t kind)
{
    struct weft_message_header header = {.size = size, .kind = kind};
    memcpy(layout->data + at, &header, sizeof(header));
}

/* Fills the ring with sound messages of 8 bytes, breaks one of their headers now and then for a
 * moment, and moves the head as if there always were some more. */
static void *scribble(void *data)
{
    struct weft_channel_layout *layout = data;
    uint64_t random = 1, head = 0;
    size_t broken = 0;
    for (size_t at = 0; at < WEFT_RING_CAPACITY; at += 16)
        write_header(layout, at, 8, WEFT_MESSAGE_DATA);
    while (atomic_load_explicit(&scribbling, memory_order_relaxed)) {
        random = random * UINT64_C(6364136223846793005) + 1;
        write_header(layout, broken, 8, WEFT_MESSAGE_DATA);
        broken = (random >> 40) % (WEFT_RING_CAPACITY / 16) * 16;
        if (random >> 62 == 0)
            write_header(layout, broken, (uint32_t)random, (uint32_t)(random >> 32));
        uint64_t next = head + (random >> 50) % 64 * 16;
        if (next - atomic_load(&layout->to_worker.tail) <= WEFT_RING_CAPACITY)
            atomic_store(&layout->to_worker.head, head = next);
    }
    return NULL;
}

/* Every message of a run is what was checked, whatever stands in shared memory by now. */
static void check_run(void)
{
    CHECK(event.offset + event.size <= WEFT_LINK_INBOX_SIZE);
    size_t at = event.offset;
    while (event.kind == WEFT_MESSAGE_DATA && at < event.offset + event.size) {
        struct weft_message_header header;
        memcpy(&header, peer.inbox + at, sizeof(header));
        CHECK_EQ(header.kind, WEFT_MESSAGE_DATA);
        at += weft_message_span(header.size);
    }
    CHECK(event.kind != WEFT_MESSAGE_DATA || at == event.offset + event.size);
}

TEST(a_page_that_scribbles_while_the_worker_reads_is_refused_or_heard)
{
    for (int i = 0; i < 40; i++) {
        pthread_t thread;
        int r = 0;
        weft_test_peer_open(&peer);
        atomic_store(&scribbling, true);
        CHECK_EQ(pthread_create(&thread, NULL, scribble, peer.layout), 0);
        for (int heard = 0; heard < 50 && r >= 0;) {
            r = weft_test_peer_receive(&peer, &event);
            CHECK(r == 0 || r == WEFT_LINK_EMPTY || r == -EBADMSG);
            if (r == 0)
                check_run(), heard++;
            else
                sched_yield();
        }
        atomic_store(&scribbling, false);
        CHECK_EQ(pthread_join(thread, NULL), 0);
        weft_test_peer_close(&peer);
    }
    CHECK_EQ(weft_test_count_mappings("memfd:weft"), 0);
}

TEST(a_page_that_never_reads_fills_the_queue_and_stops_nobody)
{
    static const char body[60000];
    weft_test_peer_open(&peer);
    for (int i = 0; i < 100; i++)
        CHECK_EQ(weft_link_send(peer.link, WEFT_MESSAGE_DATA, body, sizeof(body)), 0);
    CHECK_EQ(weft_link_flush(peer.link), WEFT_LINK_AGAIN);
    weft_link_flush_blocking(peer.link, 10);
    close(peer.socket);
    weft_link_flush_blocking(peer.link, WEFT_TEST_WAIT_MS * 100);
}

/* ---- opening ---- */

static void check_open_refused(const int descriptors[WEFT_LINK_DESCRIPTORS])
{
    struct weft_link *link = NULL;
    CHECK_EQ(weft_link_open(descriptors, &link), -EBADMSG);
    CHECK(link == NULL);
}

/* Opens with @fd (taken) in one place, and all others right. */
static void check_wrong(enum weft_link_descriptor place, int fd)
{
    int descriptors[WEFT_LINK_DESCRIPTORS];
    weft_test_peer_init(&peer, descriptors);
    close(descriptors[place]);
    descriptors[place] = fd;
    check_open_refused(descriptors);
    weft_test_peer_close(&peer);
}

TEST(opening_with_a_wrong_descriptor_in_any_place_is_refused)
{
    size_t before = weft_test_count_fds();
    for (int place = 0; place < WEFT_LINK_DESCRIPTORS; place++) {
        int pipes[2], pair[2];
        CHECK_EQ(pipe(pipes), 0);
        CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
        check_wrong(place, -1);
        check_wrong(place, pipes[0]);
        check_wrong(place, pipes[1]);
        check_wrong(place, pair[0]);
        check_wrong(place, pair[1]);
        check_wrong(place, open("/dev/null", O_RDWR));
        check_wrong(place, weft_test_make_segment(PAGE));
        check_wrong(place, socket(AF_INET, SOCK_STREAM, 0));
        check_wrong(place, socket(AF_UNIX, SOCK_DGRAM, 0));
        if (place != WEFT_LINK_BELL_PAGE && place != WEFT_LINK_BELL_WORKER)
            check_wrong(place, eventfd(0, 0));
    }
    CHECK_EQ(weft_test_count_fds(), before);
    CHECK_EQ(weft_test_count_mappings("memfd:weft"), 0);
}

/* A channel's memory, but for @offset. */
static int make_memory(size_t size, int seals, size_t offset, uint32_t value)
{
    uint32_t identity[] = {WEFT_CHANNEL_MAGIC, WEFT_CHANNEL_VERSION, WEFT_RING_CAPACITY};
    int fd = memfd_create("weft-peer-channel", MFD_ALLOW_SEALING);
    CHECK_EQ(ftruncate(fd, (off_t)size), 0);
    identity[offset / sizeof(*identity)] = value;
    CHECK_EQ(pwrite(fd, identity, sizeof(identity), 0), sizeof(identity));
    CHECK_EQ(fcntl(fd, F_ADD_SEALS, seals), 0);
    return fd;
}

TEST(opening_with_memory_that_is_no_channel_is_refused)
{
    size_t before = weft_test_count_fds();
    size_t size = WEFT_CHANNEL_SIZE;
    check_wrong(WEFT_LINK_MEMORY, make_memory(size, F_SEAL_SHRINK, 0, 1));
    check_wrong(WEFT_LINK_MEMORY, make_memory(size, F_SEAL_SHRINK, 4, 2));
    check_wrong(WEFT_LINK_MEMORY, make_memory(size, F_SEAL_SHRINK, 8, WEFT_RING_CAPACITY * 2));
    check_wrong(WEFT_LINK_MEMORY, make_memory(size, F_SEAL_SHRINK, 8, 0));
    check_wrong(WEFT_LINK_MEMORY, make_memory(size - 1, F_SEAL_SHRINK, 0, WEFT_CHANNEL_MAGIC));
    check_wrong(WEFT_LINK_MEMORY, make_memory(size, 0, 0, WEFT_CHANNEL_MAGIC));
    check_wrong(WEFT_LINK_MEMORY, make_memory(size, F_SEAL_GROW, 0, WEFT_CHANNEL_MAGIC));
    check_wrong(WEFT_LINK_MEMORY,
                make_memory(size, F_SEAL_SHRINK | F_SEAL_WRITE, 0, WEFT_CHANNEL_MAGIC));
    CHECK_EQ(weft_test_count_fds(), before);
}

/* The page can set any option on the socket that it made. */
TEST(a_socket_with_odd_options_is_refused_or_served)
{
    int descriptors[WEFT_LINK_DESCRIPTORS], on = 1;
    weft_test_peer_init(&peer, descriptors);
    setsockopt(descriptors[WEFT_LINK_SOCKET], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));
    setsockopt(descriptors[WEFT_LINK_SOCKET], SOL_SOCKET, SO_TIMESTAMP, &on, sizeof(on));
    CHECK_EQ(weft_link_open(descriptors, &peer.link), 0);
    announce(1);
    push_ref(WEFT_MESSAGE_DATA_IN_SEGMENT, 1, SENDER, 1);
    int r = weft_test_peer_receive(&peer, &event);
    CHECK(r == 0 || r == -EBADMSG);
}
