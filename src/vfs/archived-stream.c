/* SPDX-License-Identifier: MIT */

#include "vfs/archived-stream.h"

#include <errno.h>

struct archived_stream {
    GFileInputStream parent;
    struct weft_archive *archive;
    const struct weft_asar_entry *file;
    char *name;
    guint64 at;
};

typedef struct archived_stream WeftArchivedStream;
typedef GFileInputStreamClass WeftArchivedStreamClass;

GType weft_archived_stream_get_type(void); /* the macro makes it, without this */
G_DEFINE_DYNAMIC_TYPE(WeftArchivedStream, weft_archived_stream, G_TYPE_FILE_INPUT_STREAM)

static gssize read_cb(GInputStream *stream, void *out, gsize size, GCancellable *cancellable,
                      GError **error)
{
    WeftArchivedStream *self = (WeftArchivedStream *)stream;
    uint32_t block = UINT32_MAX;
    ssize_t n = weft_archive_read(self->archive, self->file, out, size, self->at, &block);
    if (n >= 0) {
        self->at += (guint64)n;
        return n;
    }
    if (n == -EIO && block != UINT32_MAX)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "%s: block %u is not what the archive's header says of it", self->name, block);
    else
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno((int)-n), "%s: %s", self->name,
                    g_strerror((int)-n));
    return -1;
}

static goffset tell_cb(GFileInputStream *stream)
{
    return (goffset)((WeftArchivedStream *)stream)->at;
}

static gboolean can_seek_cb(GFileInputStream *stream)
{
    return TRUE;
}

/* As with lseek, any place from the start on is good; behind the end nothing is read. */
static gboolean seek_cb(GFileInputStream *stream, goffset offset, GSeekType type,
                        GCancellable *cancellable, GError **error)
{
    WeftArchivedStream *self = (WeftArchivedStream *)stream;
    goffset from = 0;
    if (type == G_SEEK_CUR)
        from = (goffset)self->at;
    else if (type == G_SEEK_END)
        from = (goffset)self->file->size;
    goffset to;
    if (__builtin_add_overflow(from, offset, &to) || to < 0) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "%s: no place to seek to",
                    self->name);
        return FALSE;
    }
    self->at = (guint64)to;
    return TRUE;
}

static void finalize(GObject *object)
{
    g_free(((WeftArchivedStream *)object)->name);
    G_OBJECT_CLASS(weft_archived_stream_parent_class)->finalize(object);
}

static void weft_archived_stream_init(WeftArchivedStream *self)
{
}

static void weft_archived_stream_class_init(WeftArchivedStreamClass *class)
{
    G_OBJECT_CLASS(class)->finalize = finalize;
    G_INPUT_STREAM_CLASS(class)->read_fn = read_cb;
    class->tell = tell_cb;
    class->can_seek = can_seek_cb;
    class->seek = seek_cb;
}

static void weft_archived_stream_class_finalize(WeftArchivedStreamClass *class)
{
}

void weft_archived_stream_register(GTypeModule *module)
{
    weft_archived_stream_register_type(module);
}

/* WebKit shows what it could open: a page that is damaged must fail before it is shown. */
static bool can_be_read(WeftArchivedStream *self, GError **error)
{
    char first;
    bool is_good = self->file->size == 0 ||
                   g_input_stream_read(G_INPUT_STREAM(self), &first, 1, NULL, error) >= 0;
    self->at = 0;
    return is_good;
}

GFileInputStream *weft_archived_stream_open(struct weft_archive *archive,
                                            const struct weft_asar_entry *file, const char *name,
                                            GError **error)
{
    WeftArchivedStream *self = g_object_new(weft_archived_stream_get_type(), NULL);
    self->archive = archive;
    self->file = file;
    self->name = g_strdup(name);
    if (!can_be_read(self, error))
        g_clear_object(&self);
    return (GFileInputStream *)self;
}
