/* SPDX-License-Identifier: MIT */

/*
 * main/view-open - windows that a page opens, and pages that it goes to
 *
 * Main process, main thread. WebKit asks for a view when a page opens a window; the view's callback
 * makes one that is related to the page's and gives it with giveChild(), or the page gets null.
 */

#include "main/view.h"

#include <libsoup/soup.h>

GtkWidget *weft_view_create_cb(WebKitWebView *web, WebKitNavigationAction *action, gpointer data)
{
    struct weft_view *view = data;
    WebKitURIRequest *request = webkit_navigation_action_get_request(action);
    g_autoptr(WebKitWebView) opener = g_object_ref(web); /* the callback may close it */

    weft_callback_emit(&view->callback, "window-open", "ssi", webkit_uri_request_get_uri(request),
                       webkit_navigation_action_get_frame_name(action),
                       (int)webkit_navigation_action_get_navigation_type(action));
    struct weft_view *child = view->child;
    view->child = NULL;
    /* WebKit takes no reference of its own: the view is JavaScript's, and its window's. */
    return child && child->web && view->web ? GTK_WIDGET(child->web) : NULL;
}

napi_value weft_view_give_child_js(napi_env env, napi_callback_info info)
{
    napi_value argv[1];
    struct weft_view *view = weft_view_this(env, info, 1, argv);
    if (view)
        view->child = weft_view_unwrap(env, argv[0]);
    return NULL;
}

/* A window that the page has opened: what it has asked for. Sizes of 0 are not asked for. */
void weft_view_ready_to_show_cb(WebKitWebView *web, gpointer data)
{
    struct weft_view *view = data;
    GdkRectangle area;
    webkit_window_properties_get_geometry(webkit_web_view_get_window_properties(web), &area);
    weft_callback_emit(&view->callback, "opened", "iiii", area.x, area.y, area.width, area.height);
}

/* "No content" and "reset content": the page stays as it is. */
#define HTTP_NO_CONTENT    204
#define HTTP_RESET_CONTENT 205

/* What cannot be shown is saved, and so is what its server wants to be. */
static bool is_for_download(WebKitResponsePolicyDecision *decision)
{
    WebKitURIResponse *response = webkit_response_policy_decision_get_response(decision);
    SoupMessageHeaders *headers = webkit_uri_response_get_http_headers(response);
    g_autofree char *disposition = NULL;
    g_autoptr(GHashTable) ignored = NULL;
    guint status = webkit_uri_response_get_status_code(response);
    if (status == HTTP_NO_CONTENT || status == HTTP_RESET_CONTENT)
        return false;
    if (!webkit_response_policy_decision_is_mime_type_supported(decision))
        return true;
    return headers &&
           soup_message_headers_get_content_disposition(headers, &disposition, &ignored) &&
           disposition && g_ascii_strcasecmp(disposition, "attachment") == 0;
}

/* 'save', uri: what the app's own protocol has given, which WebKit cannot save. */
static void save_response(struct weft_view *view, WebKitPolicyDecision *decision)
{
    WebKitURIRequest *request =
        webkit_response_policy_decision_get_request(WEBKIT_RESPONSE_POLICY_DECISION(decision));
    const char *uri = webkit_uri_request_get_uri(request);
    if (!weft_callback_emit(&view->callback, "save", "s", uri))
        webkit_policy_decision_download(decision);
    else
        webkit_policy_decision_ignore(decision);
}

/* WebKit tells of the frame of a navigation only when its response is there. */
static gboolean decide_response(struct weft_view *view, WebKitPolicyDecision *decision)
{
    WebKitResponsePolicyDecision *response = WEBKIT_RESPONSE_POLICY_DECISION(decision);
    if (is_for_download(response)) {
        save_response(view, decision);
        return TRUE;
    }
    if (!webkit_response_policy_decision_is_main_frame_main_resource(response))
        return FALSE;
    WebKitURIRequest *request = webkit_response_policy_decision_get_request(response);
    if (weft_callback_emit(&view->callback, "will-show", "s", webkit_uri_request_get_uri(request)))
        return FALSE;
    webkit_policy_decision_ignore(decision);
    return TRUE;
}

/* 'navigating', WebKitNavigationType, comes before any navigation of any frame: what scripts() sets
 * then, the document that comes will have. 'will-show' -> true: the main frame may show it. */
gboolean weft_view_decide_policy_cb(WebKitWebView *web, WebKitPolicyDecision *decision,
                                    WebKitPolicyDecisionType type, gpointer data)
{
    struct weft_view *view = data;
    if (type == WEBKIT_POLICY_DECISION_TYPE_RESPONSE)
        return decide_response(view, decision);
    if (type != WEBKIT_POLICY_DECISION_TYPE_NAVIGATION_ACTION)
        return FALSE;
    WebKitNavigationAction *action = webkit_navigation_policy_decision_get_navigation_action(
        WEBKIT_NAVIGATION_POLICY_DECISION(decision));
    weft_callback_emit(&view->callback, "navigating", "i",
                       (int)webkit_navigation_action_get_navigation_type(action));
    return FALSE;
}
