/* SPDX-License-Identifier: MIT */

#include "addon/threads.h"

#include "base/cleanup.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Fields of /proc/<pid>/stat after the name, from proc(5), where the state is the third. */
#define STAT_FLAGS      9
#define STAT_START_TIME 22
/* PF_EXITING of the kernel: it runs nothing of the process any more. */
#define FLAG_EXITING 0x4

/* Deeper than the usual stack's whole size nobody calls. */
#define STACK_SCAN_MAX (8UL << 20)
#define STACK_CHUNK    (64UL << 10)

/* A thread that waits in the kernel. */
struct stack {
    uintptr_t pointer;
    uintptr_t end; /* of the mapping, or 0 */
    uintptr_t program_counter;
};

struct stacks {
    struct stack *items;
    size_t count;
    bool lacks_any; /* of a thread that runs */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Threads of JavaScript. */
static struct {
    pid_t *ids;
    size_t count;
    size_t capacity;
} own;

/* ---- one thread ---- */

/* Reads a small file of /proc, as text. Returns its size, 0 where there is nothing to read. */
static size_t read_task(pid_t id, const char *name, char *ret_text, size_t capacity)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/self/task/%d/%s", (int)id, name);
    weft_autofd int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : read(fd, ret_text, capacity - 1);
    ret_text[size > 0 ? size : 0] = '\0';
    return size > 0 ? (size_t)size : 0;
}

/* Returns false when there is no such thread. */
static bool read_stat(pid_t id, uint64_t *ret_started, unsigned long *ret_flags)
{
    char text[1024];
    read_task(id, "stat", text, sizeof(text));
    char *field = strrchr(text, ')'); /* the name is the second, and may have any characters */
    if (!field)
        return false;
    char *rest = field + 2;
    char *next;
    for (int number = 3; (field = strtok_r(rest, " ", &next)); number++, rest = NULL) {
        if (number == STAT_FLAGS)
            *ret_flags = strtoul(field, NULL, 10);
        if (number == STAT_START_TIME) {
            *ret_started = strtoull(field, NULL, 10);
            return true;
        }
    }
    return false;
}

struct weft_thread weft_threads_self(void)
{
    struct weft_thread self = {.id = gettid()};
    unsigned long flags;
    read_stat(self.id, &self.started, &flags);
    return self;
}

bool weft_threads_has_ended(const struct weft_thread *thread)
{
    uint64_t started;
    unsigned long flags;
    return !read_stat(thread->id, &started, &flags) || started != thread->started ||
           (flags & FLAG_EXITING);
}

void weft_threads_enter(void)
{
    pthread_mutex_lock(&lock);
    if (own.count == own.capacity) {
        size_t capacity = own.capacity ? 2 * own.capacity : 16;
        pid_t *ids = realloc(own.ids, capacity * sizeof(*ids));
        if (ids) {
            own.ids = ids;
            own.capacity = capacity;
        }
    }
    /* One that is not in the list is looked at as any other: less is unloaded. */
    if (own.count < own.capacity)
        own.ids[own.count++] = gettid();
    pthread_mutex_unlock(&lock);
}

void weft_threads_leave(void)
{
    pid_t self = gettid();
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < own.count; i++)
        if (own.ids[i] == self) {
            own.ids[i] = own.ids[--own.count];
            break;
        }
    pthread_mutex_unlock(&lock);
}

static bool is_own(pid_t id)
{
    bool found = id == gettid();
    for (size_t i = 0; i < own.count && !found; i++)
        found = own.ids[i] == id;
    return found;
}

/* V8's helpers run nothing of modules; and threads that those start would not have their name. */
static bool is_of_v8(pid_t id)
{
    static const char name[] = "node-V8Worker";
    char text[32];
    read_task(id, "comm", text, sizeof(text));
    return strncmp(text, name, strlen(name)) == 0;
}

/* ---- their stacks ---- */

/* Where a thread stands: /proc/<pid>/syscall ends with the stack pointer and the program counter.
 */
