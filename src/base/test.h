/* SPDX-License-Identifier: MIT */

/*
 * base/test - a small test runner: each test in a process of its own
 *
 * A test program links weft-test, which has main(). It runs each TEST of the program in a child, so
 * that a crash, a sanitizer's report or a hang is one failure with the test's name, and speaks TAP
 * on standard output. An argument runs only the tests whose names contain it.
 *
 *     TEST(length_past_the_end_is_a_broken_message)
 *     {
 *         CHECK_EQ(weft_ring_drain(&ring, out, sizeof(out), &size), -EBADMSG);
 *     }
 *
 * CHECKs work in every thread. In a process that the test has forked, they end that process with 1:
 * look at it with weft_test_wait.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

/* Longest time that one test may take; what the test has forked ends with it. */
#define WEFT_TEST_TIMEOUT_S 60

/* Longest wait for something that is sure to come: a bell, a packet, the end of a process. A test
 * that needs it has found a lost wake-up. */
#define WEFT_TEST_WAIT_MS 20000

/* Sanitizers make a program many times slower: stress tests do less under them. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WEFT_TEST_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define WEFT_TEST_SANITIZED 1
#endif
#endif
#ifndef WEFT_TEST_SANITIZED
#define WEFT_TEST_SANITIZED 0
#endif

struct weft_test {
    const char *name;
    void (*run)(void);
    struct weft_test *next;
};

enum weft_test_outcome {
    WEFT_TEST_PASSED,
    WEFT_TEST_FAILED,
    WEFT_TEST_CRASHED, /* by a signal */
    WEFT_TEST_TIMED_OUT,
    WEFT_TEST_SKIPPED,
};

/* Adds a test to those of the program; TEST does it before main(). */
void weft_test_register(struct weft_test *test);

/* Runs one test in a child. @timeout_s as WEFT_TEST_TIMEOUT_S. Says on standard output, as TAP
 * comments, why it failed. */
enum weft_test_outcome weft_test_run(const struct weft_test *test, unsigned int timeout_s);

/* Ends the test, or the forked process that calls it, as a failure. */
__attribute__((noreturn, format(printf, 3, 4))) void weft_test_fail(const char *file, int line,
                                                                    const char *format, ...);

/* Ends the test without a verdict: this machine cannot run it. */
__attribute__((noreturn)) void weft_test_skip(const char *reason);

/* Waits for a process that the test has forked; returns its exit code, or -signal. */
int weft_test_wait(pid_t pid);

/* Open descriptors of this process. */
size_t weft_test_count_fds(void);

/* Mappings of this process whose file's name contains @name: a memfd is "/memfd:NAME (deleted)". */
size_t weft_test_count_mappings(const char *name);

/* Waits until @fd can be read; fails the test after WEFT_TEST_WAIT_MS. */
void weft_test_wait_readable(int fd);

/* Defines and registers a test. Its name is a sentence. */
#define TEST(test_name)                                                                            \
    static void test_name(void);                                                                   \
    __attribute__((constructor)) static void register_##test_name(void)                            \
    {                                                                                              \
        static struct weft_test test = {.name = #test_name, .run = test_name};                     \
        weft_test_register(&test);                                                                 \
    }                                                                                              \
    static void test_name(void)

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            weft_test_fail(__FILE__, __LINE__, "not true: %s", #condition);                        \
    } while (0)

/* Integers of any type. */
#define CHECK_EQ(actual, expected)                                                                 \
    do {                                                                                           \
        intmax_t weft_actual_ = (intmax_t)(actual), weft_expected_ = (intmax_t)(expected);         \
        if (weft_actual_ != weft_expected_)                                                        \
            weft_test_fail(__FILE__, __LINE__, "%s is %jd, expected %s = %jd", #actual,            \
                           weft_actual_, #expected, weft_expected_);                               \
    } while (0)

#define CHECK_BYTES_EQ(actual, expected, size)                                                     \
    do {                                                                                           \
        if (memcmp((actual), (expected), (size)) != 0)                                             \
            weft_test_fail(__FILE__, __LINE__, "%s and %s differ", #actual, #expected);            \
    } while (0)
