/* SPDX-License-Identifier: MIT */

#include "base/test.h"
#include "channel/segment.h"
#include "channel/wake.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define SEGMENT_FILE "memfd:weft-segment"
#define PEER_FILE    "memfd:weft-peer"
#define PAGE         4096

static struct weft_segments *segments;
static int bell;

static void set_up(void)
{
    CHECK_EQ(weft_bell_open(&bell), 0);
    CHECK_EQ(weft_segments_new(bell, &segments), 0);
}

static struct weft_segment *acquire(uint64_t size)
{
    struct weft_segment *segment;
    CHECK_EQ(weft_segments_acquire(segments, size, &segment), 0);
    return segment;
}

static void put_idle(struct weft_segment *segment)
{
    weft_segments_put_idle(segments, segment, NULL, NULL);
}

/* A memfd as a peer makes it. */
static int make_memfd(off_t size, int seals)
{
    int fd = memfd_create("weft-peer", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    CHECK(fd >= 0);
    CHECK_EQ(ftruncate(fd, size), 0);
    CHECK_EQ(fcntl(fd, F_ADD_SEALS, seals), 0);
    return fd;
}

static struct weft_segment *add_peer(uint32_t id)
{
    struct weft_segment *segment;
    CHECK_EQ(weft_segments_add_peer(segments, id, make_memfd(PAGE, F_SEAL_SHRINK), &segment), 0);
    return segment;
}

static bool is_rung(void)
{
    struct pollfd polled = {.fd = bell, .events = POLLIN};
    return poll(&polled, 1, 0) == 1;
}

static void *return_in_thread(void *segment)
{
    weft_segment_return(segment);
    return NULL;
}

static void return_elsewhere(struct weft_segment *segment)
{
    pthread_t thread;
    CHECK_EQ(pthread_create(&thread, NULL, return_in_thread, segment), 0);
    CHECK_EQ(pthread_join(thread, NULL), 0);
}

/* ---- the pool ---- */

TEST(a_segment_is_as_large_as_asked_for_and_sealed)
{
    set_up();
    struct weft_segment *segment = acquire(WEFT_SEGMENT_MIN + 1);
    CHECK_EQ(segment->capacity, 2 * WEFT_SEGMENT_MIN);
    CHECK(segment->own && segment->here && !segment->announced);
    memset(segment->memory, 1, segment->capacity);
    CHECK(fcntl(segment->fd, F_GET_SEALS) & F_SEAL_SHRINK);
    CHECK(fcntl(segment->fd, F_GETFD) & FD_CLOEXEC);
    CHECK_EQ(ftruncate(segment->fd, 0), -1);
}

TEST(an_idle_segment_is_used_again_and_another_is_not)
{
    set_up();
    struct weft_segment *first = acquire(10);
    struct weft_segment *second = acquire(10);
    CHECK(first != second && first->id != second->id);
    put_idle(first);
    CHECK(acquire(20) == first);
    put_idle(second);
    CHECK(acquire(WEFT_SEGMENT_MIN * 4) != second);
    CHECK(acquire(0) == second);
}

TEST(a_segment_over_the_limit_is_refused)
{
    struct weft_segment *segment = NULL;
    set_up();
    CHECK_EQ(weft_segments_acquire(segments, WEFT_SEGMENT_MAX + 1, &segment), -EFBIG);
    CHECK_EQ(weft_segments_acquire(segments, UINT64_MAX, &segment), -EFBIG);
    CHECK(segment == NULL);
}

static uint32_t forgotten_ids[8];
static size_t forgotten_count;

static void note_forgotten(void *data, const struct weft_segment *segment)
{
    CHECK(data == &forgotten_count);
    forgotten_ids[forgotten_count++] = segment->id;
}

TEST(a_pool_over_its_limit_frees_the_coldest)
{
    struct weft_segment *taken[5];
    uint32_t ids[5];
    set_up();
    for (int i = 0; i < 5; i++) {
        taken[i] = acquire(WEFT_SEGMENT_IDLE_MAX / 4);
        ids[i] = taken[i]->id;
    }
    for (int i = 0; i < 4; i++)
        weft_segments_put_idle(segments, taken[i], note_forgotten, &forgotten_count);
    CHECK_EQ(forgotten_count, 0);
    weft_segments_put_idle(segments, taken[4], note_forgotten, &forgotten_count);
    CHECK_EQ(forgotten_count, 1);
    CHECK_EQ(forgotten_ids[0], ids[0]);
    CHECK(weft_segments_find(segments, ids[0], true) == NULL);
    CHECK_EQ(weft_test_count_mappings(SEGMENT_FILE), 4);
}

TEST(one_segment_larger_than_the_pool_is_not_kept)
{
    set_up();
    struct weft_segment *segment = acquire(WEFT_SEGMENT_IDLE_MAX + 1);
    weft_segments_put_idle(segments, segment, note_forgotten, &forgotten_count);
    CHECK_EQ(forgotten_count, 1);
    CHECK_EQ(weft_test_count_mappings(SEGMENT_FILE), 0);
}

/* The peer would refuse one more, and so break a channel that is sound. */
TEST(an_end_makes_no_more_segments_than_its_peer_takes)
{
    struct weft_segment *segment;
    set_up();
    for (int i = 0; i < WEFT_SEGMENT_COUNT_MAX; i++)
        close(acquire(1)->fd); /* as if announced */
    CHECK_EQ(weft_segments_acquire(segments, 1, &segment), -EMFILE);
}

/* ---- what a peer sends as a segment ---- */

static void check_refused(int fd)
{
    struct weft_segment *segment = NULL;
    CHECK_EQ(weft_segments_add_peer(segments, 1, fd, &segment), -EBADMSG);
    CHECK(segment == NULL);
    CHECK(weft_segments_find(segments, 1, false) == NULL);
    CHECK_EQ(fcntl(fd, F_GETFD), -1); /* taken, and closed */
}

TEST(a_memfd_that_may_shrink_is_refused)
{
    set_up();
    check_refused(make_memfd(PAGE, 0));
    check_refused(make_memfd(PAGE, F_SEAL_GROW));
}

TEST(a_memfd_of_no_or_too_many_bytes_is_refused)
{
    set_up();
    check_refused(make_memfd(0, F_SEAL_SHRINK));
    check_refused(make_memfd((off_t)WEFT_SEGMENT_MAX + 1, F_SEAL_SHRINK));
}

TEST(a_memfd_that_cannot_be_written_is_refused)
{
    char path[64];
    set_up();
    check_refused(make_memfd(PAGE, F_SEAL_SHRINK | F_SEAL_WRITE));
    int fd = make_memfd(PAGE, F_SEAL_SHRINK);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    check_refused(open(path, O_RDONLY | O_CLOEXEC));
    check_refused(open(path, O_PATH | O_CLOEXEC));
}

TEST(huge_pages_are_refused)
{
    set_up();
    int fd = memfd_create("weft-peer", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_HUGETLB);
    if (fd < 0)
        weft_test_skip("this kernel has no huge pages");
    if (ftruncate(fd, 1 << 30) < 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK) < 0)
        weft_test_skip("huge pages cannot be sealed here");
    check_refused(fd);
}

