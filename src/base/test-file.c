/* SPDX-License-Identifier: MIT */

#include "base/cleanup.h"
#include "base/file.h"
#include "base/test.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A file of the bytes "abcdef". */
static int open_letters(void)
{
    int fd = memfd_create("letters", MFD_CLOEXEC);
    CHECK_EQ(write(fd, "abcdef", 6), 6);
    return fd;
}

TEST(what_the_file_has_is_read)
{
    weft_autofd int fd = open_letters();
    char out[8] = "";
    CHECK_EQ(weft_file_read_up_to(fd, out, sizeof(out), 2), 4);
    CHECK(memcmp(out, "cdef", 4) == 0);
    CHECK_EQ(weft_file_read_up_to(fd, out, sizeof(out), 6), 0);
    CHECK_EQ(weft_file_read_up_to(fd, out, 0, 0), 0);
}

TEST(all_or_an_error)
{
    weft_autofd int fd = open_letters();
    char out[8] = "";
    CHECK_EQ(weft_file_read_all(fd, out, 3, 3), 0);
    CHECK(memcmp(out, "def", 3) == 0);
    CHECK_EQ(weft_file_read_all(fd, out, 4, 3), -EIO);
}

TEST(an_error_of_the_kernel_is_passed_on)
{
    int ends[2];
    char out[1];
    CHECK_EQ(pipe(ends), 0);
    CHECK_EQ(weft_file_read_up_to(ends[0], out, 1, 0), -ESPIPE);
    CHECK_EQ(weft_file_read_all(ends[0], out, 1, 0), -ESPIPE);
    close(ends[0]);
    close(ends[1]);
}
