/* SPDX-License-Identifier: MIT */

#include "base/test.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a child's exit code says to the runner. */
enum {
    EXIT_PASSED = 0,
    EXIT_FAILED = 1,
    EXIT_SKIPPED = 77,
};

static struct weft_test *tests;
static struct weft_test **tests_end = &tests;

void weft_test_register(struct weft_test *test)
{
    *tests_end = test;
    tests_end = &test->next;
}

void weft_test_fail(const char *file, int line, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    printf("# %s:%d: %s\n", file, line, text);
    fflush(stdout);
    _exit(EXIT_FAILED);
}

void weft_test_skip(const char *reason)
{
    printf("# skipped: %s\n", reason);
    fflush(stdout);
    _exit(EXIT_SKIPPED);
}

int weft_test_wait(pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            weft_test_fail(__FILE__, __LINE__, "waitpid: %s", strerror(errno));
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/* Runs in the child, the leader of a group with all that the test forks. */
__attribute__((noreturn)) static void run_in_child(const struct weft_test *test,
                                                   unsigned int timeout_s)
{
    setpgid(0, 0);
    signal(SIGALRM, SIG_DFL);
    alarm(timeout_s);
    test->run();
    fflush(stdout);
    exit(EXIT_PASSED); /* not _exit: LeakSanitizer looks for leaks at exit */
}

enum weft_test_outcome weft_test_run(const struct weft_test *test, unsigned int timeout_s)
{
    fflush(stdout);
    pid_t child = fork();
    if (child < 0) {
        printf("# fork: %s\n", strerror(errno));
        return WEFT_TEST_FAILED;
    }
    if (child == 0)
        run_in_child(test, timeout_s);

    int code = weft_test_wait(child);
    kill(-child, SIGKILL); /* what the test has forked and not waited for */
    if (code == EXIT_PASSED)
        return WEFT_TEST_PASSED;
    if (code == EXIT_SKIPPED)
        return WEFT_TEST_SKIPPED;
    if (code == -SIGALRM) {
        printf("# timed out after %u s\n", timeout_s);
        return WEFT_TEST_TIMED_OUT;
    }
    if (code < 0) {
        printf("# crashed: %s\n", strsignal(-code));
        return WEFT_TEST_CRASHED;
    }
    if (code != EXIT_FAILED)
        printf("# exit code %d: see standard error\n", code);
    return WEFT_TEST_FAILED;
}

size_t weft_test_count_fds(void)
{
    DIR *folder = opendir("/proc/self/fd");
    if (!folder)
        weft_test_skip("there is no /proc");
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(folder));)
        if (entry->d_name[0] != '.' && atoi(entry->d_name) != dirfd(folder))
            count++;
    closedir(folder);
    return count;
}

size_t weft_test_count_mappings(const char *name)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    if (!maps)
        weft_test_skip("there is no /proc");
    char line[4096];
    size_t count = 0;
    while (fgets(line, sizeof(line), maps))
        if (strstr(line, name))
            count++;
    fclose(maps);
    return count;
}

void weft_test_wait_readable(int fd)
{
    struct pollfd polled = {.fd = fd, .events = POLLIN};
    int r;
    do
        r = poll(&polled, 1, WEFT_TEST_WAIT_MS);
    while (r < 0 && errno == EINTR);
    if (r == 0)
        weft_test_fail(__FILE__, __LINE__, "nothing came in %d ms", WEFT_TEST_WAIT_MS);
}

/* Prints a name as the sentence that it is. */
static void print_name(const char *name)
{
    for (; *name; name++)
        putchar(*name == '_' ? ' ' : *name);
}

static bool run_and_report(const struct weft_test *test, size_t number)
{
    enum weft_test_outcome outcome = weft_test_run(test, WEFT_TEST_TIMEOUT_S);
    bool passed = outcome == WEFT_TEST_PASSED || outcome == WEFT_TEST_SKIPPED;
    printf("%s %zu - ", passed ? "ok" : "not ok", number);
    print_name(test->name);
    printf("%s\n", outcome == WEFT_TEST_SKIPPED ? " # SKIP" : "");
    fflush(stdout);
    return passed;
}

int main(int argc, char **argv)
{
    const char *wanted = argc > 1 ? argv[1] : "";
    size_t count = 0, number = 0, failed = 0;
    for (struct weft_test *test = tests; test; test = test->next)
        if (strstr(test->name, wanted))
            count++;
    printf("1..%zu\n", count);
    for (struct weft_test *test = tests; test; test = test->next)
        if (strstr(test->name, wanted) && !run_and_report(test, ++number))
            failed++;
    return failed > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
