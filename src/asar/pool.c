/* SPDX-License-Identifier: MIT */

#include "asar/pool.h"

#include "base/cleanup.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>

/* More do not help: the disk is shared. */
#define THREADS_MAX 16

struct pool {
    const struct weft_asar_work *work;
    pthread_mutex_t mutex; /* guards what follows */
    size_t next;
    uint64_t done;
    int error;
    size_t failed;
};

bool weft_asar_is_interrupted(void)
{
    sigset_t pending;
    return sigpending(&pending) == 0 &&
           (sigismember(&pending, SIGINT) || sigismember(&pending, SIGTERM) ||
            sigismember(&pending, SIGHUP));
}

/* Says what has been done, and gives the next task. */
static bool take_task(struct pool *pool, uint64_t done, size_t *ret_task, uint64_t *ret_done)
{
    pthread_mutex_lock(&pool->mutex);
    pool->done += done;
    bool is_there = pool->error == 0 && pool->next < pool->work->count;
    if (is_there)
        *ret_task = pool->next++;
    *ret_done = pool->done;
    pthread_mutex_unlock(&pool->mutex);
    return is_there;
}

static void fail(struct pool *pool, size_t task, int error)
{
    pthread_mutex_lock(&pool->mutex);
    if (pool->error == 0) {
        pool->error = error;
        pool->failed = task;
    }
    pthread_mutex_unlock(&pool->mutex);
}

static void work_on(struct pool *pool, const struct weft_asar_progress *progress)
{
    uint64_t done = 0, all_done;
    for (size_t task; take_task(pool, done, &task, &all_done);) {
        done = 0;
        if (progress)
            progress->tell_cb(progress->data, all_done, progress->total);
        bool is_interrupted = !pool->work->ignores_signals && weft_asar_is_interrupted();
        int r = is_interrupted ? -EINTR : pool->work->do_cb(pool->work->context, task, &done);
        if (r < 0)
            fail(pool, task, r);
    }
}

static void *thread_main(void *data)
{
    work_on(data, NULL);
    return NULL;
}

size_t weft_asar_pool_cores(void)
{
    cpu_set_t cores;
    if (sched_getaffinity(0, sizeof(cores), &cores) < 0)
        return 1;
    size_t count = (size_t)CPU_COUNT(&cores);
    return count < THREADS_MAX ? count : THREADS_MAX;
}

/* Starts up to @wanted threads; fewer only make it slower. Those of a crash stay unblocked: nobody
 * else can take them. */
static size_t start_threads(struct pool *pool, pthread_t *threads, size_t wanted)
{
    static const int own[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS};
    size_t started = 0;
    sigset_t blocked, before;
    sigfillset(&blocked);
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        sigdelset(&blocked, own[i]);
    if (pool->work->ignores_signals)
        pthread_sigmask(SIG_BLOCK, &blocked, &before);
    while (started < wanted && pthread_create(&threads[started], NULL, thread_main, pool) == 0)
        started++;
    if (pool->work->ignores_signals)
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

int weft_asar_pool_run(const struct weft_asar_work *work, size_t *ret_task)
{
    struct pool pool = {.work = work, .mutex = PTHREAD_MUTEX_INITIALIZER};
    pthread_t threads[THREADS_MAX];
    size_t wanted = weft_asar_pool_cores() * (work->waits ? 2 : 1);
    if (wanted > THREADS_MAX)
        wanted = THREADS_MAX;
    if (wanted > work->count)
        wanted = work->count;
    size_t started = wanted > 1 ? start_threads(&pool, threads, wanted - 1) : 0;
    work_on(&pool, work->progress);
    while (started > 0)
        pthread_join(threads[--started], NULL);
    if (pool.error < 0 && ret_task)
        *ret_task = pool.failed;
    return pool.error;
}
