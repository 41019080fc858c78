/* SPDX-License-Identifier: MIT */

/*
 * The registry. An instance belongs to the thread that has prepared it until its environment is
 * over; from then on to whoever holds the lock. So a thread that has found its own by the token may
 * use it without the lock, and nothing is loaded or unloaded under it: the loader runs
 * constructors.
 */

#include "addon/instance.h"

#include "addon/known.h"
#include "addon/object.h"
#include "addon/spelling.h"
#include "base/cleanup.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* An address that somebody has left on a stack looks as if code were in use; such a thing passes.
 * What is kept for longer is used again, or a process would collect one after the other. */
#define POOLED_AFTER_MS 1000

enum state {
    PREPARED, /* Node has not said whether it could load it */
    LIVE,
    KEPT, /* nobody's: it can't be unloaded, or not now */
};

struct instance {
    struct instance *next;
    uint32_t token;
    enum state state;
    struct weft_file_id id;
    bool is_deep;
    bool is_reusable;  /* Node can load it again without its constructors */
    bool is_permanent; /* the loader does not unload it */
    bool unloads_with_node;
    bool starts_threads;
    bool environment_gone;
    bool is_held;       /* somebody runs its code, or may */
    int64_t kept_since; /* in milliseconds */
    struct weft_thread thread;
    /* What it consists of: the libraries, each after what it needs, and last the module. */
    struct weft_object *objects;
    size_t object_count;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct instance *instances;
static uint32_t unloaded;

/* ---- one instance ---- */

static struct weft_object *module_of(const struct instance *instance)
{
    return &instance->objects[instance->object_count - 1];
}

/* The module first, for it needs the others. */
static void instance_free(struct instance *instance)
{
    if (!instance)
        return;
    for (size_t i = instance->object_count; i > 0; i--)
        weft_object_close(&instance->objects[i - 1]);
    free(instance->objects);
    free(instance);
}

static void instance_freep(struct instance **instance)
{
    instance_free(*instance);
}

static void add(struct instance *instance)
{
    pthread_mutex_lock(&lock);
    instance->next = instances;
    instances = instance;
    pthread_mutex_unlock(&lock);
}

/* Under the lock. */
static void unlink_instance(const struct instance *instance)
{
    struct instance **at = &instances;
    while (*at != instance)
        at = &(*at)->next;
    *at = instance->next;
}

/* The caller's own, if it has one with this token. */
static struct instance *find(uint32_t token)
{
    pthread_mutex_lock(&lock);
    struct instance *at = instances;
    while (at && (at->state == KEPT || at->environment_gone || at->token != token))
        at = at->next;
    pthread_mutex_unlock(&lock);
    return at;
}

static void give_to_this_thread(struct instance *instance)
{
    instance->token = (uint32_t)weft_spelling_serial();
    instance->state = PREPARED;
    instance->environment_gone = false;
    instance->is_held = false;
    instance->thread = weft_threads_self();
}

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000) + time.tv_nsec / 1000000;
}

/* Under the lock: those of threads that have ended become nobody's. Returns whether there are any.
 */
static bool collect_ended(void)
{
    bool found = false;
    for (struct instance *at = instances; at; at = at->next)
        if (at->state != KEPT && at->environment_gone && weft_threads_has_ended(&at->thread)) {
            at->state = KEPT;
            at->kept_since = now();
            found = true;
        }
    return found;
}

/* ---- prepare ---- */

