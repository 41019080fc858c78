/* SPDX-License-Identifier: MIT */

/*
 * main/host - a worker host: the process that runs the Node threads of one window's workers
 *
 * Thread: main. The host ends by itself when its leash (descriptor 3) closes; so it also ends when
 * the main process dies in any way.
 */
#pragma once

#include <node_api.h>

/* Defines class Host:
 *   new Host({file, args, env}, callback)   starts the process; throws when it cannot be started
 *   callback('line', key, json)             a worker has made a channel; key opens it
 *   callback('exit', code, signal, module)  once, and always the last
 *   pid                                     of the process
 *   attach(descriptor, number) -> boolean   gives it a page's socket, which is then used up
 *   close()                                 lets go of the leash; kills it if it stays too long
 * number is the caller's, for the JSON of the page's lines (lib/worker/supervisor.js). module is
 * the path of the native module that was running when it crashed, or ''. attach is false when the
 * host has gone. */
void weft_host_define(napi_env env, napi_value exports);
