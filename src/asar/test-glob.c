/* SPDX-License-Identifier: MIT */

#include "asar/braces.h"
#include "asar/glob.h"
#include "base/cleanup.h"
#include "base/test.h"

#include <stdio.h>

static bool matches_as(const char *pattern, const char *path, enum weft_glob_options options)
{
    struct weft_glob *glob = NULL;
    CHECK_EQ(weft_glob_new(pattern, options, &glob), 0);
    bool does = weft_glob_matches(glob, path);
    weft_glob_free(glob);
    return does;
}

static bool matches(const char *pattern, const char *path)
{
    return matches_as(pattern, path, WEFT_GLOB_PLAIN);
}

TEST(wildcards_stay_within_a_name)
{
    CHECK(matches("*.js", "a.js"));
    CHECK(!matches("*.js", "b/a.js"));
    CHECK(matches("b/?.js", "b/a.js"));
    CHECK(matches("b/?.js", "b/\xf0\x9f\x98\x80.js")); /* one character of four bytes */
    CHECK(!matches("a*b", "a/b"));
    CHECK(!matches("*", ""));
}

TEST(two_stars_stand_for_folders)
{
    CHECK(matches("**/x", "x"));
    CHECK(matches("**/x", "a/b/x"));
    CHECK(matches("a/**/b/**/c", "a/b/x/y/b/c"));
    CHECK(!matches("a/**/b/**/c", "a/x/c"));
    CHECK(matches("a/**", "a/b/c"));
    CHECK(!matches("a/**", "a"));
    CHECK(matches("a/**", "a/"));
    CHECK(matches("**", ""));
    CHECK(!matches("a**b", "a/b")); /* with more in its name, it is as one star */
}

TEST(no_wildcard_stands_for_a_first_dot)
{
    CHECK(!matches("*", ".a"));
    CHECK(!matches("?a", ".a"));
    CHECK(!matches("[.]*", ".a"));
    CHECK(!matches("**/a", ".x/a"));
    CHECK(matches(".*", ".a"));
    CHECK(matches("!(b).a", ".a")); /* nothing stands before the dot */
    CHECK(!matches("*", ".."));
    CHECK(!matches(".*", ".."));
}

TEST(classes_have_ranges_names_and_opposites)
{
    CHECK(matches("[a-cx]", "b") && matches("[a-cx]", "x") && !matches("[a-cx]", "d"));
    CHECK(matches("[!a]", "b") && matches("[^a]", "b") && !matches("[!a]", "a"));
    CHECK(matches("[]a]", "]") && matches("[a-]", "-"));
    CHECK(matches("x[[:alpha:]_]", "x\xc3\xa9") && !matches("x[[:alpha:]_]", "x1"));
    CHECK(matches("[a", "[a")); /* is none */
    CHECK(!matches("[z-a]*", "m"));
    CHECK(matches("[[]*", "[x"));
}

TEST(groups_repeat_choose_and_exclude)
{
    CHECK(matches("@(a|b)c", "bc") && !matches("@(a|b)c", "c"));
    CHECK(matches("?(a|b)c", "c") && !matches("?(a)c", "aac"));
    CHECK(matches("*(a|b)c", "ababc") && matches("+(a)", "aaa") && !matches("+(a)", ""));
    CHECK(matches("x!(a|b)", "xc") && !matches("x!(a|b)", "xa") && !matches("x!(a)b", "xab"));
    CHECK(matches("!(a|b)", "a")); /* at the start it negates "(a|b)" */
    CHECK(matches("a!(b)", "a") && matches("x!(a!(b))", "xab"));
    CHECK(matches("@(a|@(b)", "@(a|b")); /* the first has no end */
    CHECK(matches("@()", "@()"));
}

TEST(backslashes_take_the_meaning_away)
{
    CHECK(matches("\\*", "*") && !matches("\\*", "a"));
    CHECK(matches("\\{a,b\\}", "{a,b}"));
    CHECK(matches("a\\", "a\\"));
}

