/* SPDX-License-Identifier: MIT */

/*
 * worker/supervisor - the sockets of the host's supervisor thread
 */
#pragma once

#include <node_api.h>

/* JavaScript: supervise({spawn, terminate, disconnected, ended, notify, wait})
 *
 * Reads the leash (the socket to the main process) and every page socket that comes over it.
 *   spawn(page, id, json, key)  start worker @id of @page; @key opens its channel (node/port.h)
 *   terminate(page, id)
 *   disconnected(page)          its web process has gone, or broke the protocol
 *   ended()                     the main process has gone
 *   notify(memory, count)       -> how many were woken; waits.h says of these two
 *   wait(page, id, memory, value, timeout, anyway) -> one of binding.waited
 * and a page is {number, exited(id, code, why), woken(id, result)}; main gave it the number. */
napi_value weft_supervisor_start(napi_env env, napi_callback_info info);

/* JavaScript: sendLine(key, json): gives the main process the other end of a worker's channel, and
 * says which worker it is. An unknown key does nothing. */
napi_value weft_supervisor_send_line(napi_env env, napi_callback_info info);
