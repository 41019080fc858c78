/* SPDX-License-Identifier: MIT */

#include "node/handoff.h"

#include "base/descriptors.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    struct entry *next;
    uint32_t key;
    int descriptors[WEFT_LINK_DESCRIPTORS];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct entry *entries;
static uint32_t last_key;

int weft_handoff_put(const int descriptors[WEFT_LINK_DESCRIPTORS], uint32_t *ret_key)
{
    struct entry *entry = malloc(sizeof(*entry));
    if (!entry) {
        weft_descriptors_close(descriptors, WEFT_LINK_DESCRIPTORS);
        return -ENOMEM;
    }
    memcpy(entry->descriptors, descriptors, sizeof(entry->descriptors));
    pthread_mutex_lock(&lock);
    entry->key = ++last_key;
    entry->next = entries;
    entries = entry;
    *ret_key = entry->key;
    pthread_mutex_unlock(&lock);
    return 0;
}

int weft_handoff_take(uint32_t key, int ret_descriptors[WEFT_LINK_DESCRIPTORS])
{
    pthread_mutex_lock(&lock);
    struct entry **at = &entries;
    while (*at && (*at)->key != key)
        at = &(*at)->next;
    struct entry *entry = *at;
    if (entry)
        *at = entry->next;
    pthread_mutex_unlock(&lock);
    if (!entry)
        return -ENOENT;
    memcpy(ret_descriptors, entry->descriptors, sizeof(entry->descriptors));
    free(entry);
    return 0;
}

void weft_handoff_discard(uint32_t key)
{
    int descriptors[WEFT_LINK_DESCRIPTORS];
    if (weft_handoff_take(key, descriptors) < 0)
        return;
    weft_descriptors_close(descriptors, WEFT_LINK_DESCRIPTORS);
}
