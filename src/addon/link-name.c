/* SPDX-License-Identifier: MIT */

#include "addon/link-name.h"

#include <errno.h>
#include <string.h>

int weft_link_name_set(struct link_map *map, const char *name)
{
    /* The loader frees it with the object. The old one stays: another thread may be comparing it
     * now, and a word that is written whole needs no lock. */
    char *copy = strdup(name);
    if (!copy)
        return -ENOMEM;
    map->l_name = copy;
    return 0;
}
