/* SPDX-License-Identifier: MIT */

#include "main/save-dialog.h"

#include "main/value.h"
#include "main/window.h"

#include <gtk/gtk.h>

struct dialog {
    GtkFileChooserNative *native;
    struct weft_callback callback;
};

static void response_cb(GtkNativeDialog *native, int response, gpointer data)
{
    struct dialog *dialog = data;
    g_autofree char *path = NULL;
    if (response == GTK_RESPONSE_ACCEPT) {
        g_autoptr(GFile) file = gtk_file_chooser_get_file(GTK_FILE_CHOOSER(native));
        path = file ? g_file_get_path(file) : NULL;
    }
    weft_callback_emit(&dialog->callback, "chosen", "s", path);
    weft_callback_deinit(&dialog->callback);
    gtk_native_dialog_destroy(native);
    g_object_unref(native);
    g_free(dialog);
}

static GtkWindow *parent_from(napi_env env, napi_value value)
{
    napi_valuetype type;
    bool is_window = napi_typeof(env, value, &type) == napi_ok && type == napi_object;
    return is_window ? weft_window_gtk(env, value) : NULL;
}

napi_value weft_save_dialog_ask_js(napi_env env, napi_callback_info info)
{
    napi_value argv[3];
    struct weft_callback callback;
    if (!weft_value_arguments(env, info, 3, argv, NULL))
        return NULL;
    g_autofree char *title = weft_value_get_string(env, argv[1], "title");
    g_autofree char *folder = weft_value_get_string(env, argv[1], "folder");
    g_autofree char *name = weft_value_get_string(env, argv[1], "name");
    g_autofree char *label = weft_value_get_string(env, argv[1], "acceptLabel");
    GtkWindow *parent = parent_from(env, argv[0]);
    if (!weft_callback_init(&callback, env, argv[2]))
        return NULL;

    struct dialog *dialog = g_new0(struct dialog, 1);
    dialog->callback = callback;
    dialog->native =
        gtk_file_chooser_native_new(title, parent, GTK_FILE_CHOOSER_ACTION_SAVE, label, NULL);
    if (name)
        gtk_file_chooser_set_current_name(GTK_FILE_CHOOSER(dialog->native), name);
    if (folder) {
        g_autoptr(GFile) file = g_file_new_for_path(folder);
        gtk_file_chooser_set_current_folder(GTK_FILE_CHOOSER(dialog->native), file, NULL);
    }
    g_signal_connect(dialog->native, "response", G_CALLBACK(response_cb), dialog);
    gtk_native_dialog_set_modal(GTK_NATIVE_DIALOG(dialog->native), parent != NULL);
    gtk_native_dialog_show(GTK_NATIVE_DIALOG(dialog->native));
    return NULL;
}
