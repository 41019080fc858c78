/* SPDX-License-Identifier: MIT */

/*
 * page/worlds - WebKit's script worlds under Electron's numbers
 *
 * A world sees the page's documents, and none of the page's objects. They live as long as the
 * process.
 */
#pragma once

#include <webkit/webkit-web-process-extension.h>

/* Electron's numbers: the page's own world, and the one of preload scripts. */
enum {
    WEFT_WORLD_MAIN = 0,
    WEFT_WORLD_ISOLATED = 999,
};

/* The world of that number, made when it is first asked for; WebKit's. NULL when the process has as
 * many as it may have. */
WebKitScriptWorld *weft_worlds_get(guint32 number);
