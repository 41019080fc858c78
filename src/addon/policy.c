/* SPDX-License-Identifier: MIT */

#include "addon/policy.h"

#include <stddef.h>

const char *weft_addon_mode_name(enum weft_addon_mode mode)
{
    switch (mode) {
    case WEFT_ADDON_PRIVATE:
        return "private";
    case WEFT_ADDON_SHARE:
        return "share";
    case WEFT_ADDON_DEEP:
        return "deep";
    case WEFT_ADDON_DENY:
        return "deny";
    }
    return "";
}

/* Each of these keeps in static variables which files this process has open and locked. POSIX locks
 * belong to the process, so two instances would not see each other's: shown with real modules, one
 * opened a database that another had locked, and dropped the lock of another by closing its own. */
static const char *describe_locks(enum weft_addon_database database)
{
    switch (database) {
    case WEFT_ADDON_NO_DATABASE:
        break;
    case WEFT_ADDON_SQLITE:
        return "it holds SQLite, whose file locks guard a database only within one instance";
    case WEFT_ADDON_LMDB:
        return "it holds LMDB, which may open a database only once in a process";
    case WEFT_ADDON_LEVELDB:
        return "it holds LevelDB, whose file locks guard a database only within one instance";
    case WEFT_ADDON_ROCKSDB:
        return "it holds RocksDB, whose file locks guard a database only within one instance";
    }
    return NULL;
}

enum weft_addon_mode weft_addon_decide(const struct weft_addon_facts *facts, const char **ret_why)
{
    const char *locks = describe_locks(facts->database);

    if (facts->kind == WEFT_ADDON_V8_CONSTRUCTOR) {
        *ret_why =
            "it registers itself only once in each instance, so no two workers can share one";
        return WEFT_ADDON_PRIVATE;
    }
    *ret_why = locks ? locks : "each worker gets static variables of its own";
    return locks ? WEFT_ADDON_SHARE : WEFT_ADDON_PRIVATE;
}
