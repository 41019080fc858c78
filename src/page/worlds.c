/* SPDX-License-Identifier: MIT */

#include "page/worlds.h"

/* Most worlds that apps may number in one process: each has a wrapper of every node it touches. */
#define WORLDS_MAX 64

/* The world of preload scripts: src/main/view.c gives WebKit scripts for a world of that name. */
#define ISOLATED_NAME "weft"

static GHashTable *worlds; /* number -> WebKitScriptWorld */

WebKitScriptWorld *weft_worlds_get(guint32 number)
{
    if (number == WEFT_WORLD_MAIN)
        return webkit_script_world_get_default();
    if (!worlds)
        worlds = g_hash_table_new_full(NULL, NULL, NULL, g_object_unref);

    gpointer key = GUINT_TO_POINTER(number);
    WebKitScriptWorld *world = g_hash_table_lookup(worlds, key);
    if (world || g_hash_table_size(worlds) >= WORLDS_MAX)
        return world;
    g_autofree char *name = g_strdup_printf(ISOLATED_NAME "-%u", number);
    world = webkit_script_world_new_with_name(number == WEFT_WORLD_ISOLATED ? ISOLATED_NAME : name);
    g_hash_table_insert(worlds, key, world);
    return world;
}