static void add_stack(struct stacks *stacks, pid_t id)
{
    char text[512];
    size_t size = read_task(id, "syscall", text, sizeof(text));
    if (size == 0) /* it has ended */
        return;
    char *counter = strrchr(text, ' ');
    if (!counter) { /* "running" */
        stacks->lacks_any |= !is_of_v8(id);
        return;
    }
    *counter++ = '\0';
    const char *pointer = strrchr(text, ' ');
    struct stack *items = realloc(stacks->items, (stacks->count + 1) * sizeof(*items));
    if (items)
        stacks->items = items;
    if (!pointer || !items) {
        stacks->lacks_any = true;
        return;
    }
    items[stacks->count++] = (struct stack){
        .pointer = strtoul(pointer, NULL, 16),
        .program_counter = strtoul(counter, NULL, 16),
    };
}

static void list_stacks(struct stacks *stacks)
{
    DIR *tasks = opendir("/proc/self/task");
    if (!tasks) {
        stacks->lacks_any = true;
        return;
    }
    for (struct dirent *entry; (entry = readdir(tasks));) {
        pid_t id = (pid_t)strtol(entry->d_name, NULL, 10);
        if (id > 0 && !is_own(id))
            add_stack(stacks, id);
    }
    closedir(tasks);
}

/* Finds the ends of all in one reading of the memory map. */
static void find_ends(struct stacks *stacks)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    if (!maps)
        return;
    weft_autofree char *line = NULL;
    size_t capacity = 0;
    while (getline(&line, &capacity, maps) > 0) {
        char *rest;
        uintptr_t start = strtoul(line, &rest, 16);
        uintptr_t end = *rest == '-' ? strtoul(rest + 1, NULL, 16) : 0;
        for (size_t i = 0; i < stacks->count; i++)
            if (stacks->items[i].pointer >= start && stacks->items[i].pointer < end)
                stacks->items[i].end = end;
    }
    fclose(maps);
}

/* ---- what is on them ---- */

static void mark(uintptr_t address, const struct weft_range *ranges, size_t count, bool *inside)
{
    for (size_t i = 0; i < count; i++)
        if (address >= ranges[i].start && address < ranges[i].end)
            inside[i] = true;
}

/* Reads through /proc/self/mem: a stack whose thread ends meanwhile gives an error and no SIGSEGV.
 */
static void scan(int memory, const struct stack *stack, const struct weft_range *ranges,
                 size_t count, bool *inside)
{
    static uintptr_t words[STACK_CHUNK / sizeof(uintptr_t)]; /* under the lock */
    uintptr_t at = stack->pointer & ~(sizeof(uintptr_t) - 1);
    uintptr_t end = stack->end - at > STACK_SCAN_MAX ? at + STACK_SCAN_MAX : stack->end;
    while (at < end) {
        size_t wanted = end - at < sizeof(words) ? end - at : sizeof(words);
        ssize_t size = pread(memory, words, wanted, (off_t)at);
        if (size <= 0)
            return;
        for (size_t i = 0; i < (size_t)size / sizeof(*words); i++)
            mark(words[i], ranges, count, inside);
        at += (size_t)size;
    }
}

static void look_at_handlers(const struct weft_range *ranges, size_t count, bool *inside)
{
    for (int number = 1; number < NSIG; number++) {
        struct sigaction action;
        if (sigaction(number, NULL, &action) == 0)
            mark((uintptr_t)action.sa_sigaction, ranges, count, inside);
    }
}

static bool look_at_threads(const struct weft_range *ranges, size_t count, bool *inside)
{
    struct stacks stacks = {0};
    weft_autofd int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    list_stacks(&stacks);
    find_ends(&stacks);
    for (size_t i = 0; i < stacks.count; i++) {
        mark(stacks.items[i].program_counter, ranges, count, inside);
        scan(memory, &stacks.items[i], ranges, count, inside);
    }
    free(stacks.items);
    return memory >= 0 && !stacks.lacks_any;
}

bool weft_threads_look(const struct weft_range *ranges, size_t count, bool *ret_inside)
{
    memset(ret_inside, 0, count * sizeof(*ret_inside));
    if (count == 0)
        return true;
    look_at_handlers(ranges, count, ret_inside);
    pthread_mutex_lock(&lock);
    bool is_certain = look_at_threads(ranges, count, ret_inside);
    pthread_mutex_unlock(&lock);
    return is_certain;
}
