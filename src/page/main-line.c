/* SPDX-License-Identifier: MIT */

#include "page/main-line.h"

#include <gio/gunixfdlist.h>

int weft_main_line_open(WebKitWebProcessExtension *extension, WebKitFrame *frame, const char *token,
                        JSCValue *callbacks, struct weft_port **ret_port)
{
    int descriptors[WEFT_LINK_DESCRIPTORS];
    int r = weft_port_new(callbacks, ret_port, descriptors);
    if (r < 0)
        return r;
    weft_port_watch_peer(*ret_port);
    /* To the context, not to the view: see page/host.c. */
    g_autoptr(GUnixFDList) list = g_unix_fd_list_new_from_array(descriptors, WEFT_LINK_DESCRIPTORS);
    GVariant *parameters = g_variant_new("(stb)", token, webkit_frame_get_id(frame),
                                         webkit_frame_is_main_frame(frame));
    webkit_web_process_extension_send_message_to_context(
        extension, webkit_user_message_new_with_fd_list("main-line", parameters, list), NULL, NULL,
        NULL);
    return 0;
}
