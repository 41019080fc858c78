/* SPDX-License-Identifier: MIT */

/*
 * The worker's end of a link, and a page that forges messages, packets and descriptors. The input
 * is a script of what each side does; the worker's side does what an engine may do with what it
 * gets.
 */

#include "base/cleanup.h"
#include "base/socket.h"
#include "channel/link-internal.h"
#include "channel/test-peer.h"
#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>

#define HELD_MAX 64
#define IDS      8 /* few, so that they meet */

enum operation {
    PAGE_PUSH,
    PAGE_REFERS,
    PAGE_NOTES,
    PAGE_ANNOUNCES,
    PAGE_SENDS_PACKET,
    PAGE_SCRIBBLES,
    PAGE_MOVES_CURSOR,
    PAGE_READS,
    WORKER_RECEIVES,
    WORKER_RETURNS,
    WORKER_FLUSHES,
    WORKER_SENDS,
    WORKER_SENDS_BUFFER,
    WORKER_SENDS_BACK,
    WORKER_DETACHES,
    WORKER_SLEEPS,
    PAGE_SHARES,
    WORKER_SHARES,
    WORKER_TAKES_SHARED,
    OPERATIONS,
};

static struct weft_test_peer peer;
static struct weft_segment *held[HELD_MAX];
static size_t held_count;
static bool broken;
static uint8_t *body;

/* ---- the page ---- */

static uint64_t choose_size(struct input *input)
{
    static const uint64_t sizes[] = {0, 1, 4096, 4097, 131072, 300000, UINT32_MAX, UINT64_MAX};
    return sizes[input_u8(input) % 8];
}

static void page_pushes(struct input *input)
{
    uint8_t bytes[256];
    uint32_t kind = input_u8(input) % (WEFT_MESSAGE_KIND_END + 1);
    size_t size = input_u8(input);
    input_copy(input, bytes, size);
    weft_ring_push(&peer.out, kind, bytes, size);
}

static void page_refers(struct input *input)
{
    struct weft_segment_ref refs[4];
    uint8_t first = input_u8(input);
    size_t count = first % 4 + 1;
    for (size_t i = 0; i < count; i++) {
        uint8_t who = input_u8(input);
        refs[i] = (struct weft_segment_ref){
            .id = who % IDS, .owner = who / IDS % 3, .size = choose_size(input)};
    }
    weft_ring_push(&peer.out, first & 8 ? WEFT_MESSAGE_DATA_IN_SEGMENT : WEFT_MESSAGE_BUFFERS, refs,
                   count * sizeof(*refs));
    if (first & 16)
        weft_ring_push(&peer.out, WEFT_MESSAGE_DATA, "1234", 4);
}

static void page_notes(struct input *input)
{
    static const uint32_t kinds[] = {WEFT_MESSAGE_RELEASE, WEFT_MESSAGE_FORGET,
                                     WEFT_MESSAGE_SEGMENTS};
    uint8_t what = input_u8(input);
    weft_test_peer_note(&peer, kinds[what / IDS % 3], what % IDS);
}

static int make_odd_descriptor(uint8_t sort)
{
    int fd, pair[2];
    switch (sort % 6) {
    case 0:
        return eventfd(0, EFD_CLOEXEC);
    case 1:
        return open("/dev/null", O_RDWR | O_CLOEXEC);
    case 2:
        return memfd_create("weft-unsealed", MFD_CLOEXEC);
    case 3:
        fd = weft_test_make_segment(4096);
        fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE);
        return fd;
    case 4:
        promised(pipe2(pair, O_CLOEXEC) == 0);
        close(pair[0]);
        return pair[1];
    default:
        return weft_test_make_segment(4096);
    }
}

static void page_sends_packet(struct input *input)
{
    uint8_t bytes[16];
    int fds[WEFT_SOCKET_MAX_FDS];
    uint8_t form = input_u8(input);
    size_t size = form & 8 ? 4 : form % 16, count = form / 16 % 4;
    memset(bytes, 0, sizeof(bytes));
    bytes[0] = input_u8(input) % IDS;
    for (size_t i = 0; i < count; i++) {
        fds[i] = make_odd_descriptor(input_u8(input));
        promised(fds[i] >= 0);
    }
    weft_socket_send(peer.socket, bytes, size, fds, count);
    for (size_t i = 0; i < count; i++)
        close(fds[i]);
}

