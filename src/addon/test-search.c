/* SPDX-License-Identifier: MIT */

#include "addon/search.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/test.h"

static const char *const words[] = {"SQLite format 3", "twelve bytes", "leveldb.Bytewise"};

/* In a block of just the size: what is read past its end is seen by the sanitizers. */
static uint32_t search(const char *text, size_t size)
{
    weft_autofree char *copy = malloc(size ? size : 1);
    CHECK(copy);
    memcpy(copy, text, size);
    return weft_search(copy, size, words, 3);
}

TEST(words_are_found_wherever_they_stand)
{
    for (size_t before = 0; before < 40; before++)
        for (size_t after = 0; after < 40; after++)
            for (size_t i = 0; i < 3; i++) {
                char text[128];
                size_t length = strlen(words[i]);
                memset(text, 'e', sizeof(text));
                memcpy(text + before, words[i], length);
                CHECK_EQ(search(text, before + length + after), 1 << i);
            }
}

TEST(parts_of_words_are_not_found)
{
    for (size_t i = 0; i < 3; i++)
        for (size_t size = 0; size < strlen(words[i]); size++) {
            CHECK_EQ(search(words[i], size), 0);
            CHECK_EQ(search(words[i] + 1, size), 0);
        }
}

TEST(all_words_of_a_text_are_found)
{
    static const char text[] =
        "SQLite format 4, SQLite format 3leveldb.ByteLEVELDBleveldb.Bytewise";
    CHECK_EQ(search(text, sizeof(text)), 5);
    CHECK_EQ(search("", 0), 0);
}
