/* SPDX-License-Identifier: MIT */

#include "base/descriptors.h"
#include "base/test.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

TEST(the_highest_descriptors_are_left)
{
    struct rlimit limit;
    CHECK_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = 100;
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);

    int low = fcntl(0, F_DUPFD, 100 - WEFT_DESCRIPTORS_RESERVED - 1);
    int high = fcntl(0, F_DUPFD, 100 - WEFT_DESCRIPTORS_RESERVED);
    CHECK(low >= 0 && high == low + 1);
    CHECK(!weft_descriptors_are_scarce((int[]){-1, low}, 2));
    CHECK(weft_descriptors_are_scarce((int[]){low, high}, 2));
    CHECK(!weft_descriptors_are_scarce((int[]){low, high}, 1));
}

TEST(all_but_none_are_closed)
{
    int first = dup(0), second = dup(0);
    weft_descriptors_close((int[]){first, -1, second}, 3);
    CHECK_EQ(fcntl(first, F_GETFD), -1);
    CHECK_EQ(fcntl(second, F_GETFD), -1);
    CHECK_EQ(errno, EBADF);
}
