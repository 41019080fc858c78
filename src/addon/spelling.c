/* SPDX-License-Identifier: MIT */

#include "addon/spelling.h"

#include "base/cleanup.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* Of a serial's 64 bits, two characters each. */
#define NUMBER_MAX 128

uint64_t weft_spelling_serial(void)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static uint64_t last;
    pthread_mutex_lock(&lock);
    uint64_t serial = ++last;
    pthread_mutex_unlock(&lock);
    return serial;
}

/* The lowest bit first; the last is a 1, so no number begins another's spelling. */
static void spell_number(uint64_t number, char ret_text[NUMBER_MAX + 1])
{
    char *next = ret_text;
    for (; number > 0; number >>= 1)
        next = stpcpy(next, number & 1 ? "/." : "/");
    *next = '\0';
}

char *weft_spelling_make(const char *folder, const char *name)
{
    char number[NUMBER_MAX + 1];
    spell_number(weft_spelling_serial(), number);
    char *path;
    return asprintf(&path, "%s%s/%s", folder, number, name) < 0 ? NULL : path;
}

char *weft_spelling_of_file(const char *path)
{
    const char *slash = strrchr(path, '/');
    weft_autofree char *folder = strndup(path, (size_t)(slash - path));
    return folder ? weft_spelling_make(folder, slash + 1) : NULL;
}
