/* SPDX-License-Identifier: MIT */

/*
 * addon/binding - native modules as JavaScript sees them: binding.nativeModules
 *
 * The trap: the registry of instances, and the numbers that keep them apart, are in this library's
 * memory. A library that the first worker loads is unloaded with it, and then all numbers start
 * anew. So it stays for good, and is global, for modules import weft_throw from it.
 *
 * Thread: any with Node.
 */
#pragma once

#include <node_api.h>

#include <stdbool.h>

/* Sets @exports.nativeModules. The calling thread is one of JavaScript's from here on. Returns
 * false with an exception pending. */
bool weft_addon_define(napi_env env, napi_value exports);
