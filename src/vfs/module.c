/* SPDX-License-Identifier: MIT */

/*
 * libweft-vfs.so: a GIO module for WebKit's network process, which reads all file: addresses of
 * pages through GIO's GVfs. Ours is the local one, but for paths that lead into archives: so a
 * page, its scripts, images and fetches come out of an archive, with the addresses that Electron
 * gives them; and empty files have types that WebKit can show. Only public interfaces of GIO are
 * used.
 *
 * GIO loads it by GIO_EXTRA_MODULES, which src/main/environment.c sets for WebKit's processes.
 */

#include <gio/gio.h>

#include "asar/cache.h"
#include "vfs/archived-file.h"
#include "vfs/archived-stream.h"
#include "vfs/empty-file.h"

/* More than any other: gvfs has 10. */
#define PRIORITY 1000

typedef GVfs WeftVfs;
typedef GVfsClass WeftVfsClass;

GType weft_vfs_get_type(void); /* the macro makes it, without this */
G_DEFINE_DYNAMIC_TYPE(WeftVfs, weft_vfs, G_TYPE_VFS)

static gboolean is_active_cb(GVfs *vfs)
{
    return TRUE;
}

static GFile *get_file_for_path_cb(GVfs *vfs, const char *path)
{
    GFile *file = NULL;
    if (path[0] == '/') {
        g_autofree char *canonical = g_canonicalize_filename(path, "/");
        file = weft_archived_file_for_path(canonical);
    }
    return file ? file : g_vfs_get_file_for_path(g_vfs_get_local(), path);
}

static GFile *get_file_for_uri_cb(GVfs *vfs, const char *uri)
{
    g_autofree char *path = g_filename_from_uri(uri, NULL, NULL);
    return path ? get_file_for_path_cb(vfs, path) : g_vfs_get_file_for_uri(g_vfs_get_local(), uri);
}

static GFile *parse_name_cb(GVfs *vfs, const char *name)
{
    return g_vfs_parse_name(g_vfs_get_local(), name);
}

static const char *const *get_supported_uri_schemes_cb(GVfs *vfs)
{
    return g_vfs_get_supported_uri_schemes(g_vfs_get_local());
}

static void weft_vfs_init(WeftVfs *self)
{
}

static void weft_vfs_class_init(WeftVfsClass *class)
{
    class->is_active = is_active_cb;
    class->get_file_for_path = get_file_for_path_cb;
    class->get_file_for_uri = get_file_for_uri_cb;
    class->parse_name = parse_name_cb;
    class->get_supported_uri_schemes = get_supported_uri_schemes_cb;
}

static void weft_vfs_class_finalize(WeftVfsClass *class)
{
}

/* The names by which GIO finds them. */
G_MODULE_EXPORT void g_io_module_load(GIOModule *module);
G_MODULE_EXPORT void g_io_module_unload(GIOModule *module);
G_MODULE_EXPORT char **g_io_module_query(void);

void g_io_module_load(GIOModule *module)
{
    g_type_module_use(G_TYPE_MODULE(module)); /* for good: files may outlive any unload */
    if (g_getenv("WEFT_NO_ASAR_INTEGRITY"))   /* weft --no-asar-integrity */
        weft_cache_set_check(WEFT_ARCHIVE_DONT_CHECK);
    weft_archived_stream_register(G_TYPE_MODULE(module));
    weft_archived_file_register(G_TYPE_MODULE(module));
    weft_vfs_register_type(G_TYPE_MODULE(module));
    weft_empty_file_adjust(g_vfs_get_local());
    g_io_extension_point_implement(G_VFS_EXTENSION_POINT_NAME, weft_vfs_get_type(), "weft",
                                   PRIORITY);
}

void g_io_module_unload(GIOModule *module)
{
}

char **g_io_module_query(void)
{
    const char *const points[] = {G_VFS_EXTENSION_POINT_NAME, NULL};
    return g_strdupv((char **)points);
}
