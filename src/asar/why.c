/* SPDX-License-Identifier: MIT */

#include "asar/why.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int weft_why(char why[WEFT_ASAR_WHY_MAX], int error, const char *format, ...)
{
    const char *known = strerrordesc_np(-error), *reason = known ? known : "unknown error";
    size_t room = WEFT_ASAR_WHY_MAX - strlen(": ") - strlen(reason);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, room, format, arguments); /* a long path is cut, and not the reason */
    va_end(arguments);
    size_t length = strlen(why);
    snprintf(why + length, WEFT_ASAR_WHY_MAX - length, ": %s", reason);
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
