/* SPDX-License-Identifier: MIT */

#include "asar/why.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int weft_why(char why[WEFT_ASAR_WHY_MAX], int error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(why, WEFT_ASAR_WHY_MAX, format, arguments);
    va_end(arguments);
    if (length >= 0 && length < WEFT_ASAR_WHY_MAX)
        snprintf(why + length, (size_t)(WEFT_ASAR_WHY_MAX - length), ": %s",
                 strerrordesc_np(-error));
    return error;
}

int weft_refuse(char why[WEFT_ASAR_WHY_MAX], const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, WEFT_ASAR_WHY_MAX, format, arguments);
    va_end(arguments);
    return -EBADMSG;
}
