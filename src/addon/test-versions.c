/* SPDX-License-Identifier: MIT */

#include "addon/versions.h"

#include <errno.h>

#include "addon/test-module.h"
#include "base/test.h"

struct seen {
    size_t count;
    char library[32], version[32];
    int answer;
};

static int see_cb(void *data, const char *library, const char *version)
{
    struct seen *seen = data;
    seen->count++;
    strncpy(seen->library, library, sizeof(seen->library) - 1);
    strncpy(seen->version, version, sizeof(seen->version) - 1);
    return seen->answer;
}

static struct weft_elf open_image(const struct test_image *image)
{
    struct weft_elf elf;
    char why[WEFT_ELF_WHY_MAX];
    CHECK_EQ(weft_elf_open(image->bytes, image->size, &elf, why), 0);
    return elf;
}

static const struct test_module versioned = {.exports = {"one"},
                                             .needed = {"libstdc++.so.6"},
                                             .needed_version = "GLIBCXX_3.4.31",
                                             .defined_version = "ONE_1.0"};

TEST(what_is_needed_is_listed)
{
    struct test_image image;
    struct seen seen = {.answer = 0};
    test_module_build(&versioned, &image);
    struct weft_elf elf = open_image(&image);

    CHECK_EQ(weft_versions_list(&elf, see_cb, &seen), 0);
    CHECK_EQ(seen.count, 1);
    CHECK(strcmp(seen.library, "libstdc++.so.6") == 0);
    CHECK(strcmp(seen.version, "GLIBCXX_3.4.31") == 0);
    seen.answer = -ENOENT;
    CHECK_EQ(weft_versions_list(&elf, see_cb, &seen), -ENOENT);
}

TEST(what_is_defined_is_found)
{
    struct test_image image;
    test_module_build(&versioned, &image);
    struct weft_elf elf = open_image(&image);

    CHECK(weft_versions_has(&elf, "ONE_1.0"));
    CHECK(!weft_versions_has(&elf, "ONE_1"));
    CHECK(!weft_versions_has(&elf, "GLIBCXX_3.4.31"));
}

TEST(an_object_without_versions_has_none)
{
    struct test_image image;
    struct seen seen = {.answer = 0};
    test_module_build(&(struct test_module){.exports = {"one"}}, &image);
    struct weft_elf elf = open_image(&image);

    CHECK_EQ(weft_versions_list(&elf, see_cb, &seen), 0);
    CHECK_EQ(seen.count, 0);
    CHECK(!weft_versions_has(&elf, ""));
}

/* The loader only warns where a weak one is missing. */
TEST(a_weak_need_is_not_listed)
{
    struct test_image image;
    struct seen seen = {.answer = 0};
    test_module_build(&versioned, &image);
    Elf64_Verneed *need =
        test_image_loaded(&image, test_image_dynamic(&image, DT_VERNEED)->d_un.d_ptr);
    Elf64_Vernaux *version = (void *)(need + 1);
    version->vna_flags = VER_FLG_WEAK;
    struct weft_elf elf = open_image(&image);

    CHECK_EQ(weft_versions_list(&elf, see_cb, &seen), 0);
    CHECK_EQ(seen.count, 0);
}

TEST(lists_that_leave_the_file_end_there)
{
    struct test_image image;
    struct seen seen = {.answer = 0};
    test_module_build(&versioned, &image);
    Elf64_Verneed *need =
        test_image_loaded(&image, test_image_dynamic(&image, DT_VERNEED)->d_un.d_ptr);
    Elf64_Verdef *definition =
        test_image_loaded(&image, test_image_dynamic(&image, DT_VERDEF)->d_un.d_ptr);

    test_image_dynamic(&image, DT_VERNEEDNUM)->d_un.d_val = UINT64_MAX;
    test_image_dynamic(&image, DT_VERDEFNUM)->d_un.d_val = UINT64_MAX;
    need->vn_next = definition->vd_next = UINT32_MAX;
    struct weft_elf elf = open_image(&image);
    CHECK_EQ(weft_versions_list(&elf, see_cb, &seen), -ELIBBAD);
    CHECK(!weft_versions_has(&elf, "ONE_2.0"));

    need->vn_aux = definition->vd_aux = UINT32_MAX;
    elf = open_image(&image);
    CHECK_EQ(weft_versions_list(&elf, see_cb, &seen), -ELIBBAD);
    CHECK(!weft_versions_has(&elf, "ONE_1.0"));
}
