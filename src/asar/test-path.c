/* SPDX-License-Identifier: MIT */

#include "asar/path.h"
#include "asar/utf8.h"
#include "base/cleanup.h"
#include "base/test.h"

#include <stdio.h>

static void check_normal(const char *path, const char *expected)
{
    char text[64];
    snprintf(text, sizeof(text), "%s", path);
    weft_path_normalize(text);
    if (strcmp(text, expected) != 0)
        weft_test_fail(__FILE__, __LINE__, "'%s' becomes '%s'", path, text);
}

TEST(paths_lose_what_says_nothing)
{
    check_normal("a//b/./c/", "a/b/c");
    check_normal("./a/../b", "b");
    check_normal("a/../../b", "../b");
    check_normal("../../a/..", "../..");
    check_normal("/../a/../..", "/");
    check_normal("a/..", ".");
    check_normal("", ".");
    check_normal("..a/...", "..a/...");
}

TEST(what_lies_in_a_folder_is_told_from_what_starts_like_it)
{
    CHECK_EQ(strcmp(weft_path_within("/a", "/a/b"), "b"), 0);
    CHECK_EQ(strcmp(weft_path_within("/a", "/a"), ""), 0);
    CHECK_EQ(strcmp(weft_path_within("/", "/b"), "b"), 0);
    CHECK(!weft_path_within("/a", "/ab"));
    CHECK(!weft_path_within("/a", "/"));
}

static void check_relative(const char *from, const char *to, const char *expected)
{
    weft_autofree char *path = weft_path_relative(from, to);
    if (!path || strcmp(path, expected) != 0)
        weft_test_fail(__FILE__, __LINE__, "from '%s' to '%s' is '%s'", from, to, path);
}

TEST(links_say_the_way_from_where_they_are)
{
    check_relative("link", "a/b", "a/b");
    check_relative("a/link", "a/b", "b");
    check_relative("a/b/link", "c", "../../c");
    check_relative("ab/link", "a/x", "../a/x");
}

TEST(only_utf8_is_valid)
{
    CHECK(weft_utf8_is_valid("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 10));
    CHECK(!weft_utf8_is_valid("\xff", 1));
    CHECK(!weft_utf8_is_valid("\xc0\x80", 2));         /* overlong */
    CHECK(!weft_utf8_is_valid("\xe0\x80\x80", 3));     /* overlong */
    CHECK(!weft_utf8_is_valid("\xed\xa0\x80", 3));     /* half of a pair */
    CHECK(!weft_utf8_is_valid("\xf4\x90\x80\x80", 4)); /* past the last */
    CHECK(!weft_utf8_is_valid("\xe2\x82", 2));         /* cut short */
}

/* U+1F600 is a pair that starts with d83d, so JavaScript sorts it before U+FF21. */
TEST(names_are_sorted_as_javascript_sorts_them)
{
    CHECK(weft_utf8_compare_as_utf16("\xf0\x9f\x98\x80", "\xef\xbc\xa1") < 0);
    CHECK(weft_utf8_compare_as_utf16("\xee\x80\x80", "\xf0\x9f\x98\x80") > 0);
    CHECK(weft_utf8_compare_as_utf16("\xed\x9f\xbf", "\xf0\x9f\x98\x80") < 0);
    CHECK(weft_utf8_compare_as_utf16("a", "ab") < 0);
    CHECK(weft_utf8_compare_as_utf16("a-b", "a/b") < 0);
    CHECK_EQ(weft_utf8_compare_as_utf16("a", "a"), 0);
}