/* Copies and loads @sibling for the instance alone. */
static int add_private_library(struct instance *instance, const struct weft_sibling *sibling,
                               const struct weft_siblings *all, char ret_why[WEFT_ELF_WHY_MAX])
{
    struct weft_object *object = &instance->objects[instance->object_count];
    int fd = open(sibling->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return weft_elf_refuse(ret_why, -errno, "%s: %s", sibling->path, strerror(errno));
    int r = weft_object_open(sibling->path, fd, object, ret_why);
    if (r != 0)
        return r;
    instance->object_count++;
    if (!weft_object_use_aliases(object, all))
        return weft_elf_refuse(ret_why, WEFT_INSTANCE_IMPOSSIBLE,
                               "the names of libraries in %s can't be changed", sibling->path);
    return weft_object_load(object, sibling, ret_why);
}

static bool is_copied(const struct instance *instance, const struct weft_sibling *sibling)
{
    return instance->is_deep && !sibling->is_common;
}

/* Opens what the module needs from its own folder. */
static int open_libraries(struct instance *instance, struct weft_siblings *siblings,
                          char ret_why[WEFT_ELF_WHY_MAX])
{
    int r = 0;
    for (size_t i = 0; i < siblings->count && r == 0; i++)
        r = is_copied(instance, &siblings->items[i])
                ? weft_siblings_make_alias(&siblings->items[i])
                : weft_siblings_share(&siblings->items[i], ret_why);
    for (size_t i = 0; i < siblings->count && r == 0; i++)
        if (is_copied(instance, &siblings->items[i]))
            r = add_private_library(instance, &siblings->items[i], siblings, ret_why);
    return r;
}

/* What addon/copy.h says is not for those who load. */
static int translate(int r, char ret_why[WEFT_ELF_WHY_MAX])
{
    if (r == WEFT_COPY_NO_EXEC)
        return WEFT_INSTANCE_NO_EXEC;
    if (r == WEFT_COPY_NO_PLACE)
        return weft_elf_refuse(ret_why, WEFT_INSTANCE_IMPOSSIBLE,
                               "neither memory (vm.memfd_noexec) nor a temporary folder may have "
                               "files that are executed");
    return r;
}

/* Makes the objects; @take_fd is the file's. */
static int build(struct instance *instance, const char *path, int take_fd,
                 char ret_why[WEFT_ELF_WHY_MAX])
{
    WEFT_CLEANUP(weft_siblings_free) struct weft_siblings siblings = {0};
    WEFT_CLEANUP(weft_object_close) struct weft_object module = {.copy = WEFT_COPY_NONE};
    int r = translate(weft_object_open(path, take_fd, &module, ret_why), ret_why);
    if (r != 0)
        return r;
    r = weft_siblings_find(path, &module.copy.elf, &siblings);
    if (r < 0)
        return r;
    instance->objects = calloc(siblings.count + 1, sizeof(*instance->objects));
    if (!instance->objects)
        return -ENOMEM;
    r = translate(open_libraries(instance, &siblings, ret_why), ret_why);
    if (r != 0)
        return r;
    if (!weft_object_use_aliases(&module, &siblings))
        return weft_elf_refuse(ret_why, WEFT_INSTANCE_IMPOSSIBLE,
                               "the names of its libraries can't be changed");
    instance->id = module.copy.id;
    instance->objects[instance->object_count++] = module;
    module = (struct weft_object){.copy = WEFT_COPY_NONE};
    return 0;
}

/* Not what is to be unloaded in a moment: whether one gets it would be chance. */
static bool is_for_long(const struct instance *instance)
{
    return instance->is_permanent ||
           (instance->is_held && now() - instance->kept_since >= POOLED_AFTER_MS);
}

static bool is_pooled(const struct instance *instance)
{
    return instance->state == KEPT && instance->is_reusable && is_for_long(instance);
}

/* One that waits for who wants this file. */
static struct instance *take_kept(const struct weft_file_id *id, bool is_deep)
{
    pthread_mutex_lock(&lock);
    struct instance *at = instances;
    while (at && (!is_pooled(at) || at->is_deep != is_deep || !weft_file_id_equal(&at->id, id)))
        at = at->next;
    if (at)
        give_to_this_thread(at);
    pthread_mutex_unlock(&lock);
    return at;
}

/* The trap: static TLS is a small block which each instance takes some of, and the loader refuses
 * who comes too late. So the file itself is loaded first, to be shared by those. One that registers
 * itself when it is loaded only Node may load. */
static void reserve_shared(const char *path, const struct weft_addon_facts *facts)
{
    if (facts->static_tls && facts->kind == WEFT_ADDON_NAPI_SYMBOL)
        dlopen(path, RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
}

static int create(const char *path, int take_fd, const struct weft_addon_facts *facts, bool is_deep,
                  struct instance **ret_instance, char ret_why[WEFT_ELF_WHY_MAX])
{
    WEFT_CLEANUP(instance_freep) struct instance *instance = calloc(1, sizeof(*instance));
    if (!instance) {
        close(take_fd);
        return -ENOMEM;
    }
    instance->is_deep = is_deep;
    instance->is_reusable =
        facts->kind == WEFT_ADDON_NAPI_SYMBOL || facts->kind == WEFT_ADDON_V8_SYMBOL;
    instance->is_permanent = facts->no_delete;
    instance->unloads_with_node = facts->uses_v8;
    instance->starts_threads = facts->starts_threads;
    reserve_shared(path, facts);
    int r = build(instance, path, take_fd, ret_why);
    if (r != 0)
        return r;
    give_to_this_thread(instance);
    add(instance);
    *ret_instance = weft_steal_ptr(&instance);
    return 0;
}

static int find_or_create(const char *path, unsigned node_abi, bool is_deep,
                          struct instance **ret_instance, bool *ret_is_reused,
                          char ret_why[WEFT_ELF_WHY_MAX])
{
    struct stat status;
    struct weft_addon_facts facts;
    weft_autofd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &status) < 0)
        return weft_elf_refuse(ret_why, -errno, "it can't be read: %s", strerror(errno));
    int r = weft_known_inspect(fd, node_abi, &facts, ret_why);
    if (r < 0)
        return r;
    struct weft_file_id id = weft_file_id_of(&status);
    struct instance *kept = take_kept(&id, is_deep);
    *ret_is_reused = kept != NULL;
    if (!kept)
        return create(path, weft_steal_fd(&fd), &facts, is_deep, ret_instance, ret_why);
    *ret_instance = kept;
    return 0;
}

