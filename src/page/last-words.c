/* SPDX-License-Identifier: MIT */

#include "page/last-words.h"

#include <string.h>

/* "SIGSEGV", as everybody calls it. */
static const char *name_of(int signal)
{
    const char *name = sigabbrev_np(signal);
    return name ? name : "?";
}

/* "crashed (SIGSEGV) in /app/x.node" */
static char *describe_end(const struct weft_last_words *words)
{
    if (!words->heard)
        return g_strdup("was killed, ran out of memory, or could not be started");
    gboolean found = words->module[0] != '\0';
    g_autofree char *module = g_utf8_make_valid(words->module, -1);
    if (words->signal == 0)
        return g_strdup_printf("was ended by a call of exit() in %s",
                               found ? module : "native code");
    return g_strdup_printf("crashed (SIG%s) %s%s", name_of(words->signal), found ? "in " : "",
                           found ? module : "with no native module on the stack");
}

char *weft_last_words_describe(const struct weft_last_words *words, gboolean is_own)
{
    g_autofree char *end = describe_end(words);
    if (is_own)
        return g_strdup_printf("The process of this worker %s. It has ended with the workers that "
                               "it had made; a new one can be started.",
                               end);
    return g_strdup_printf("The process of this window's workers %s. All workers of the window "
                           "have ended; new ones can be started.",
                           end);
}

void weft_last_words_clear(struct weft_last_words *words)
{
    g_clear_pointer(&words->module, g_free);
    words->heard = FALSE;
}
