/* SPDX-License-Identifier: MIT */

/*
 * addon/throw-shim - lets modules throw while their worker ends
 *
 * The trap: once a worker is being terminated, napi_throw fails, and what is made for C++
 * (node-addon-api) takes a failed throw for the end of the world: it aborts the process, with all
 * its workers. For a module it makes no difference that nobody will see the exception; so here such
 * a throw succeeds. If an exception is pending already, that one is seen.
 *
 * Private copies import weft_throw and its kin by name (addon/copy.h), so that their init is
 * covered, too; for modules that are loaded as they are, the addresses are replaced in their table
 * of imports afterwards (addon/imports.h).
 *
 * The shims are a library of their own, for all modules see its symbols: were they in
 * weft-worker.node, its napi_register_module_v1 would be what a module finds that looks for its
 * own.
 *
 * Thread: any.
 */
#pragma once

#include <node_api.h>

#define WEFT_EXPORTED __attribute__((visibility("default")))

WEFT_EXPORTED napi_status weft_throw(napi_env env, napi_value error);
WEFT_EXPORTED napi_status weft_throw_error(napi_env env, const char *code, const char *message);
WEFT_EXPORTED napi_status weft_throw_type_error(napi_env env, const char *code,
                                                const char *message);
WEFT_EXPORTED napi_status weft_throw_range_error(napi_env env, const char *code,
                                                 const char *message);
