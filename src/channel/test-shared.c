/* SPDX-License-Identifier: MIT */

/* Memory of SharedArrayBuffers: what may be mapped, what is the same, and that nothing is left. */

#include "base/socket.h"
#include "base/test.h"
#include "channel/layout.h"
#include "channel/link-internal.h"
#include "channel/shared.h"
#include "channel/test-peer.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_NAME "memfd:weft-shared"
#define PAGE      4096
#define SEALS     (F_SEAL_SHRINK | F_SEAL_GROW)

static struct weft_shared *create(uint64_t size)
{
    struct weft_shared *shared;
    CHECK_EQ(weft_shared_create(size, &shared), 0);
    CHECK_EQ(shared->size, size);
    return shared;
}

/* Memory as a peer makes it. */
static int make_memfd(off_t size, int seals)
{
    int fd = memfd_create("weft-peer", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    CHECK(fd >= 0);
    CHECK_EQ(ftruncate(fd, size), 0);
    CHECK_EQ(fcntl(fd, F_ADD_SEALS, seals), 0);
    return fd;
}

static int open_copy(int fd, uint64_t size, struct weft_shared **ret_shared)
{
    int copy = dup(fd);
    CHECK(copy >= 0);
    return weft_shared_open(copy, size, ret_shared);
}

/* It is refused, and its descriptor closed. */
static void check_refused(int fd, uint64_t size)
{
    struct weft_shared *shared = NULL;
    size_t before = weft_test_count_fds();
    CHECK_EQ(weft_shared_open(fd, size, &shared), -EBADMSG);
    CHECK_EQ(weft_test_count_fds(), before - 1);
    CHECK(shared == NULL);
}

/* ---- making ---- */

TEST(memory_is_zero_sealed_and_of_its_size)
{
    static const uint64_t sizes[] = {0, 1, 4, PAGE - 1, PAGE, PAGE + 1, 1000000};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        struct weft_shared *shared = create(sizes[i]);
        struct stat file;
        CHECK(shared->memory != NULL);
        CHECK_EQ(fstat(shared->fd, &file), 0);
        CHECK((uint64_t)file.st_size >= sizes[i] && file.st_size % PAGE == 0);
        CHECK_EQ(fcntl(shared->fd, F_GET_SEALS) & SEALS, SEALS);
        CHECK(fcntl(shared->fd, F_GETFD) & FD_CLOEXEC);
        for (uint64_t at = 0; at < sizes[i]; at += 512)
            CHECK_EQ(((uint8_t *)shared->memory)[at], 0);
        weft_shared_unref(shared);
    }
    CHECK_EQ(weft_test_count_mappings(FILE_NAME), 0);
}

TEST(a_size_over_the_limit_is_refused)
{
    struct weft_shared *shared = NULL;
    CHECK_EQ(weft_shared_create(WEFT_SHARED_SIZE_MAX + 1, &shared), -EFBIG);
    CHECK_EQ(weft_shared_create(UINT64_MAX, &shared), -EFBIG);
    CHECK(shared == NULL);
    weft_shared_unref(create(WEFT_SHARED_SIZE_MAX)); /* costs nothing before it is written */
}

TEST(there_are_no_more_than_the_limit)
{
    static struct weft_shared *all[WEFT_SHARED_COUNT_MAX];
    struct weft_shared *shared = NULL;
    struct rlimit limit;
    CHECK_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    if (limit.rlim_max <= 2 * WEFT_SHARED_COUNT_MAX || setrlimit(RLIMIT_NOFILE, &limit) < 0)
        weft_test_skip("too few descriptors");
    for (size_t i = 0; i < WEFT_SHARED_COUNT_MAX; i++)
        all[i] = create(4);
    CHECK_EQ(weft_shared_create(4, &shared), -EMFILE);
    CHECK_EQ(weft_shared_open(make_memfd(PAGE, SEALS), 4, &shared), -EMFILE);
    /* What is here already is no new one. */
    CHECK_EQ(open_copy(all[7]->fd, 4, &shared), 0);
    CHECK(shared == all[7]);
    weft_shared_unref(shared);
    weft_shared_unref(all[0]);
    all[0] = create(4);
    for (size_t i = 0; i < WEFT_SHARED_COUNT_MAX; i++)
        weft_shared_unref(all[i]);
    CHECK_EQ(weft_test_count_mappings(FILE_NAME), 0);
}

/* Sockets, files and the engine's own need some, too. */
TEST(half_of_the_descriptors_are_for_others)
{
    struct rlimit limit = {.rlim_cur = 100, .rlim_max = 100};
    struct weft_shared *shared;
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
    for (int i = 0; i < 50; i++)
        create(4);
    CHECK_EQ(weft_shared_create(4, &shared), -EMFILE);
}