TEST(a_mark_at_the_start_negates_and_a_hash_says_nothing)
{
    CHECK(matches("!a", "b") && !matches("!a", "a") && matches("!!a", "a"));
    CHECK(!matches("#a", "#a"));
    CHECK(matches("", "") && !matches("", "a"));
}

TEST(a_pattern_without_slash_can_be_for_the_last_name)
{
    CHECK(matches_as("*.node", "a/b.node", WEFT_GLOB_MATCH_BASE));
    CHECK(!matches_as("a/*.node", "x/a/b.node", WEFT_GLOB_MATCH_BASE));
    CHECK(matches_as("{b,c}", "a/b/", WEFT_GLOB_MATCH_BASE));
}

TEST(slashes_may_be_doubled_and_folders_left)
{
    CHECK(matches("a//b", "a/b") && matches("a/b", "a//b"));
    CHECK(matches("x/../a", "a"));
    CHECK(matches("/a", "/a") && !matches("/a", "a"));
}

/* All that the pattern becomes, with a bar in between. */
static bool becomes(const char *pattern, const char *expected)
{
    char joined[512] = "";
    WEFT_CLEANUP(weft_strings_deinit) struct weft_strings all = {0};
    CHECK_EQ(weft_braces_expand(pattern, &all), 0);
    for (size_t i = 0; i < all.count; i++)
        snprintf(joined + strlen(joined), sizeof(joined) - strlen(joined), "%s%s", i ? "|" : "",
                 all.items[i]);
    if (strcmp(joined, expected) != 0)
        weft_test_fail(__FILE__, __LINE__, "'%s' becomes '%s'", pattern, joined);
    return true;
}

TEST(braces_become_what_bash_makes_of_them)
{
    CHECK(becomes("a{b,c}d", "abd|acd"));
    CHECK(becomes("{a,{b,c}}{1,2}", "a1|a2|b1|b2|c1|c2"));
    CHECK(becomes("{1..3}", "1|2|3") && becomes("{3..1..2}", "3|1"));
    CHECK(becomes("{01..3}", "01|02|03") && becomes("{-1..1}", "-1|0|1"));
    CHECK(becomes("{a..c}", "a|b|c"));
    CHECK(becomes("{a}", "{a}") && becomes("{}", "{}") && becomes("${a,b}", "${a,b}"));
    CHECK(becomes("{a},b}", "a}|b"));
    CHECK(becomes("{{a,b}}", "{a}|{b}"));
    CHECK(becomes("{a\\,b,c}", "a,b|c"));
    CHECK(becomes("{,a}", "a") && becomes("x{,a}", "x|xa"));
    CHECK(becomes("{a,b", "{a,b"));
}

TEST(patterns_that_would_never_end_are_refused)
{
    struct weft_glob *glob = NULL;
    char deep[400] = "";
    CHECK_EQ(weft_glob_new("{1..1000000000}", WEFT_GLOB_PLAIN, &glob), -E2BIG);
    CHECK_EQ(weft_glob_new("{1..9999}{1..9999}", WEFT_GLOB_PLAIN, &glob), -E2BIG);
    for (int i = 0; i < 60; i++)
        strcat(deep, "!(");
    for (int i = 0; i < 60; i++)
        strcat(deep, ")");
    CHECK_EQ(weft_glob_new(deep + 1, WEFT_GLOB_PLAIN, &glob), -E2BIG);
    CHECK_EQ(weft_glob_new("\xff", WEFT_GLOB_PLAIN, &glob), -EILSEQ);
    CHECK(!glob);
}

/* Backtracking would take years. */
TEST(many_stars_take_no_longer_than_the_name)
{
    char pattern[512] = "", name[256];
    for (int i = 0; i < 50; i++)
        strcat(pattern, "*(a|aa)*");
    strcat(pattern, "b");
    memset(name, 'a', 250);
    name[250] = '\0';
    CHECK(!matches(pattern, name));
}
