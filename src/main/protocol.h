/* SPDX-License-Identifier: MIT */

/*
 * main/protocol - the app's own URL schemes
 *
 * Thread: main. WebKit gives each request of a page for such an address to us; JavaScript answers
 * it.
 */
#pragma once

#include <node_api.h>

/* Adds to the binding:
 *
 *   registerScheme(scheme, callback)
 *       Requests for it come here from now on; there is no way back in WebKit.
 *       callback('request', handle, url, method, [name, value, ...] of headers, body or null)
 *   setSchemePrivileges(scheme, {secure, corsEnabled})
 *   schemeRespond(handle, {status, reason, type, headers: [name, value, ...], length}, callback)
 *       length -1 is unknown. callback('wanted'): WebKit waits for a piece of the body;
 *       callback('gone'): it wants no more
 *   schemeWrite(handle, bytes)    the next piece of the body
 *   schemeEnd(handle)             the end of the body
 *   schemeFail(handle, code, message)   in place of a response, or in the middle of its body; the
 * code is one of WebKitNetworkError */
void weft_protocol_define(napi_env env, napi_value exports);