/* ---- receiving ---- */

TEST(the_same_memory_is_mapped_once)
{
    struct weft_shared *mine = create(100), *again;
    size_t fds = weft_test_count_fds();
    CHECK_EQ(open_copy(mine->fd, 100, &again), 0);
    CHECK(again == mine);
    CHECK_EQ(weft_test_count_fds(), fds);
    CHECK_EQ(weft_test_count_mappings(FILE_NAME), 1);
    weft_shared_unref(mine);
    CHECK_EQ(weft_test_count_mappings(FILE_NAME), 1);
    weft_shared_unref(again);
    CHECK_EQ(weft_test_count_mappings(FILE_NAME), 0);
}

TEST(other_memory_is_other_memory)
{
    struct weft_shared *a = create(100), *b = create(100), *c;
    CHECK(a->memory != b->memory);
    CHECK(a->number != b->number);
    CHECK_EQ(weft_shared_open(make_memfd(PAGE, SEALS), 100, &c), 0);
    CHECK(c != a && c != b);
    memset(c->memory, 7, 100);
    CHECK_EQ(((uint8_t *)a->memory)[0], 0);
}

TEST(memory_is_found_by_its_descriptor_and_its_address)
{
    struct weft_shared *shared = create(8);
    CHECK(weft_shared_find(shared->fd) == shared);
    CHECK(weft_shared_at(shared->memory) == shared);
    CHECK(weft_shared_at((uint8_t *)shared->memory + 4) == NULL);
    CHECK(weft_shared_at(NULL) == NULL);
    CHECK(weft_shared_find(STDOUT_FILENO) == NULL);
    CHECK(weft_shared_find(make_memfd(PAGE, SEALS)) == NULL);
    for (int i = 0; i < 3; i++)
        weft_shared_unref(shared);
    CHECK_EQ(weft_test_count_mappings(FILE_NAME), 0);
}

TEST(memory_of_a_wrong_sort_is_refused)
{
    int pipes[2];
    CHECK_EQ(pipe(pipes), 0);
    check_refused(pipes[0], 1);
    check_refused(open("/dev/null", O_RDWR), 1);
    check_refused(make_memfd(PAGE, 0), 1);
    check_refused(make_memfd(PAGE, F_SEAL_SHRINK), 1);
    check_refused(make_memfd(PAGE, F_SEAL_GROW), 1);
    check_refused(make_memfd(PAGE, SEALS | F_SEAL_WRITE), 1);
    check_refused(make_memfd(PAGE, SEALS | F_SEAL_FUTURE_WRITE), 1);
}

TEST(memory_of_another_size_than_the_peer_says_is_refused)
{
    check_refused(make_memfd(PAGE, SEALS), PAGE + 1);
    check_refused(make_memfd(PAGE, SEALS), 2 * PAGE);
    check_refused(make_memfd(2 * PAGE, SEALS), PAGE);
    check_refused(make_memfd(2 * PAGE, SEALS), 0);
    check_refused(make_memfd(100, SEALS), 100);
    check_refused(make_memfd(0, SEALS), 0);
    check_refused(make_memfd(PAGE, SEALS), UINT64_MAX);
    check_refused(make_memfd(PAGE, SEALS), WEFT_SHARED_SIZE_MAX + 1);
    struct weft_shared *shared = create(100), *again;
    CHECK_EQ(open_copy(shared->fd, 101, &again), -EBADMSG);
    CHECK_EQ(open_copy(shared->fd, 100, &again), 0);
}

/* ---- threads ---- */

static void *open_and_close(void *data)
{
    struct weft_shared *shared = data, *mine;
    for (int i = 0; i < 2000; i++) {
        CHECK_EQ(open_copy(shared->fd, 8, &mine), 0);
        CHECK(mine == shared);
        weft_shared_unref(create(8));
        CHECK(weft_shared_at(shared->memory) == shared);
        weft_shared_unref(weft_shared_ref(shared));
        weft_shared_unref(shared);
        weft_shared_unref(mine);
    }
    return NULL;
}

TEST(threads_share_the_table)
{
    struct weft_shared *shared = create(8);
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        CHECK_EQ(pthread_create(&threads[i], NULL, open_and_close, shared), 0);
    for (int i = 0; i < 4; i++)
        CHECK_EQ(pthread_join(threads[i], NULL), 0);
    CHECK_EQ(weft_test_count_mappings(FILE_NAME), 1);
    weft_shared_unref(shared);
    CHECK_EQ(weft_test_count_mappings(FILE_NAME), 0);
}

/* The last reference goes while another thread takes the memory in again. */
static void *come_and_go(void *data)
{
    int fd = *(int *)data;
    struct weft_shared *shared;
    for (int i = 0; i < 5000; i++) {
        CHECK_EQ(open_copy(fd, 8, &shared), 0);
        CHECK_EQ(((uint8_t *)shared->memory)[1], 42);
        weft_shared_unref(shared);
    }
    return NULL;
}

