/* SPDX-License-Identifier: MIT */

/*
 * worker/last-words - what a worker host that crashes still says, to its pages and the main process
 *
 * A handler of the signals of a crash finds the innermost native module on the stack of the thread
 * that crashed, and sends its path. Then the process ends as it would have ended without it, core
 * dump included. A handler that was there before comes first: V8 makes errors of WebAssembly out of
 * SIGSEGV. exit() in native code is told, too.
 *
 * Ownership: the sockets stay their owners'.
 */
#pragma once

#include <node_api.h>

/* Thread: the supervisor's. Once a process; @leash is the socket to the main process. */
void weft_last_words_install(int leash);

/* Thread: the supervisor's. A page's socket is there, or is about to be closed. Of more than some
 * hundred, the rest is told nothing. */
void weft_last_words_add(int page_socket);
void weft_last_words_remove(int page_socket);

/* Thread: any with Node. Gives the calling thread a stack for the handler, until @env ends: a
 * thread whose own stack has overflowed could not say anything. */
void weft_last_words_enter_thread(napi_env env);
