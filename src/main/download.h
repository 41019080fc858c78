/* SPDX-License-Identifier: MIT */

/*
 * main/download - files that WebKit's network process writes
 *
 * Main process, main thread. JavaScript knows a download by its number. The context's callback is
 * told of each, after its response has come or failed:
 *   'download', number, facts       it waits for saveDownload() or cancelDownload()
 *   'download-progress', number, received bytes
 *   'download-finished', number, received bytes, null | 'cancelled' | why it failed
 */
#pragma once

#include "main/value.h"

#include <webkit/webkit.h>

/* Begins to tell @callback, which must stay. */
void weft_download_watch(WebKitNetworkSession *session, struct weft_callback *callback);

/* startDownload(view or null, uri) */
napi_value weft_download_start_js(napi_env env, napi_callback_info info);

/* saveDownload(number, path): what is there is replaced; the folder must be there. */
napi_value weft_download_save_js(napi_env env, napi_callback_info info);

/* cancelDownload(number): 'download-finished' follows, unless it has been told. */
napi_value weft_download_cancel_js(napi_env env, napi_callback_info info);
