/* SPDX-License-Identifier: MIT */

#include "base/file.h"

#include <errno.h>
#include <unistd.h>

ssize_t weft_file_read_up_to(int fd, void *buffer, size_t size, uint64_t offset)
{
    size_t done = 0;
    while (done < size) {
        ssize_t count = pread(fd, (char *)buffer + done, size - done, (off_t)(offset + done));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return -errno;
        if (count == 0)
            break;
        done += (size_t)count;
    }
    return (ssize_t)done;
}

int weft_file_read_all(int fd, void *buffer, size_t size, uint64_t offset)
{
    ssize_t count = weft_file_read_up_to(fd, buffer, size, offset);
    if (count < 0)
        return (int)count;
    return (size_t)count == size ? 0 : -EIO;
}

int weft_file_write_all(int fd, const void *bytes, size_t size, uint64_t offset)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = pwrite(fd, (const char *)bytes + done, size - done, (off_t)(offset + done));
        if (n < 0 && errno != EINTR)
            return -errno;
        done += n < 0 ? 0 : (size_t)n;
    }
    return 0;
}
