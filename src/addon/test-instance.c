/* SPDX-License-Identifier: MIT */

/*
 * Instances without Node: the test does what Node's process.dlopen would, and ends the threads.
 * WEFT_TEST_ADDON is the path of addon/test-addon.c's module.
 */

#include "addon/instance.h"
#include "addon/test-addon.h"
#include "addon/threads.h"

#include "base/cleanup.h"
#include "base/test.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#define NODE_ABI 147

/* What a thread loads, and Node's reference to it. */
struct loaded {
    struct weft_instance_load load;
    void *handle;
    struct link_map *map;
};

static struct loaded load(void)
{
    struct loaded loaded;
    char why[WEFT_ELF_WHY_MAX] = "";
    bool ignored;
    int r = weft_instance_prepare(WEFT_TEST_ADDON, NODE_ABI, false, &loaded.load, why);
    if (r != 0)
        weft_test_fail(__FILE__, __LINE__, "prepare gives %d: %s", r, why);
    loaded.handle = dlopen(loaded.load.path, RTLD_LAZY);
    if (!loaded.handle)
        weft_test_fail(__FILE__, __LINE__, "%s", dlerror());
    loaded.map = weft_instance_settle(loaded.load.token, &ignored);
    CHECK(loaded.map);
    return loaded;
}

static void *find(const struct loaded *loaded, const char *name)
{
    void *found = dlsym(loaded->handle, name);
    CHECK(found);
    return found;
}

static int add(const struct loaded *loaded)
{
    return ((weft_test_add_fn)find(loaded, "weft_test_add"))();
}

/* The worker ends, and Node drops its reference. */
static void end_environment(struct loaded *loaded)
{
    weft_instance_environment_gone(loaded->load.token);
    dlclose(loaded->handle);
}

/* Reaps until nothing waits for a thread that is just running. */
static struct weft_instance_counts reap(void)
{
    struct weft_instance_counts counts;
    do {
        sched_yield();
        weft_instance_reap(&counts);
    } while (counts.waiting > 0 || counts.live > 0);
    return counts;
}

/* As threads of JavaScript, or those of the test that just run would keep all from being unloaded.
 */
static void *load_and_end_cb(void *data)
{
    weft_threads_enter();
    struct loaded loaded = load();
    for (int i = 1; i <= 100; i++)
        CHECK_EQ(add(&loaded), i);
    weft_test_add_fn add_to_data = find(&loaded, "weft_test_add_to_data");
    CHECK_EQ(add_to_data(), 41);
    weft_test_constants_fn constants = find(&loaded, "weft_test_constants");
    CHECK(strcmp(constants(), "constants") == 0);
    end_environment(&loaded);
    weft_threads_leave();
    return data;
}

TEST(each_thread_has_its_own_and_nothing_is_left)
{
    pthread_t threads[8];
    size_t fds = weft_test_count_fds();
    for (int round = 0; round < 5; round++) {
        for (size_t i = 0; i < 8; i++)
            CHECK_EQ(pthread_create(&threads[i], NULL, load_and_end_cb, NULL), 0);
        for (size_t i = 0; i < 8; i++)
            CHECK_EQ(pthread_join(threads[i], NULL), 0);
    }
    struct weft_instance_counts counts = reap();
    CHECK_EQ(counts.unloaded, 40);
    CHECK_EQ(counts.pooled, 0);
    CHECK_EQ(counts.stuck, 0);
    CHECK_EQ(weft_test_count_fds(), fds);
    CHECK_EQ(weft_test_count_mappings("weft-test-addon"), 0);
}

TEST(code_is_mapped_from_the_original_and_the_name_is_its_path)
{
    struct loaded loaded = load();
    Dl_info info;
    CHECK(dladdr(find(&loaded, "weft_test_add"), &info));
    struct stat named, original;
    CHECK_EQ(stat(info.dli_fname, &named), 0);
    CHECK_EQ(stat(WEFT_TEST_ADDON, &original), 0);
    CHECK_EQ(named.st_ino, original.st_ino);
    CHECK(weft_test_count_mappings(WEFT_TEST_ADDON) > 0);
    /* Its own: what is written, and the page of names with weft_throw. */
    CHECK(weft_test_count_mappings("memfd:weft-test-addon") > 0);
}

/* The trap: the original's page would undo what the module has done to itself. */
TEST(what_a_module_has_written_into_its_code_stays)
{
    struct loaded loaded;
    char why[WEFT_ELF_WHY_MAX] = "";
    bool ignored;
    CHECK_EQ(weft_instance_prepare(WEFT_TEST_ADDON, NODE_ABI, false, &loaded.load, why), 0);
    loaded.handle = dlopen(loaded.load.path, RTLD_LAZY);
    weft_test_add_fn write_constants = find(&loaded, "weft_test_write_constants");
    weft_test_constants_fn constants = find(&loaded, "weft_test_constants");
    CHECK_EQ(write_constants(), 0);
    CHECK(weft_instance_settle(loaded.load.token, &ignored));
    CHECK(strcmp(constants(), "Constants") == 0);
}

