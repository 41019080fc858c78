/* SPDX-License-Identifier: MIT */

/*
 * main/descriptor - a file descriptor on its way through JavaScript, which cannot see its number
 *
 * Thread: main.
 */
#pragma once

#include <node_api.h>

/* A handle that takes @fd (also on failure, which leaves an exception). It closes itself. */
napi_value weft_descriptor_new(napi_env env, int take_fd);

/* The descriptor in a handle, which still owns it. Throws and returns -1 when @value is no such
 * handle or was closed. */
int weft_descriptor_borrow(napi_env env, napi_value value);

/* Closes the descriptor of a handle that weft_descriptor_borrow() has accepted. */
void weft_descriptor_release(napi_env env, napi_value value);

/* JavaScript: closeDescriptor(handle). */
napi_value weft_descriptor_close_js(napi_env env, napi_callback_info info);
