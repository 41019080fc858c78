/* SPDX-License-Identifier: MIT */

/*
 * asar/binding - archives for the JavaScript of one Node thread: lib/asar
 *
 * Numbers stand for things: an archive by its id, an entry by its place in the archive's index.
 * What is found is written to one Float64Array that both sides know, so that a look-up makes no
 * object.
 */
#pragma once

#include <node_api.h>

/* Fills @exports. Returns it, or NULL with an exception. */
napi_value weft_binding_define(napi_env env, napi_value exports);
