/* SPDX-License-Identifier: MIT */

#include "asar/path.h"

#include <stdlib.h>
#include <string.h>

/* Where the last name of @path (up to @end) starts; @start when there is one name. */
static char *last_name(char *start, char *end)
{
    while (end > start && end[-1] != '/')
        end--;
    return end;
}

/* Takes the last name away. Returns the new end, or NULL when there is none to take. */
static char *leave(char *start, char *end)
{
    char *name = last_name(start, end);
    if (name == end || (end - name == 2 && memcmp(name, "..", 2) == 0))
        return NULL;
    return name > start ? name - 1 : name;
}

void weft_path_normalize(char *path)
{
    bool is_absolute = path[0] == '/';
    char *start = path + is_absolute, *end = start;
    for (const char *at = start; *at;) {
        size_t size = strcspn(at, "/");
        const char *next = at + size + (at[size] == '/');
        bool is_up = size == 2 && memcmp(at, "..", 2) == 0;
        char *left = is_up ? leave(start, end) : NULL;
        if (left) {
            end = left;
        } else if (size > 0 && !(size == 1 && *at == '.') && !(is_up && is_absolute)) {
            if (end > start)
                *end++ = '/';
            memmove(end, at, size);
            end += size;
        }
        at = next;
    }
    if (end == path)
        *end++ = '.';
    *end = '\0';
}

const char *weft_path_within(const char *folder, const char *path)
{
    size_t size = strlen(folder);
    if (strcmp(folder, "/") == 0)
        return path + 1;
    if (strncmp(path, folder, size) != 0 || (path[size] != '/' && path[size] != '\0'))
        return NULL;
    return path[size] ? path + size + 1 : path + size;
}

char *weft_path_relative(const char *from, const char *to)
{
    /* Folders that both lie in. */
    size_t same = 0;
    for (size_t i = 0; from[i] && from[i] == to[i]; i++)
        if (from[i] == '/')
            same = i + 1;
    size_t ups = 0;
    for (const char *at = from + same; *at; at++)
        ups += *at == '/';
    char *path = malloc(ups * 3 + strlen(to + same) + 1), *end = path;
    if (!path)
        return NULL;
    for (size_t i = 0; i < ups; i++)
        end = stpcpy(end, "../");
    strcpy(end, to + same);
    return path;
}
