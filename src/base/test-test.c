/* SPDX-License-Identifier: MIT */

/* The runner judges tests that pass, fail, crash and hang. */

#include "base/test.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

/* The test of a hang lasts as long. */
#define HANG_TIMEOUT_S 1

static void pass(void)
{
}

static void fail(void)
{
    CHECK_EQ(1 + 1, 3);
}

static void *fail_in_thread(void *unused)
{
    CHECK(!"this thread fails");
    return unused;
}

static void fail_elsewhere(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, fail_in_thread, NULL);
    pthread_join(thread, NULL);
}

static void crash(void)
{
    raise(SIGKILL); /* a sanitizer cannot make an exit code of this one */
}

static void hang(void)
{
    for (;;)
        pause();
}

static void skip(void)
{
    weft_test_skip("no reason at all");
}

static enum weft_test_outcome outcome_of(void (*run)(void))
{
    struct weft_test test = {.name = "inner", .run = run};
    return weft_test_run(&test, run == hang ? HANG_TIMEOUT_S : WEFT_TEST_TIMEOUT_S);
}

TEST(each_test_ends_with_its_own_outcome)
{
    CHECK_EQ(outcome_of(pass), WEFT_TEST_PASSED);
    CHECK_EQ(outcome_of(fail), WEFT_TEST_FAILED);
    CHECK_EQ(outcome_of(fail_elsewhere), WEFT_TEST_FAILED);
    CHECK_EQ(outcome_of(crash), WEFT_TEST_CRASHED);
    CHECK_EQ(outcome_of(hang), WEFT_TEST_TIMED_OUT);
    CHECK_EQ(outcome_of(skip), WEFT_TEST_SKIPPED);
}

static int pipe_to_parent[2];

static void leave_a_process_behind(void)
{
    if (fork() == 0)
        hang();
}

/* The orphan would keep the pipe open. */
TEST(what_a_test_forked_ends_with_it)
{
    CHECK_EQ(pipe(pipe_to_parent), 0);
    CHECK_EQ(outcome_of(leave_a_process_behind), WEFT_TEST_PASSED);
    close(pipe_to_parent[1]);
    weft_test_wait_readable(pipe_to_parent[0]);
    char byte;
    CHECK_EQ(read(pipe_to_parent[0], &byte, 1), 0);
}

TEST(a_new_descriptor_is_counted)
{
    size_t before = weft_test_count_fds();
    int copy = dup(STDOUT_FILENO);
    CHECK_EQ(weft_test_count_fds(), before + 1);
    close(copy);
    CHECK_EQ(weft_test_count_fds(), before);
}