/* Memory that is as it should be or not, and word of it. */
static void page_shares(struct input *input)
{
    uint8_t form = input_u8(input);
    struct weft_shared_packet packet = {.size = choose_size(input), .id = form % IDS};
    int fd = form & 8 ? make_odd_descriptor(input_u8(input)) : weft_test_make_segment(4096);
    promised(fd >= 0);
    if (!(form & 16))
        fcntl(fd, F_ADD_SEALS, F_SEAL_GROW);
    if (form & 32)
        packet.zero = 1;
    weft_socket_send(peer.socket, &packet, sizeof(packet), &fd, 1);
    close(fd);
    if (form & 64)
        weft_test_peer_note(&peer, WEFT_MESSAGE_SHARED, form % IDS);
}

static void page_scribbles(struct input *input)
{
    uint8_t *bytes = (uint8_t *)peer.layout;
    size_t at = input_u32(input) % WEFT_CHANNEL_SIZE;
    size_t size = input_u8(input) % 32;
    input_copy(input, bytes + at, size < WEFT_CHANNEL_SIZE - at ? size : WEFT_CHANNEL_SIZE - at);
}

static void page_moves_cursor(struct input *input)
{
    uint8_t which = input_u8(input);
    struct weft_ring_cursors *cursors = which & 1 ? &peer.layout->to_page : &peer.layout->to_worker;
    _Atomic uint64_t *cursor = which & 2 ? &cursors->head : &cursors->tail;
    atomic_store(cursor, atomic_load(cursor) + (uint64_t)(int64_t)(int16_t)input_u16(input));
}

static void page_reads(void)
{
    static uint8_t page_inbox[WEFT_LINK_INBOX_SIZE];
    size_t size;
    uint8_t packet[16];
    int fds[WEFT_SOCKET_MAX_FDS];
    size_t fd_count;
    weft_ring_drain(&peer.in, page_inbox, sizeof(page_inbox), &size);
    while (weft_socket_receive(peer.socket, packet, sizeof(packet), &size, fds, &fd_count) == 0)
        for (size_t i = 0; i < fd_count; i++)
            close(fds[i]);
}

/* ---- the worker ---- */

/* An ArrayBuffer over it: both ends of what is promised can be used. */
static void hold(const struct weft_incoming *incoming)
{
    uint8_t *memory = incoming->segment->memory;
    promised(incoming->size <= incoming->segment->capacity);
    promised(weft_link_find(peer.link, incoming->segment->id, incoming->segment->own) ==
             incoming->segment);
    if (incoming->size > 0)
        memory[0]++, memory[incoming->size - 1]++;
    if (held_count < HELD_MAX)
        held[held_count++] = incoming->segment;
    else
        weft_segment_return(incoming->segment);
}

static void check_run(const uint8_t *inbox, const struct weft_link_event *event)
{
    size_t at = event->offset, end = event->offset + event->size;
    while (at < end) {
        struct weft_message_header header;
        memcpy(&header, inbox + at, sizeof(header));
        promised(header.kind == WEFT_MESSAGE_DATA);
        at += weft_message_span(header.size);
    }
    promised(at == end);
}

static void worker_receives(void)
{
    struct weft_link_event event;
    int r = weft_test_peer_receive(&peer, &event);
    promised(r == 0 || r == WEFT_LINK_EMPTY || r == -EBADMSG);
    broken = r < 0;
    if (r != 0)
        return;
    promised(event.offset + event.size <= WEFT_LINK_INBOX_SIZE);
    if (event.kind == WEFT_MESSAGE_DATA)
        check_run(peer.inbox, &event);
    if (event.body.segment)
        hold(&event.body);
    for (size_t i = 0; i < event.buffer_count; i++)
        hold(&event.buffers[i]);
}

static void return_one(size_t index)
{
    struct weft_segment *segment = held[index];
    held[index] = held[--held_count];
    weft_segment_return(segment);
}

