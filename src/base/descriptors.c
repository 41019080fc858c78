/* SPDX-License-Identifier: MIT */

#include "base/descriptors.h"

#include <sys/resource.h>
#include <unistd.h>

bool weft_descriptors_are_scarce(const int *descriptors, size_t count)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY)
        return false;
    for (size_t i = 0; i < count; i++)
        if (descriptors[i] >= 0 &&
            (rlim_t)descriptors[i] + WEFT_DESCRIPTORS_RESERVED >= limit.rlim_cur)
            return true;
    return false;
}

void weft_descriptors_close(const int *descriptors, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (descriptors[i] >= 0)
            close(descriptors[i]);
}
