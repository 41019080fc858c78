/* SPDX-License-Identifier: MIT */

/*
 * main/save-dialog - the desktop's own dialog that asks where to save a file
 *
 * Main process, main thread.
 */
#pragma once

#include <node_api.h>

/* JavaScript: askWhereToSave(window or null, {title, folder, name, acceptLabel}, callback): the
 * callback is called once, with ('chosen', path or null). An absent title or label is GTK's. */
napi_value weft_save_dialog_ask_js(napi_env env, napi_callback_info info);