TEST(memory_may_come_again_while_it_goes)
{
    int fd = make_memfd(PAGE, SEALS);
    uint8_t byte = 42;
    CHECK_EQ(pwrite(fd, &byte, 1, 1), 1);
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        CHECK_EQ(pthread_create(&threads[i], NULL, come_and_go, &fd), 0);
    for (int i = 0; i < 2; i++)
        CHECK_EQ(pthread_join(threads[i], NULL), 0);
    CHECK_EQ(weft_test_count_mappings("memfd:weft-peer"), 0);
}

/* ---- over a link ---- */

struct end {
    struct weft_link *link;
    uint8_t inbox[WEFT_LINK_INBOX_SIZE];
};

static struct end page, worker;

static void open_link(void)
{
    int descriptors[WEFT_LINK_DESCRIPTORS];
    CHECK_EQ(weft_link_create(&page.link, descriptors), 0);
    CHECK_EQ(weft_link_open(descriptors, &worker.link), 0);
}

static void close_link(void)
{
    weft_link_close(page.link);
    weft_link_close(worker.link);
}

static int receive(struct end *end)
{
    struct weft_link_event event;
    int r = weft_link_receive(end->link, end->inbox, &event);
    CHECK(r != 0 || event.kind == WEFT_MESSAGE_DATA);
    return r;
}

/* Posts a message that names the memory. */
static uint32_t post(struct end *end, struct weft_shared *shared)
{
    uint32_t id = 0;
    CHECK_EQ(weft_link_share(end->link, shared, &id), 0);
    CHECK_EQ(weft_link_send_data(end->link, "clone", 5), 0);
    return id;
}

TEST(memory_comes_before_the_message_that_names_it)
{
    open_link();
    struct weft_shared *shared = create(10), *taken;
    uint32_t first = post(&page, shared), second = post(&page, shared);
    CHECK(first != second);
    CHECK_EQ(receive(&worker), 0);
    CHECK_EQ(weft_link_take_shared(worker.link, first, &taken), 0);
    CHECK(taken == shared); /* one process here */
    CHECK_EQ(weft_link_take_shared(worker.link, first, &taken), -ENOENT);
    CHECK_EQ(weft_link_take_shared(worker.link, second, &taken), -ENOENT); /* not read yet */
    CHECK_EQ(receive(&worker), 0);
    CHECK_EQ(weft_link_take_shared(worker.link, second, &taken), 0);
    CHECK_EQ(post(&worker, shared), 1); /* each direction counts for itself */
    CHECK_EQ(receive(&page), 0);
    CHECK_EQ(weft_link_take_shared(page.link, 1, &taken), 0);
}

TEST(memory_that_nobody_takes_is_let_go_of)
{
    open_link();
    uint32_t last = 0;
    struct weft_shared *shared, *taken;
    for (int i = 0; i < 5; i++) {
        shared = create(10);
        last = post(&page, shared);
        weft_shared_unref(shared);
        CHECK_EQ(receive(&worker), 0);
    }
    CHECK_EQ(weft_test_count_mappings(FILE_NAME), 5);
    CHECK_EQ(weft_link_take_shared(worker.link, last, &taken), 0);
    CHECK_EQ(weft_test_count_mappings(FILE_NAME), 1);
    weft_shared_unref(taken);
    CHECK_EQ(weft_test_count_mappings(FILE_NAME), 0);

    for (int i = 0; i < 5; i++) {
        shared = create(10);
        post(&page, shared);
        weft_shared_unref(shared);
    }
    size_t before = weft_test_count_fds();
    CHECK_EQ(receive(&worker), 0);
    close_link();
    CHECK(weft_test_count_fds() < before);
    CHECK_EQ(weft_test_count_mappings(FILE_NAME), 0);
}

/* More than the socket holds, with segments among them. */
TEST(a_full_socket_keeps_the_order)
{
    open_link();
    enum { COUNT = 900 };
    struct weft_shared *first = create(10), *second = create(20), *taken;
    for (int i = 0; i < COUNT; i++) {
        struct weft_segment *segment;
        uint32_t id;
        CHECK_EQ(weft_link_share(page.link, i % 2 ? second : first, &id), 0);
        CHECK_EQ(id, i + 1);
        if (i % 3 == 0) {
            CHECK_EQ(weft_link_acquire(page.link, 1, &segment), 0);
            CHECK_EQ(weft_link_attach(page.link, segment, 1), 0);
        }
        CHECK_EQ(weft_link_send_data(page.link, "clone", 5), 0);
    }
    for (int i = 0; i < COUNT;) {
        int r = receive(&worker);
        if (r == WEFT_LINK_EMPTY) {
            CHECK(weft_link_flush(page.link) >= 0);
            continue;
        }
        CHECK_EQ(r, 0);
        CHECK_EQ(weft_link_take_shared(worker.link, (uint32_t)i + 1, &taken), 0);
        CHECK(taken == (i % 2 ? second : first));
        weft_shared_unref(taken);
        i++;
    }
}

