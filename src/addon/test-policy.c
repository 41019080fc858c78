/* SPDX-License-Identifier: MIT */

#include "addon/policy.h"

#include "base/test.h"

static void check_mode(enum weft_addon_kind kind, enum weft_addon_database database,
                       enum weft_addon_mode mode, const char *reason)
{
    const struct weft_addon_facts facts = {.kind = kind, .database = database};
    const char *why = "";
    CHECK_EQ(weft_addon_decide(&facts, &why), mode);
    if (!strstr(why, reason))
        weft_test_fail(__FILE__, __LINE__, "\"%s\" does not say \"%s\"", why, reason);
}

TEST(a_module_is_private_by_default)
{
    check_mode(WEFT_ADDON_NAPI_SYMBOL, WEFT_ADDON_NO_DATABASE, WEFT_ADDON_PRIVATE, "of its own");
    check_mode(WEFT_ADDON_NAPI_CONSTRUCTOR, WEFT_ADDON_NO_DATABASE, WEFT_ADDON_PRIVATE,
               "of its own");
    check_mode(WEFT_ADDON_V8_SYMBOL, WEFT_ADDON_NO_DATABASE, WEFT_ADDON_PRIVATE, "of its own");
}

TEST(a_module_with_a_database_is_shared_and_says_whose_locks)
{
    check_mode(WEFT_ADDON_NAPI_SYMBOL, WEFT_ADDON_SQLITE, WEFT_ADDON_SHARE,
               "SQLite, whose file locks");
    check_mode(WEFT_ADDON_NAPI_SYMBOL, WEFT_ADDON_LMDB, WEFT_ADDON_SHARE, "LMDB");
    check_mode(WEFT_ADDON_NAPI_SYMBOL, WEFT_ADDON_LEVELDB, WEFT_ADDON_SHARE,
               "LevelDB, whose file locks");
    check_mode(WEFT_ADDON_V8_SYMBOL, WEFT_ADDON_ROCKSDB, WEFT_ADDON_SHARE,
               "RocksDB, whose file locks");
}

/* Shared, only one worker at a time could load it: better without the locks of others than not. */
TEST(a_module_that_registers_once_is_private_whatever_it_holds)
{
    check_mode(WEFT_ADDON_V8_CONSTRUCTOR, WEFT_ADDON_NO_DATABASE, WEFT_ADDON_PRIVATE, "only once");
    check_mode(WEFT_ADDON_V8_CONSTRUCTOR, WEFT_ADDON_SQLITE, WEFT_ADDON_PRIVATE, "only once");
}

TEST(modes_have_the_names_that_apps_write)
{
    CHECK(strcmp(weft_addon_mode_name(WEFT_ADDON_PRIVATE), "private") == 0);
    CHECK(strcmp(weft_addon_mode_name(WEFT_ADDON_SHARE), "share") == 0);
    CHECK(strcmp(weft_addon_mode_name(WEFT_ADDON_DEEP), "deep") == 0);
    CHECK(strcmp(weft_addon_mode_name(WEFT_ADDON_DENY), "deny") == 0);
}
