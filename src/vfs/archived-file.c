/* SPDX-License-Identifier: MIT */

#include "vfs/archived-file.h"

#include <errno.h>

#include "asar/cache.h"
#include "vfs/archived-stream.h"
#include "vfs/empty-file.h"

/* As much as is read to tell a file's type, where its name does not. */
#define SNIFFED_SIZE 4096

struct archived_file {
    GObject parent;
    char *path;
};

typedef struct archived_file WeftArchivedFile;
typedef GObjectClass WeftArchivedFileClass;

static void implement(GFileIface *iface);

GType weft_archived_file_get_type(void); /* the macro makes it, without this */
G_DEFINE_DYNAMIC_TYPE_EXTENDED(WeftArchivedFile, weft_archived_file, G_TYPE_OBJECT, 0,
                               G_IMPLEMENT_INTERFACE_DYNAMIC(G_TYPE_FILE, implement))

static const char *path_of(GFile *file)
{
    return ((WeftArchivedFile *)file)->path;
}

static GFile *file_new(const char *path)
{
    WeftArchivedFile *self = g_object_new(weft_archived_file_get_type(), NULL);
    self->path = g_strdup(path);
    return G_FILE(self);
}

/* ---- what the archive has ---- */

static gboolean fail(GError **error, int code, const char *path, const char *why)
{
    g_set_error(error, G_IO_ERROR, code, "%s: %s", path, why);
    return FALSE;
}

/* Finds the entry of @path. */
static gboolean find(const char *path, struct weft_located *ret_located,
                     const struct weft_asar_entry **ret_entry, GError **error)
{
    char why[WEFT_ASAR_WHY_MAX];
    int r = weft_cache_locate(path, ret_located, why);
    if (r == WEFT_CACHE_INVALID)
        return fail(error, G_IO_ERROR_INVALID_DATA, path, why);
    if (r == WEFT_CACHE_PLAIN)
        r = -ENOENT; /* it has gone meanwhile */
    if (r == 0)
        r = weft_asar_index_find(weft_archive_index(ret_located->archive), ret_located->inner, true,
                                 ret_entry);
    return r == 0 || fail(error, g_io_error_from_errno(-r), path, g_strerror(-r));
}

/* ---- GFile ---- */

static GFile *dup_cb(GFile *file)
{
    return file_new(path_of(file));
}

static guint hash_cb(GFile *file)
{
    return g_str_hash(path_of(file));
}

static gboolean equal_cb(GFile *first, GFile *second)
{
    return g_str_equal(path_of(first), path_of(second));
}

/* It has a path, but other programs can do nothing with it. */
static gboolean is_native_cb(GFile *file)
{
    return FALSE;
}

static gboolean has_uri_scheme_cb(GFile *file, const char *scheme)
{
    return g_ascii_strcasecmp(scheme, "file") == 0;
}

static char *get_uri_scheme_cb(GFile *file)
{
    return g_strdup("file");
}

static char *get_basename_cb(GFile *file)
{
    return g_path_get_basename(path_of(file));
}

static char *get_path_cb(GFile *file)
{
    return g_strdup(path_of(file));
}

static char *get_uri_cb(GFile *file)
{
    return g_filename_to_uri(path_of(file), NULL, NULL);
}

static char *get_parse_name_cb(GFile *file)
{
    return g_filename_display_name(path_of(file));
}

static GFile *get_parent_cb(GFile *file)
{
    g_autofree char *parent = g_path_get_dirname(path_of(file));
    return g_file_new_for_path(parent);
}

static GFile *resolve_relative_path_cb(GFile *file, const char *relative)
{
    g_autofree char *path = g_canonicalize_filename(relative, path_of(file));
    return g_file_new_for_path(path);
}

/* By its name, and by how it starts. NULL where that is damaged: its page must fail, and be no
 * download for want of a type. */
static char *guess_type(struct weft_archive *archive, const struct weft_asar_entry *entry,
                        const char *path, GError **error)
{
    guchar start[SNIFFED_SIZE];
    if (entry->kind == WEFT_ASAR_FOLDER)
        return g_strdup("inode/directory");
    if (entry->size == 0)
        return weft_empty_file_type(path);
    g_autoptr(GFileInputStream) stream = weft_archived_stream_open(archive, entry, path, error);
    if (!stream)
        return NULL;
    gssize n = g_input_stream_read(G_INPUT_STREAM(stream), start, sizeof(start), NULL, error);
    return n < 0 ? NULL : g_content_type_guess(path, start, (gsize)n, NULL);
}

