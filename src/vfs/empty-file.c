/* SPDX-License-Identifier: MIT */

#include "vfs/empty-file.h"

#include <stdbool.h>

char *weft_empty_file_type(const char *path)
{
    /* Of XML without any element WebKit dispatches no load event. */
    g_autofree char *type = g_content_type_guess(path, NULL, 0, NULL);
    bool is_shown =
        !g_content_type_is_unknown(type) && !g_content_type_is_a(type, "application/xml");
    return is_shown ? g_steal_pointer(&type) : g_strdup("text/plain");
}

/* As far as has been asked. */
static bool is_empty_file(GFileInfo *info)
{
    return g_file_info_has_attribute(info, G_FILE_ATTRIBUTE_STANDARD_CONTENT_TYPE) &&
           g_file_info_has_attribute(info, G_FILE_ATTRIBUTE_STANDARD_TYPE) &&
           g_file_info_get_file_type(info) == G_FILE_TYPE_REGULAR &&
           g_file_info_has_attribute(info, G_FILE_ATTRIBUTE_STANDARD_SIZE) &&
           g_file_info_get_size(info) == 0;
}

/* GIO's own. */
static GFileInfo *(*query_info)(GFile *, const char *, GFileQueryInfoFlags, GCancellable *,
                                GError **);

static GFileInfo *query_info_cb(GFile *file, const char *attributes, GFileQueryInfoFlags flags,
                                GCancellable *cancellable, GError **error)
{
    GFileInfo *info = query_info(file, attributes, flags, cancellable, error);
    const char *path = info && is_empty_file(info) ? g_file_peek_path(file) : NULL;
    if (path) {
        g_autofree char *type = weft_empty_file_type(path);
        g_file_info_set_content_type(info, type);
    }
    return info;
}

/* Its class is GIO's secret, so nothing can be derived from it; its interface is not. */
void weft_empty_file_adjust(GVfs *local)
{
    g_autoptr(GFile) any = g_vfs_get_file_for_path(local, "/");
    GFileIface *iface = G_FILE_GET_IFACE(any);
    query_info = iface->query_info;
    iface->query_info = query_info_cb;
}
