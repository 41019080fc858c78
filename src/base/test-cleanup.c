/* SPDX-License-Identifier: MIT */

#include "base/cleanup.h"
#include "base/test.h"

#include <fcntl.h>

static int close_bad_fd(void)
{
    weft_autofd int fd = 1 << 20; /* not open: close() fails with EBADF */
    errno = ENOENT;
    return fd;
}

TEST(a_descriptor_closes_itself_and_keeps_errno)
{
    size_t before = weft_test_count_fds();
    {
        weft_autofd int fd = dup(STDOUT_FILENO);
        weft_autofd int none = -1;
        CHECK(fd >= 0 && none < 0);
        CHECK_EQ(weft_test_count_fds(), before + 1);
    }
    CHECK_EQ(weft_test_count_fds(), before);

    close_bad_fd();
    CHECK_EQ(errno, ENOENT);
}

TEST(a_stolen_descriptor_stays_open)
{
    int kept;
    {
        weft_autofd int fd = dup(STDOUT_FILENO);
        kept = weft_steal_fd(&fd);
        CHECK_EQ(fd, -1);
    }
    CHECK(fcntl(kept, F_GETFD) >= 0);
    close(kept);
}

TEST(a_stolen_pointer_is_not_freed)
{
    char *kept;
    {
        weft_autofree char *text = strdup("kept");
        kept = weft_steal_ptr(&text);
        CHECK(text == NULL);
    }
    CHECK_EQ(strcmp(kept, "kept"), 0);
    free(kept);
}
