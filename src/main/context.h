/* SPDX-License-Identifier: MIT */

/*
 * main/context - the WebKit context and network session that all views share
 *
 * Thread: main.
 */
#pragma once

#include <node_api.h>
#include <webkit/webkit.h>

/* JavaScript: openContext({extensionDirectory, dataDirectory, cacheDirectory}, callback), once.
 * callback('attach-host' | 'attach-own-host' | 'page-process', token, descriptor, pid): a page of
 * the view with this token has sent the end of a socket that it made; pid is its process, as the
 * kernel says. 'download' and what follows it: see main/download.h. */
napi_value weft_context_open_js(napi_env env, napi_callback_info info);

/* Both are NULL before openContext(); they are borrowed. */
WebKitWebContext *weft_context_web(void);
WebKitNetworkSession *weft_context_session(void);