/* A file that is written over while it is loaded must not lend its new pages. */
TEST(a_file_that_has_changed_gives_no_pages)
{
    char path[32];
    weft_autofd int fd = memfd_create("weft-test-addon", MFD_CLOEXEC);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    weft_autofd int original = open(WEFT_TEST_ADDON, O_RDONLY | O_CLOEXEC);
    struct stat status;
    CHECK_EQ(fstat(original, &status), 0);
    CHECK_EQ(sendfile(fd, original, NULL, (size_t)status.st_size), status.st_size);

    struct loaded loaded;
    char why[WEFT_ELF_WHY_MAX] = "";
    bool ignored;
    CHECK_EQ(weft_instance_prepare(path, NODE_ABI, false, &loaded.load, why), 0);
    loaded.handle = dlopen(loaded.load.path, RTLD_LAZY);
    CHECK(loaded.handle);
    CHECK_EQ(ftruncate(fd, 0), 0);
    CHECK(weft_instance_settle(loaded.load.token, &ignored));
    CHECK_EQ(add(&loaded), 1);
}

TEST(what_was_not_loaded_is_gone)
{
    struct weft_instance_load prepared;
    char why[WEFT_ELF_WHY_MAX] = "";
    bool ignored;
    size_t fds = weft_test_count_fds();
    CHECK_EQ(weft_instance_prepare(WEFT_TEST_ADDON, NODE_ABI, false, &prepared, why), 0);
    CHECK(!weft_instance_settle(prepared.token, &ignored));
    CHECK_EQ(weft_test_count_fds(), fds);
    weft_instance_environment_gone(prepared.token); /* which is told all the same */
}

/* A worker may be ended between any two steps. */
static void *end_before_settling_cb(void *data)
{
    struct weft_instance_load prepared;
    char why[WEFT_ELF_WHY_MAX] = "";
    CHECK_EQ(weft_instance_prepare(WEFT_TEST_ADDON, NODE_ABI, false, &prepared, why), 0);
    void *handle = data ? dlopen(prepared.path, RTLD_LAZY) : NULL;
    weft_instance_environment_gone(prepared.token);
    if (handle)
        dlclose(handle);
    return NULL;
}

TEST(a_thread_that_ends_in_the_midst_leaves_nothing)
{
    size_t fds = weft_test_count_fds();
    int is_loaded = 1;
    for (int i = 0; i < 2; i++) {
        pthread_t thread;
        CHECK_EQ(pthread_create(&thread, NULL, end_before_settling_cb, i == 0 ? &is_loaded : NULL),
                 0);
        CHECK_EQ(pthread_join(thread, NULL), 0);
    }
    CHECK_EQ(reap().unloaded, 1);
    CHECK_EQ(weft_test_count_fds(), fds);
    CHECK_EQ(weft_test_count_mappings("weft-test-addon"), 0);
}

struct background {
    pthread_mutex_t lock;
    pthread_t thread;
};

static void *leave_thread_cb(void *data)
{
    struct background *background = data;
    struct loaded loaded = load();
    weft_test_start_thread_fn start = find(&loaded, "weft_test_start_thread");
    CHECK_EQ(start(&background->thread, &background->lock), 0);
    CHECK_EQ(add(&loaded), 1);
    end_environment(&loaded);
    return NULL;
}

static void *use_again_cb(void *data)
{
    struct loaded loaded = load();
    CHECK(loaded.load.is_reused);
    CHECK_EQ(add(&loaded), 2);
    end_environment(&loaded);
    return data;
}

TEST(code_that_a_thread_will_return_to_stays_and_is_used_again)
{
    struct background background = {.lock = PTHREAD_MUTEX_INITIALIZER};
    pthread_t worker;
    pthread_mutex_lock(&background.lock);
    CHECK_EQ(pthread_create(&worker, NULL, leave_thread_cb, &background), 0);
    CHECK_EQ(pthread_join(worker, NULL), 0);
    CHECK_EQ(reap().pooled, 1);
    CHECK_EQ(pthread_create(&worker, NULL, use_again_cb, NULL), 0);
    CHECK_EQ(pthread_join(worker, NULL), 0);
    CHECK_EQ(reap().pooled, 1);

    pthread_mutex_unlock(&background.lock);
    CHECK_EQ(pthread_join(background.thread, NULL), 0);
    struct weft_instance_counts counts = reap();
    CHECK_EQ(counts.pooled, 0);
    CHECK_EQ(counts.unloaded, 1);
}