TEST(what_is_no_memfd_is_refused)
{
    int pipes[2];
    set_up();
    CHECK_EQ(pipe(pipes), 0);
    check_refused(pipes[0]);
    check_refused(pipes[1]);
    check_refused(open("/dev/zero", O_RDWR | O_CLOEXEC));
    check_refused(open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
    FILE *file = tmpfile();
    CHECK_EQ(ftruncate(fileno(file), PAGE), 0);
    check_refused(dup(fileno(file)));
    check_refused(dup(bell));
}

TEST(a_file_in_shared_memory_that_is_no_memfd_is_refused)
{
    set_up();
    int fd = open("/dev/shm", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0)
        weft_test_skip("there is no /dev/shm");
    CHECK_EQ(ftruncate(fd, PAGE), 0);
    check_refused(fd);
}

TEST(an_id_that_is_in_use_is_refused)
{
    struct weft_segment *segment = NULL;
    set_up();
    add_peer(1);
    int fd = make_memfd(PAGE, F_SEAL_SHRINK);
    CHECK_EQ(weft_segments_add_peer(segments, 1, fd, &segment), -EBADMSG);
    CHECK(segment == NULL);
    CHECK_EQ(fcntl(fd, F_GETFD), -1);
    CHECK_EQ(acquire(1)->id, 1); /* ours have numbers of their own */
}

TEST(a_peer_may_have_so_many_segments_and_no_more)
{
    struct weft_segment *segment;
    set_up();
    for (uint32_t i = 0; i < WEFT_SEGMENT_COUNT_MAX; i++)
        add_peer(i);
    int fd = make_memfd(PAGE, F_SEAL_SHRINK);
    CHECK_EQ(weft_segments_add_peer(segments, UINT32_MAX, fd, &segment), -EBADMSG);
    CHECK_EQ(weft_segments_forget_peer(segments, 7), 0);
    add_peer(UINT32_MAX);
}

/* ---- holding and returning ---- */

TEST(a_return_from_another_thread_rings_and_is_listed_once)
{
    set_up();
    struct weft_segment *segment = add_peer(1);
    weft_segment_come(segment);
    weft_segment_hold(segment);
    return_elsewhere(segment);
    CHECK(!is_rung() && weft_segments_next_returned(segments) == NULL);
    return_elsewhere(segment);
    CHECK(is_rung());
    CHECK(weft_segments_next_returned(segments) == segment);
    CHECK(weft_segments_next_returned(segments) == NULL);
}

TEST(a_segment_is_found_by_the_memory_that_is_held)
{
    set_up();
    struct weft_segment *segment = add_peer(1);
    CHECK(weft_segments_held_at(segments, segment->memory) == NULL);
    weft_segment_come(segment);
    CHECK(weft_segments_held_at(segments, segment->memory) == segment);
    CHECK(weft_segments_held_at(segments, (char *)segment->memory + 1) == NULL);
    CHECK(weft_segments_held_at(segments, NULL) == NULL);
    weft_segment_go(segment); /* the holder is detached, not freed */
    CHECK(weft_segments_held_at(segments, segment->memory) == NULL);
}

TEST(the_late_return_of_what_was_sent_on_says_nothing)
{
    set_up();
    struct weft_segment *segment = add_peer(1);
    weft_segment_come(segment);
    weft_segment_go(segment);
    weft_segment_return(segment);
    CHECK(!is_rung() && weft_segments_next_returned(segments) == NULL);
}

/* Detached ArrayBuffers are freed when the engine likes: before or after the segment's next use. */
TEST(a_late_holder_does_not_stand_for_the_next_one)
{
    set_up();
    struct weft_segment *segment = add_peer(1);
    weft_segment_come(segment);
    weft_segment_go(segment);
    weft_segment_come(segment);
    weft_segment_return(segment);
    CHECK(weft_segments_next_returned(segments) == NULL); /* one of the two still uses it */
    weft_segment_return(segment);
    CHECK(weft_segments_next_returned(segments) == segment);
}

TEST(an_own_segment_with_a_late_holder_is_not_idle_until_its_return)
{
    set_up();
    struct weft_segment *segment = acquire(1);
    weft_segment_go(segment);
    weft_segment_come(segment);
    weft_segment_go(segment);
    CHECK(!weft_segment_come_back(segment)); /* released, and the detached ArrayBuffer lives */
    CHECK(acquire(1) != segment);
    return_elsewhere(segment);
    CHECK(weft_segments_next_returned(segments) == segment);

    weft_segment_go(segment);
    CHECK(weft_segment_come_back(segment));
}

TEST(a_forgotten_segment_stays_mapped_until_its_late_holder_returns)
{
    set_up();
    struct weft_segment *segment = add_peer(1);
    weft_segment_come(segment);
    weft_segment_go(segment);
    CHECK_EQ(weft_segments_forget_peer(segments, 1), 0);
    CHECK(weft_segments_find(segments, 1, false) == NULL);
    CHECK_EQ(weft_segments_forget_peer(segments, 1), -EBADMSG);
    CHECK_EQ(weft_test_count_mappings(PEER_FILE), 1);
    return_elsewhere(segment);
    CHECK(is_rung());
    CHECK(weft_segments_next_returned(segments) == NULL);
    CHECK_EQ(weft_test_count_mappings(PEER_FILE), 0);
}

TEST(a_peer_cannot_have_us_unmap_what_is_here)
{
    set_up();
    struct weft_segment *segment = add_peer(1);
    weft_segment_come(segment);
    CHECK_EQ(weft_segments_forget_peer(segments, 1), -EBADMSG);
    weft_segment_return(segment); /* listed, and nobody has looked */
    CHECK_EQ(weft_segments_forget_peer(segments, 1), -EBADMSG);
    CHECK(weft_segments_next_returned(segments) == segment);
    weft_segment_go(segment);
    CHECK_EQ(weft_segments_forget_peer(segments, 1), 0);
    CHECK_EQ(weft_segments_forget_peer(segments, 2), -EBADMSG);
    acquire(1);
    CHECK_EQ(weft_segments_forget_peer(segments, 1), -EBADMSG); /* ours is not the peer's */
}

/* ---- the end ---- */

TEST(closing_frees_everything_that_is_not_held)
{
    set_up();
    size_t fds = weft_test_count_fds();
    acquire(1);
    put_idle(acquire(1));
    add_peer(1);
    weft_segments_close(segments);
    weft_segments_close(NULL);
    CHECK_EQ(weft_test_count_mappings(SEGMENT_FILE), 0);
    CHECK_EQ(weft_test_count_mappings(PEER_FILE), 0);
    CHECK_EQ(weft_test_count_fds(), fds);
}

TEST(what_is_held_outlives_the_table_and_the_last_return_frees_all)
{
    set_up();
    struct weft_segment *first = add_peer(1), *second = add_peer(2);
    weft_segment_come(first);
    weft_segment_come(second);
    weft_segments_close(segments);
    close(bell); /* nobody may ring it any more */

    memset(first->memory, 1, first->capacity);
    return_elsewhere(first);
    memset(second->memory, 1, second->capacity);
    CHECK(weft_test_count_mappings(PEER_FILE) >= 1);
    return_elsewhere(second);
    CHECK_EQ(weft_test_count_mappings(PEER_FILE), 0);
}

/* ---- two threads ---- */

#define ROUNDS 20000

struct handover {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct weft_segment *segment;
};

/* The engine's thread that frees ArrayBuffers. */
static void *free_buffers(void *data)
{
    struct handover *handover = data;
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&handover->lock);
        while (!handover->segment)
            pthread_cond_wait(&handover->changed, &handover->lock);
        struct weft_segment *segment = handover->segment;
        handover->segment = NULL;
        pthread_cond_signal(&handover->changed);
        pthread_mutex_unlock(&handover->lock);
        weft_segment_return(segment);
    }
    return NULL;
}