static GFileInfo *query_info_cb(GFile *file, const char *attributes, GFileQueryInfoFlags flags,
                                GCancellable *cancellable, GError **error)
{
    struct weft_located located;
    const struct weft_asar_entry *entry;
    if (!find(path_of(file), &located, &entry, error))
        return NULL;
    g_autofree char *type = guess_type(located.archive, entry, path_of(file), error);
    if (!type)
        return NULL;

    GFileInfo *info = g_file_info_new();
    gboolean is_folder = entry->kind == WEFT_ASAR_FOLDER;
    const struct stat *archive = weft_archive_stat(located.archive);
    g_autofree char *name = get_basename_cb(file);
    g_autoptr(GDateTime) modified = g_date_time_new_from_unix_utc(archive->st_mtim.tv_sec);
    g_file_info_set_name(info, name);
    g_file_info_set_file_type(info, is_folder ? G_FILE_TYPE_DIRECTORY : G_FILE_TYPE_REGULAR);
    g_file_info_set_size(info, (goffset)entry->size);
    g_file_info_set_content_type(info, type);
    g_file_info_set_attribute_string(info, G_FILE_ATTRIBUTE_STANDARD_FAST_CONTENT_TYPE, type);
    g_file_info_set_modification_date_time(info, modified);
    g_file_info_set_attribute_boolean(info, G_FILE_ATTRIBUTE_ACCESS_CAN_READ, TRUE);
    g_file_info_set_attribute_boolean(info, G_FILE_ATTRIBUTE_ACCESS_CAN_WRITE, FALSE);
    return info;
}

static GFileInputStream *read_cb(GFile *file, GCancellable *cancellable, GError **error)
{
    struct weft_located located;
    const struct weft_asar_entry *entry;
    if (!find(path_of(file), &located, &entry, error))
        return NULL;
    if (entry->kind == WEFT_ASAR_FOLDER) {
        fail(error, G_IO_ERROR_IS_DIRECTORY, path_of(file), g_strerror(EISDIR));
        return NULL;
    }
    return weft_archived_stream_open(located.archive, entry, path_of(file), error);
}

/* WebKit would make a page of what is in a folder; to Electron such a page is not there. */
static GFileEnumerator *enumerate_children_cb(GFile *file, const char *attributes,
                                              GFileQueryInfoFlags flags, GCancellable *cancellable,
                                              GError **error)
{
    fail(error, G_IO_ERROR_NOT_FOUND, path_of(file), g_strerror(EISDIR));
    return NULL;
}

static void implement(GFileIface *iface)
{
    iface->dup = dup_cb;
    iface->hash = hash_cb;
    iface->equal = equal_cb;
    iface->is_native = is_native_cb;
    iface->has_uri_scheme = has_uri_scheme_cb;
    iface->get_uri_scheme = get_uri_scheme_cb;
    iface->get_basename = get_basename_cb;
    iface->get_path = get_path_cb;
    iface->get_uri = get_uri_cb;
    iface->get_parse_name = get_parse_name_cb;
    iface->get_parent = get_parent_cb;
    iface->resolve_relative_path = resolve_relative_path_cb;
    iface->query_info = query_info_cb;
    iface->enumerate_children = enumerate_children_cb;
    iface->read_fn = read_cb;
}

/* ---- the type ---- */

static void finalize(GObject *object)
{
    g_free(((WeftArchivedFile *)object)->path);
    G_OBJECT_CLASS(weft_archived_file_parent_class)->finalize(object);
}

static void weft_archived_file_init(WeftArchivedFile *self)
{
}

static void weft_archived_file_class_init(WeftArchivedFileClass *class)
{
    class->finalize = finalize;
}

static void weft_archived_file_class_finalize(WeftArchivedFileClass *class)
{
}

void weft_archived_file_register(GTypeModule *module)
{
    weft_archived_file_register_type(module);
}

/* Of an entry that is a file beside the archive, its real path; else NULL. */
static char *unpacked_path(const char *path, const struct weft_located *located)
{
    const struct weft_asar_index *index = weft_archive_index(located->archive);
    const struct weft_asar_entry *entry;
    if (weft_asar_index_find(index, located->inner, true, &entry) < 0 || !entry->unpacked ||
        entry->kind != WEFT_ASAR_FILE)
        return NULL;
    gsize length = weft_asar_index_path(index, entry, NULL, 0);
    g_autofree char *inner = g_malloc(length + 1);
    weft_asar_index_path(index, entry, inner, length + 1);
    return g_strdup_printf("%.*s.unpacked/%s", (int)located->archive_length, path, inner);
}

GFile *weft_archived_file_for_path(const char *path)
{
    struct weft_located located;
    char why[WEFT_ASAR_WHY_MAX];
    int r = weft_cache_locate(path, &located, why);
    if (r == WEFT_CACHE_PLAIN)
        return NULL;
    g_autofree char *unpacked = r == 0 ? unpacked_path(path, &located) : NULL;
    if (unpacked)
        return g_vfs_get_file_for_path(g_vfs_get_local(), unpacked);
    return file_new(path);
}
