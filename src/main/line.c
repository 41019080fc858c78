/* SPDX-License-Identifier: MIT */

#include "main/line.h"

#include "base/descriptors.h"
#include "node/handoff.h"

#include <gio/gunixfdlist.h>

/* Duplicates those of @message, close-on-exec. Returns whether they are a channel's, in number. */
static gboolean take_descriptors(WebKitUserMessage *message, int ret_fds[WEFT_LINK_DESCRIPTORS])
{
    GUnixFDList *list = webkit_user_message_get_fd_list(message);
    if (!list || g_unix_fd_list_get_length(list) != WEFT_LINK_DESCRIPTORS)
        return FALSE;
    int fds[WEFT_LINK_DESCRIPTORS];
    gboolean has_all = TRUE;
    for (int i = 0; i < WEFT_LINK_DESCRIPTORS; i++) {
        fds[i] = g_unix_fd_list_get(list, i, NULL);
        has_all = has_all && fds[i] >= 0;
    }
    /* What the engine needs is left to it. */
    if (!has_all || weft_descriptors_are_scarce(fds, WEFT_LINK_DESCRIPTORS)) {
        weft_descriptors_close(fds, WEFT_LINK_DESCRIPTORS);
        return FALSE;
    }
    memcpy(ret_fds, fds, sizeof(fds));
    return TRUE;
}

gboolean weft_line_receive(WebKitUserMessage *message, struct weft_callback *callback)
{
    GVariant *parameters = webkit_user_message_get_parameters(message);
    int fds[WEFT_LINK_DESCRIPTORS];
    guint32 key;
    if (!g_str_equal(webkit_user_message_get_name(message), "main-line") || !parameters ||
        !g_variant_is_of_type(parameters, G_VARIANT_TYPE("(stb)")) ||
        !take_descriptors(message, fds) || weft_handoff_put(fds, &key) < 0)
        return FALSE;
    const char *token;
    guint64 frame;
    gboolean is_main;
    g_variant_get(parameters, "(&stb)", &token, &frame, &is_main);
    weft_callback_emit(callback, "main-line", "sidb", token, (int)key, (double)frame, is_main);
    return TRUE;
}
