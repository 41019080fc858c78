/* SPDX-License-Identifier: MIT */

/*
 * Runs in any thread of the worker host, in a signal handler, on memory that may be ruined: no
 * locks, no heap, nothing that waits. In: the context of the crash. Out: one packet on each socket.
 */

#include "worker/last-words.h"

#include "base/socket.h"
#include "channel/control.h"
#include "channel/leash.h"
#include "worker/module-search.h"

#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Pages that are told: as many as have workers in one window, frames included. */
#define SOCKETS_MAX 256
/* Of a handler's stack; the kernel alone needs some 3 KiB for the registers of AVX-512. */
#define HANDLER_STACK_SIZE ((size_t)64 * 1024)

/* SIGTRAP and SIGILL are how V8 ends a process whose state is wrong. */
static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP};

static struct sigaction before[_NSIG];
static int leash = -1;
/* A module may fork, and the child crash: it has the sockets and the handler, and is not the host.
 */
static pid_t host_process;
/* Descriptor + 1; 0 is free. The supervisor stores, a handler in any thread loads; what it must see
 * was stored long before, and one that is closed just then gets a packet that nobody reads. */
static _Atomic int sockets[SOCKETS_MAX];
/* Only the first thread that crashes tells of it. */
static atomic_flag has_spoken = ATOMIC_FLAG_INIT;

/* ---- what is said ---- */

static void send_to_main(int signal, const char *path, size_t size)
{
    static char packet[WEFT_LEASH_LAST_WORDS_HEADER + PATH_MAX];
    packet[0] = WEFT_LEASH_LAST_WORDS;
    packet[1] = (char)signal;
    memcpy(packet + WEFT_LEASH_LAST_WORDS_HEADER, path, size);
    weft_socket_send(leash, packet, WEFT_LEASH_LAST_WORDS_HEADER + size, NULL, 0);
}

static void send_to_pages(int signal, const char *path, size_t path_size)
{
    static uint8_t packet[WEFT_CONTROL_PACKET_MAX];
    size_t size = weft_control_write(WEFT_CONTROL_CRASHED, 0, signal, path, path_size, packet);
    for (size_t i = 0; i < SOCKETS_MAX; i++) {
        /* Pairs with the stores of add and remove. */
        int socket = atomic_load_explicit(&sockets[i], memory_order_acquire) - 1;
        if (socket >= 0)
            weft_socket_send(socket, packet, size, NULL, 0);
    }
}

/* Whether a process asked for it: then it says nothing of the thread that it has come to. abort()
 * and raise() are sent too, but by the thread itself. */
static bool is_sent(const siginfo_t *info)
{
    return info->si_code == SI_USER || info->si_code == SI_QUEUE;
}

/* @sp is 0 where no code is to blame. */
static void speak(int signal, uintptr_t pc, uintptr_t sp)
{
    static char path[PATH_MAX];
    if (getpid() != host_process)
        return;
    if (atomic_flag_test_and_set_explicit(&has_spoken, memory_order_relaxed))
        return;
    size_t size = sp ? weft_module_search(pc, sp, path, sizeof(path)) : 0;
    send_to_pages(signal, path, size);
    send_to_main(signal, path, size);
}

/* ---- signals ---- */

static void get_place(const ucontext_t *context, uintptr_t *ret_pc, uintptr_t *ret_sp)
{
#if defined(__x86_64__)
    *ret_pc = (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
    *ret_sp = (uintptr_t)context->uc_mcontext.gregs[REG_RSP];
#elif defined(__aarch64__)
    *ret_pc = (uintptr_t)context->uc_mcontext.pc;
    *ret_sp = (uintptr_t)context->uc_mcontext.sp;
#else
#error "where are the program counter and the stack pointer?"
#endif
}

static bool is_default(const struct sigaction *action)
{
    return !(action->sa_flags & SA_SIGINFO) && action->sa_handler == SIG_DFL;
}

/* Lets the handler that was there before ours judge. One that gives up, as Node's does for what is
 * no trap of WebAssembly, restores the default action and raises the signal anew: it comes when
 * ours returns. Returns whether it gave up. */
static bool ask_former(int signal, siginfo_t *info, void *context)
{
    const struct sigaction *former = &before[signal];
    if (former->sa_flags & SA_SIGINFO)
        former->sa_sigaction(signal, info, context);
    else
        former->sa_handler(signal);
    struct sigaction now;
    return sigaction(signal, NULL, &now) == 0 && is_default(&now);
}

/* The signal does what it does without a handler: at once when the instruction runs again, or,
 * where it was sent and no instruction is to blame, when this handler returns. */
static void die_by(int signal, const siginfo_t *info)
{
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigaction(signal, &action, NULL);
    if (info->si_code <= 0)
        raise(signal);
}

static void crashed_cb(int signal, siginfo_t *info, void *context)
{
    uintptr_t pc, sp; /* before the former handler, which may change them */
    get_place(context, &pc, &sp);
    bool has_former = !is_default(&before[signal]);
    if (has_former && !ask_former(signal, info, context))
        return;
    speak(signal, pc, is_sent(info) ? 0 : sp);
    if (!has_former)
        die_by(signal, info);
}

/* exit() was called; by the supervisor only when nobody listens any more. */
static void exiting_cb(void)
{
    speak(0, 0, (uintptr_t)__builtin_frame_address(0));
}

void weft_last_words_install(int leash_socket)
{
    leash = leash_socket;
    host_process = getpid();
    struct sigaction action = {.sa_sigaction = crashed_cb, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
        int signal = signals[i];
        sigaction(signal, NULL, &before[signal]);
        bool ignored =
            !(before[signal].sa_flags & SA_SIGINFO) && before[signal].sa_handler == SIG_IGN;
        if (!ignored)
            sigaction(signal, &action, NULL);
    }
    atexit(exiting_cb);
}

/* ---- sockets ---- */

static void replace_socket(int from, int to)
{
    for (size_t i = 0; i < SOCKETS_MAX; i++) {
        /* Only this thread stores. */
        if (atomic_load_explicit(&sockets[i], memory_order_relaxed) != from)
            continue;
        atomic_store_explicit(&sockets[i], to, memory_order_release);
        return;
    }
}

void weft_last_words_add(int page_socket)
{
    replace_socket(0, page_socket + 1);
}

void weft_last_words_remove(int page_socket)
{
    replace_socket(page_socket + 1, 0);
}

/* ---- the handler's stack ---- */

static void leave_thread_cb(void *data)
{
    stack_t none = {.ss_flags = SS_DISABLE};
    sigaltstack(&none, NULL);
    munmap(data, HANDLER_STACK_SIZE);
}

void weft_last_words_enter_thread(napi_env env)
{
    stack_t present;
    if (sigaltstack(NULL, &present) < 0 || !(present.ss_flags & SS_DISABLE))
        return; /* somebody has given it one */
    void *memory = mmap(NULL, HANDLER_STACK_SIZE, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (memory == MAP_FAILED)
        return;
    stack_t stack = {.ss_sp = memory, .ss_size = HANDLER_STACK_SIZE};
    if (sigaltstack(&stack, NULL) < 0 ||
        napi_add_env_cleanup_hook(env, leave_thread_cb, memory) != napi_ok)
        leave_thread_cb(memory);
}