static void hand_over(struct handover *handover, struct weft_segment *segment)
{
    pthread_mutex_lock(&handover->lock);
    while (handover->segment)
        pthread_cond_wait(&handover->changed, &handover->lock);
    handover->segment = segment;
    pthread_cond_signal(&handover->changed);
    pthread_mutex_unlock(&handover->lock);
}

TEST(returns_that_race_with_sending_on_are_counted_right)
{
    struct handover handover = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, NULL};
    pthread_t thread;
    int idle = 0, late = 0;
    set_up();
    CHECK_EQ(pthread_create(&thread, NULL, free_buffers, &handover), 0);
    for (int i = 0; i < ROUNDS; i++) {
        struct weft_segment *segment = acquire(1);
        CHECK(!weft_segment_is_held(segment));
        weft_segment_go(segment);
        weft_segment_come(segment);
        weft_segment_go(segment);
        hand_over(&handover, segment); /* its ArrayBuffer was detached, and is freed some time */
        if (weft_segment_come_back(segment)) {
            put_idle(segment);
            idle++;
        }
        while ((segment = weft_segments_next_returned(segments))) {
            put_idle(segment);
            late++;
        }
    }
    CHECK_EQ(pthread_join(thread, NULL), 0);
    for (struct weft_segment *segment; (segment = weft_segments_next_returned(segments)); late++)
        put_idle(segment);
    CHECK_EQ(idle + late, ROUNDS); /* each time it was idle once */
    weft_segments_close(segments);
    CHECK_EQ(weft_test_count_mappings(SEGMENT_FILE), 0);
}
