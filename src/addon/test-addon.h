/* SPDX-License-Identifier: MIT */

/*
 * addon/test-addon - what tests find in the module that they load
 */
#pragma once

#include <pthread.h>

#define EXPORTED __attribute__((visibility("default")))

typedef int (*weft_test_add_fn)(void);
typedef const char *(*weft_test_constants_fn)(void);
typedef int (*weft_test_start_thread_fn)(pthread_t *ret_thread, pthread_mutex_t *lock);

int weft_test_add(void);
int weft_test_add_to_data(void);
const char *weft_test_constants(void);
int weft_test_write_constants(void);
int weft_test_start_thread(pthread_t *ret_thread, pthread_mutex_t *lock);
void *napi_register_module_v1(void *env, void *exports);