TEST(a_link_that_closes_lets_go_of_what_waits)
{
    open_link();
    for (int i = 0; i < 900; i++) {
        struct weft_shared *shared = create(10);
        post(&page, shared);
        weft_shared_unref(shared);
    }
    CHECK(weft_test_count_mappings(FILE_NAME) > 0);
    close_link();
    CHECK_EQ(weft_test_count_mappings(FILE_NAME), 0);
}

/* ---- a hostile page ---- */

static struct weft_test_peer peer;

/* Sends a packet with @fd (closed). */
static void send_packet(uint32_t id, uint64_t size, uint32_t zero, int fd)
{
    struct weft_shared_packet packet = {.size = size, .id = id, .zero = zero};
    CHECK_EQ(weft_socket_send(peer.socket, &packet, sizeof(packet), &fd, 1), 0);
    close(fd);
}

static void announce(uint32_t id)
{
    send_packet(id, 8, 0, make_memfd(PAGE, SEALS));
}

static void tell(uint32_t id)
{
    CHECK_EQ(weft_test_peer_note(&peer, WEFT_MESSAGE_SHARED, id), 0);
}

/* The worker's end finds that, and leaves nothing behind. */
static void check_broken(void)
{
    struct weft_link_event event;
    CHECK_EQ(weft_test_peer_receive(&peer, &event), -EBADMSG);
    weft_test_peer_close(&peer);
    CHECK_EQ(weft_test_count_mappings("memfd:weft-peer "), 0);
}

TEST(memory_is_told_of_in_order_and_once)
{
    static const uint32_t wrong[] = {0, 2, UINT32_MAX};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        weft_test_peer_open(&peer);
        announce(1);
        tell(wrong[i]);
        check_broken();

        weft_test_peer_open(&peer);
        announce(wrong[i]);
        tell(1);
        check_broken();
    }
    weft_test_peer_open(&peer);
    announce(1);
    tell(1);
    tell(1);
    check_broken();
}

TEST(memory_that_is_not_in_the_socket_ends_the_link)
{
    weft_test_peer_open(&peer);
    tell(1);
    check_broken();
    weft_test_peer_open(&peer);
    CHECK_EQ(weft_test_peer_announce(&peer, 1, PAGE), 0); /* a segment is something else */
    tell(1);
    check_broken();
}

TEST(odd_packets_of_memory_end_the_link)
{
    size_t before = weft_test_count_fds();
    for (int form = 0; form < 5; form++) {
        weft_test_peer_open(&peer);
        switch (form) {
        case 0:
            send_packet(1, 8, 1, make_memfd(PAGE, SEALS));
            break;
        case 1:
            send_packet(1, PAGE + 1, 0, make_memfd(PAGE, SEALS));
            break;
        case 2:
            send_packet(1, UINT64_MAX, 0, make_memfd(PAGE, SEALS));
            break;
        case 3:
            send_packet(1, 8, 0, make_memfd(PAGE, F_SEAL_SHRINK));
            break;
        default:
            send_packet(1, 8, 0, dup(STDOUT_FILENO));
        }
        tell(1);
        check_broken();
        CHECK_EQ(weft_test_count_fds(), before);
    }
}

/* Memory that no clone names. */
TEST(memory_for_nobody_is_bounded)
{
    weft_test_peer_open(&peer);
    struct rlimit limit;
    struct weft_link_event event;
    CHECK_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = 128;
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
    for (uint32_t id = 1; id <= 1000; id++) {
        announce(id);
        tell(id);
        CHECK_EQ(weft_test_peer_receive(&peer, &event), WEFT_LINK_EMPTY);
    }
    CHECK(weft_test_count_mappings("memfd:weft-peer ") <= 64);
    /* What found no room is not there; the link goes on. */
    struct weft_shared *shared;
    CHECK_EQ(weft_link_take_shared(peer.link, 1000, &shared), -ENOENT);
    announce(1001);
    tell(1001);
    CHECK_EQ(weft_test_peer_receive(&peer, &event), WEFT_LINK_EMPTY);
    CHECK_EQ(weft_link_take_shared(peer.link, 1001, &shared), 0);
    weft_shared_unref(shared);
    weft_test_peer_close(&peer);
    CHECK_EQ(weft_test_count_mappings("memfd:weft-peer "), 0);
}
