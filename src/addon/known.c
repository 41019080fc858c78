/* SPDX-License-Identifier: MIT */

#include "addon/known.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct verdict {
    struct verdict *next;
    struct weft_file_id id;
    unsigned node_abi;
    int result;
    struct weft_addon_facts facts;
    char why[WEFT_ELF_WHY_MAX];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct verdict *verdicts; /* as many as there are native modules: they are never freed */

static bool find(const struct weft_file_id *id, unsigned node_abi, struct verdict *ret_verdict)
{
    pthread_mutex_lock(&lock);
    const struct verdict *at = verdicts;
    while (at && (at->node_abi != node_abi || !weft_file_id_equal(&at->id, id)))
        at = at->next;
    if (at)
        *ret_verdict = *at;
    pthread_mutex_unlock(&lock);
    return at != NULL;
}

static void keep(const struct verdict *verdict)
{
    struct verdict *copy = malloc(sizeof(*copy));
    if (!copy)
        return;
    pthread_mutex_lock(&lock);
    *copy = *verdict;
    copy->next = verdicts;
    verdicts = copy;
    pthread_mutex_unlock(&lock);
}

int weft_known_inspect(int fd, unsigned node_abi, struct weft_addon_facts *ret_facts,
                       char ret_why[WEFT_ELF_WHY_MAX])
{
    struct stat status;
    if (fstat(fd, &status) < 0)
        return weft_elf_refuse(ret_why, -errno, "it can't be read: %s", strerror(errno));
    struct weft_file_id id = weft_file_id_of(&status);
    struct verdict verdict = {.id = id, .node_abi = node_abi};
    if (!find(&id, node_abi, &verdict)) {
        char path[64]; /* the same file, whatever has its name by now */
        snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
        verdict.result = weft_addon_inspect_file(path, node_abi, &verdict.facts, verdict.why);
        keep(&verdict);
    }
    if (verdict.result == 0)
        *ret_facts = verdict.facts;
    else
        memcpy(ret_why, verdict.why, sizeof(verdict.why));
    return verdict.result;
}