static void worker_sends_buffer(struct input *input)
{
    struct weft_segment *segment;
    uint8_t form = input_u8(input);
    if (weft_link_acquire(peer.link, form & 1 ? 10 : 200000, &segment) < 0)
        return;
    memset(segment->memory, form, 10);
    promised(weft_link_attach(peer.link, segment, 10) == 0);
    if (form & 2)
        weft_link_detach_all(peer.link);
    weft_link_send_data(peer.link, body, form & 4 ? WEFT_MESSAGE_MAX + 1 : form);
    weft_link_detach_all(peer.link);
}

static void worker_sends_back(struct input *input)
{
    uint8_t form = input_u8(input);
    if (held_count == 0)
        return;
    struct weft_segment *segment = held[form / 2 % held_count];
    /* As the codec does: only an ArrayBuffer that is not detached can be sent. */
    if (weft_link_held_at(peer.link, segment->memory) != segment)
        return;
    promised(weft_link_attach(peer.link, segment, 1) == 0);
    weft_link_send_data(peer.link, body, 1);
    weft_link_detach_all(peer.link);
    if (form & 1)
        return_one(form / 2 % held_count); /* else the engine frees it later */
}

static void worker_shares(struct input *input)
{
    struct weft_shared *shared;
    uint32_t id;
    if (weft_shared_create(input_u16(input), &shared) < 0)
        return;
    weft_link_share(peer.link, shared, &id);
    weft_shared_unref(shared);
}

static void worker_takes_shared(struct input *input)
{
    struct weft_shared *shared;
    if (weft_link_take_shared(peer.link, input_u8(input) % IDS, &shared) < 0)
        return;
    uint8_t *memory = shared->memory;
    if (shared->size > 0)
        memory[0]++, memory[shared->size - 1]++;
    weft_shared_unref(shared);
}

static void run_worker(enum operation operation, struct input *input)
{
    switch (operation) {
    case WORKER_RECEIVES:
        worker_receives();
        break;
    case WORKER_RETURNS:
        if (held_count > 0)
            return_one(input_u8(input) % held_count);
        break;
    case WORKER_FLUSHES:
        weft_link_flush(peer.link);
        break;
    case WORKER_SENDS:
        weft_link_send(peer.link, WEFT_MESSAGE_CONSOLE, body, input_u16(input));
        break;
    case WORKER_SENDS_BUFFER:
        worker_sends_buffer(input);
        break;
    case WORKER_SENDS_BACK:
        worker_sends_back(input);
        break;
    case WORKER_DETACHES:
        weft_link_detach_all(peer.link);
        break;
    case WORKER_SHARES:
        worker_shares(input);
        break;
    case WORKER_TAKES_SHARED:
        worker_takes_shared(input);
        break;
    default:
        if (weft_link_ready(peer.link) || weft_link_sleep(peer.link))
            weft_link_wake(peer.link);
        weft_link_clear_bell(peer.link);
        break;
    }
}

static void run(enum operation operation, struct input *input)
{
    switch (operation) {
    case PAGE_PUSH:
        page_pushes(input);
        break;
    case PAGE_REFERS:
        page_refers(input);
        break;
    case PAGE_NOTES:
        page_notes(input);
        break;
    case PAGE_ANNOUNCES:
        weft_test_peer_announce(&peer, input_u8(input) % IDS, choose_size(input) % 300001);
        break;
    case PAGE_SENDS_PACKET:
        page_sends_packet(input);
        break;
    case PAGE_SCRIBBLES:
        page_scribbles(input);
        break;
    case PAGE_MOVES_CURSOR:
        page_moves_cursor(input);
        break;
    case PAGE_READS:
        page_reads();
        break;
    case PAGE_SHARES:
        page_shares(input);
        break;
    default:
        run_worker(operation, input);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {.at = data, .left = size};
    uint8_t ending = input_u8(&input);
    broken = false;
    body = calloc(1, WEFT_MESSAGE_MAX + 1);
    promised(body != NULL);
    weft_test_peer_open(&peer);

    while (input.left > 0 && !broken)
        run(input_u8(&input) % OPERATIONS, &input);
    if (!broken)
        worker_receives();

    /* ArrayBuffers are freed before and after the link. */
    while (held_count > ending % 4)
        return_one(held_count - 1);
    weft_test_peer_close(&peer);
    while (held_count > 0)
        return_one(held_count - 1);
    free(body);
    return 0;
}
