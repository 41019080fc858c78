/* SPDX-License-Identifier: MIT */

/*
 * page/console - the whole text of a page's console messages
 *
 * WebKit tells an extension of each console message with its place, but only with the first of its
 * arguments. So the methods of `console` are replaced by native functions that note all of them and
 * then call the real method: for WebKit the message still comes from the page's own line.
 */
#pragma once

#include <jsc/jsc.h>
#include <webkit/webkit-web-process-extension.h>

/* Replaces the methods, once our own JavaScript has captured the real ones. */
void weft_console_install(JSCContext *context);

/* The text of the message that is being sent right now, as Chromium has it: the arguments as
 * strings, with spaces in between. NULL when it does not come from a method of `console`. */
const char *weft_console_text(void);

/* Tells the main process of a message, for `console-message` and --enable-logging. Levels are
 * Electron's: 0 verbose, 1 info, 2 warning, 3 error. */
void weft_console_send(WebKitWebPage *page, int level, const char *message, int line,
                       const char *source);