int weft_instance_prepare(const char *path, unsigned node_abi, bool is_deep,
                          struct weft_instance_load *ret_load, char ret_why[WEFT_ELF_WHY_MAX])
{
    struct instance *instance = NULL;
    bool is_reused = false;
    struct weft_instance_counts ignored;
    ret_why[0] = '\0';
    pthread_mutex_lock(&lock);
    bool has_ended = collect_ended();
    pthread_mutex_unlock(&lock);
    if (has_ended) /* before who else would have done it; so that it can be used again */
        weft_instance_reap(&ignored);
    int r = find_or_create(path, node_abi, is_deep, &instance, &is_reused, ret_why);
    if (r < 0 && ret_why[0] == '\0')
        return weft_elf_refuse(ret_why, r, "it can't be copied: %s", strerror(-r));
    if (r != 0)
        return r;
    *ret_load = (struct weft_instance_load){
        .token = instance->token,
        .path = module_of(instance)->spelling,
        .is_reused = is_reused,
    };
    return 0;
}

/* ---- settle ---- */

struct link_map *weft_instance_settle(uint32_t token, bool *ret_wants_throws)
{
    struct instance *instance = find(token);
    if (!instance)
        return NULL;
    struct weft_object *module = module_of(instance);
    struct link_map *map = weft_object_settle(module);
    if (!map) {
        pthread_mutex_lock(&lock);
        unlink_instance(instance);
        pthread_mutex_unlock(&lock);
        instance_free(instance);
        return NULL;
    }
    for (size_t i = 0; i + 1 < instance->object_count; i++)
        weft_object_settle(&instance->objects[i]);
    if (instance->unloads_with_node)
        weft_object_release(module);
    instance->state = LIVE;
    *ret_wants_throws = module->wants_throws;
    return map;
}

/* ---- the end ---- */

static bool may_have_threads(const struct instance *instance)
{
    bool inside;
    bool is_certain = weft_threads_look(&module_of(instance)->text, 1, &inside);
    return inside || (!is_certain && instance->starts_threads);
}

