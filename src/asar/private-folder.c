/* SPDX-License-Identifier: MIT */

#include "asar/private-folder.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;
static char folder[PATH_MAX]; /* does not change once it has been made */

/* With the lock. */
static int make(const char *template)
{
    char made[PATH_MAX];
    if (!template[0])
        return -ENOENT;
    if (strlen(template) >= sizeof(made))
        return -ENAMETOOLONG;
    strcpy(made, template);
    if (!mkdtemp(made))
        return -errno;
    strcpy(folder, made);
    return 0;
}

int weft_private_folder(const char *template, const char **ret_folder)
{
    pthread_mutex_lock(&making);
    int r = folder[0] ? 0 : make(template);
    pthread_mutex_unlock(&making);
    if (r == 0)
        *ret_folder = folder;
    return r;
}
