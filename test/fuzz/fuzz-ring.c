/* SPDX-License-Identifier: MIT */

/*
 * The worker's ends of both rings, and a page that scribbles over all of the shared memory between
 * their calls. The input is a script of what each side does.
 */

#include "channel/ring.h"
#include "input.h"

#include <errno.h>

#define CAPACITY   4096
#define INBOX_SIZE ((size_t)65544) /* the least that weft_ring_drain allows */

enum operation {
    SET_CURSOR,
    MOVE_CURSOR,
    SET_FLAG,
    SCRIBBLE,
    FORGE_HEADER,
    PAGE_PUSH,
    PAGE_FOLLOWS,
    WORKER_DRAIN,
    WORKER_PUSH,
    WORKER_SLEEPS,
    WORKER_WAITS,
    OPERATIONS,
};

struct shared {
    struct weft_ring_cursors to_worker;
    struct weft_ring_cursors to_page;
    uint8_t *data_to_worker; /* each in a block of its own, with red zones around it */
    uint8_t *data_to_page;
};

static struct shared shared;
static struct weft_ring worker_in, worker_out, page_out;
static uint8_t *inbox;
static uint8_t body[WEFT_MESSAGE_MAX + 1];

static _Atomic uint64_t *choose_cursor(struct input *input)
{
    switch (input_u8(input) % 4) {
    case 0:
        return &shared.to_worker.head;
    case 1:
        return &shared.to_worker.tail;
    case 2:
        return &shared.to_page.head;
    default:
        return &shared.to_page.tail;
    }
}

static void set_flag(struct input *input)
{
    uint8_t which = input_u8(input);
    struct weft_ring_cursors *cursors = which & 1 ? &shared.to_worker : &shared.to_page;
    atomic_store(which & 2 ? &cursors->consumer_sleeps : &cursors->producer_waits,
                 input_u32(input));
}

static void scribble(struct input *input)
{
    uint8_t *data = input_u8(input) & 1 ? shared.data_to_worker : shared.data_to_page;
    size_t at = input_u16(input) % CAPACITY;
    size_t size = input_u8(input);
    input_copy(input, data + at, size < CAPACITY - at ? size : CAPACITY - at);
}

static void forge_header(struct input *input)
{
    struct weft_message_header header;
    size_t at = (page_out.cursor + 8 * (size_t)input_u16(input)) % CAPACITY;
    header.size = input_u32(input);
    header.kind = input_u8(input);
    memcpy(shared.data_to_worker + at, &header, sizeof(header));
}

/* All that weft_ring_drain promises of what it returns. */
static void drain(void)
{
    size_t size = SIZE_MAX, at = 0;
    uint64_t before = worker_in.cursor;
    int r = weft_ring_drain(&worker_in, inbox, INBOX_SIZE, &size);
    promised(r == 0 || r == WEFT_RING_EMPTY || r == -EBADMSG);
    if (r != 0) {
        promised(size == SIZE_MAX && worker_in.cursor == before);
        return;
    }
    promised(size > 0 && size <= CAPACITY && worker_in.cursor == before + size);
    while (at < size) {
        struct weft_message_header header;
        promised(size - at >= sizeof(header));
        memcpy(&header, inbox + at, sizeof(header));
        promised(header.kind > 0 && header.kind < WEFT_MESSAGE_KIND_END);
        promised(header.size <= WEFT_MESSAGE_MAX);
        at += weft_message_span(header.size);
    }
    promised(at == size);
    weft_ring_producer_wants_bell(&worker_in);
}

static void worker_push(struct input *input)
{
    size_t size = input_u16(input) * (size_t)(input_u8(input) % 3);
    size = size < sizeof(body) ? size : sizeof(body);
    uint64_t before = worker_out.cursor;
    int r = weft_ring_push(&worker_out, WEFT_MESSAGE_DATA, body, size);
    promised(r == 0 || r == WEFT_RING_FULL || r == -EBADMSG || r == -EMSGSIZE);
    promised(worker_out.cursor == before + (r == 0 ? weft_message_span(size) : 0));
    if (r == WEFT_RING_FULL)
        weft_ring_producer_wait(&worker_out, size);
    weft_ring_consumer_wants_bell(&worker_out);
}

static void run(enum operation operation, struct input *input)
{
    _Atomic uint64_t *cursor;
    switch (operation) {
    case SET_CURSOR:
        cursor = choose_cursor(input);
        atomic_store(cursor, input_u64(input));
        break;
    case MOVE_CURSOR:
        cursor = choose_cursor(input);
        atomic_store(cursor,
                     atomic_load(cursor) + 8 * (uint64_t)(int64_t)(int16_t)input_u16(input));
        break;
    case SET_FLAG:
        set_flag(input);
        break;
    case SCRIBBLE:
        scribble(input);
        break;
    case FORGE_HEADER:
        forge_header(input);
        break;
    case PAGE_PUSH:
        weft_ring_push(&page_out, input_u8(input), body, input_u16(input) % CAPACITY);
        break;
    case PAGE_FOLLOWS: /* behaves again: both cursors where the worker's are */
        page_out.cursor = worker_in.cursor;
        atomic_store(&shared.to_worker.head, worker_in.cursor);
        atomic_store(&shared.to_worker.tail, worker_in.cursor);
        atomic_store(&shared.to_page.tail, worker_out.cursor);
        break;
    case WORKER_DRAIN:
        drain();
        break;
    case WORKER_PUSH:
        worker_push(input);
        break;
    case WORKER_SLEEPS:
        if (weft_ring_consumer_sleep(&worker_in))
            weft_ring_consumer_wake(&worker_in);
        break;
    default:
        weft_ring_producer_wait(&worker_out, input_u16(input));
        weft_ring_producer_wait_any(&worker_out);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {.at = data, .left = size};
    memset(&shared, 0, sizeof(shared));
    shared.data_to_worker = calloc(1, CAPACITY);
    shared.data_to_page = calloc(1, CAPACITY);
    inbox = malloc(INBOX_SIZE);
    promised(shared.data_to_worker && shared.data_to_page && inbox);
    weft_ring_init(&worker_in, &shared.to_worker, shared.data_to_worker, CAPACITY);
    weft_ring_init(&page_out, &shared.to_worker, shared.data_to_worker, CAPACITY);
    weft_ring_init(&worker_out, &shared.to_page, shared.data_to_page, CAPACITY);

    while (input.left > 0)
        run(input_u8(&input) % OPERATIONS, &input);
    drain();

    free(shared.data_to_worker);
    free(shared.data_to_page);
    free(inbox);
    return 0;
}