void weft_instance_environment_gone(uint32_t token)
{
    bool ignored;
    struct instance *instance = find(token);
    /* A worker may be ended between any two steps. */
    if (!instance || (instance->state == PREPARED && !weft_instance_settle(token, &ignored)))
        return;
    /* Now Node is about to unload it: that must not be. */
    if (instance->unloads_with_node && may_have_threads(instance))
        weft_object_settle(module_of(instance));
    pthread_mutex_lock(&lock);
    instance->environment_gone = true;
    pthread_mutex_unlock(&lock);
}

static bool may_be_unloaded(const struct instance *instance)
{
    return instance->state == KEPT && !instance->is_permanent;
}

/* Under the lock: the code of all that may be unloaded; NULL where there is none. */
static struct weft_range *list_code(size_t *ret_count)
{
    size_t count = 0;
    for (const struct instance *at = instances; at; at = at->next)
        count += may_be_unloaded(at) ? at->object_count : 0;
    struct weft_range *ranges = count ? calloc(count, sizeof(*ranges)) : NULL;
    if (!ranges)
        return NULL;
    size_t next = 0;
    for (const struct instance *at = instances; at; at = at->next)
        for (size_t i = 0; may_be_unloaded(at) && i < at->object_count; i++)
            if (at->objects[i].handle) /* else Node has unloaded it */
                ranges[next++] = at->objects[i].text;
            else
                ranges[next++] = (struct weft_range){0};
    *ret_count = count;
    return ranges;
}

/* Under the lock: notes what has been seen of one that may be unloaded. Returns whether it now is
 * to be. */
static bool judge(struct instance *instance, const bool *inside, bool is_certain)
{
    instance->is_held = !is_certain;
    for (size_t i = 0; i < instance->object_count; i++)
        instance->is_held |= inside[i];
    return !instance->is_held;
}

/* Under the lock: takes those out of the registry that nobody is in. */
static struct instance *take_unused(void)
{
    size_t count;
    struct instance *unused = NULL;
    weft_autofree struct weft_range *ranges = list_code(&count);
    weft_autofree bool *inside = ranges ? calloc(count, sizeof(*inside)) : NULL;
    if (!inside)
        return NULL;
    bool is_certain = weft_threads_look(ranges, count, inside);
    const bool *next = inside;
    for (struct instance **at = &instances, *instance; (instance = *at);) {
        bool is_judged = may_be_unloaded(instance);
        bool is_over = is_judged && judge(instance, next, is_certain);
        next += is_judged ? instance->object_count : 0;
        if (!is_over) {
            at = &instance->next;
            continue;
        }
        *at = instance->next;
        instance->next = unused;
        unused = instance;
    }
    return unused;
}

/* Some modules see to it themselves that they stay loaded. */
static void unload(struct instance *instance)
{
    for (size_t i = instance->object_count; i > 0; i--)
        weft_object_release(&instance->objects[i - 1]);
    if (weft_object_is_loaded(module_of(instance))) {
        instance->is_permanent = true;
        add(instance);
        return;
    }
    instance_free(instance);
    pthread_mutex_lock(&lock);
    unloaded++;
    pthread_mutex_unlock(&lock);
}

static struct weft_instance_counts count_all(void)
{
    struct weft_instance_counts counts = {.unloaded = unloaded};
    for (const struct instance *at = instances; at; at = at->next) {
        bool is_kept = at->state == KEPT;
        bool is_waiting = is_kept && !is_for_long(at);
        counts.live += !is_kept;
        counts.pooled += is_pooled(at);
        counts.waiting += is_waiting;
        counts.stuck += is_kept && !is_waiting && !is_pooled(at);
        counts.may_change |= is_kept ? !at->is_permanent : at->environment_gone;
    }
    return counts;
}

void weft_instance_reap(struct weft_instance_counts *ret_counts)
{
    pthread_mutex_lock(&lock);
    collect_ended();
    struct instance *unused = take_unused();
    pthread_mutex_unlock(&lock);
    while (unused) {
        struct instance *next = unused->next;
        unload(unused);
        unused = next;
    }
    pthread_mutex_lock(&lock);
    *ret_counts = count_all();
    pthread_mutex_unlock(&lock);
}
