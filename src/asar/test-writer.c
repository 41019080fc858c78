/* SPDX-License-Identifier: MIT */

/* Packing, taking apart and checking, in a folder that goes with each test. */

#include "asar/extract.h"
#include "asar/output.h"
#include "asar/verify.h"
#include "asar/writer.h"
#include "base/cleanup.h"
#include "base/test.h"

#include <dirent.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char why[WEFT_ASAR_WHY_MAX];
static char folder[] = "weft-asar-XXXXXX";

static void leave_folder(int *unused)
{
    CHECK_EQ(chdir(".."), 0);
    weft_output_remove_tree(folder);
}

/* The test runs in a new folder. */
#define IN_FOLDER                                                                                  \
    const char *temporary_ = getenv("TMPDIR");                                                     \
    CHECK_EQ(chdir(temporary_ ? temporary_ : P_tmpdir), 0);                                        \
    CHECK(mkdtemp(folder) != NULL);                                                                \
    CHECK_EQ(chdir(folder), 0);                                                                    \
    WEFT_CLEANUP(leave_folder) int leave_ __attribute__((unused)) = 0

static void put(const char *path, const char *text)
{
    weft_autofd int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    CHECK(fd >= 0);
    CHECK_EQ(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

static bool holds(const char *path, const char *text)
{
    char bytes[64] = "";
    weft_autofd int fd = open(path, O_RDONLY);
    return fd >= 0 && read(fd, bytes, sizeof(bytes)) == (ssize_t)strlen(text) &&
           memcmp(bytes, text, strlen(text)) == 0;
}

static int count_entries(const char *path)
{
    struct dirent **names;
    int count = scandir(path, &names, NULL, NULL);
    for (int i = 0; i < count; i++)
        free(names[i]);
    free(names);
    return count - 2;
}

static void make_tree(void)
{
    CHECK_EQ(mkdir("in", 0755) | mkdir("in/d", 0755) | mkdir("in/empty", 0755), 0);
    put("in/a", "hello");
    put("in/copy", "hello");
    put("in/d/run", "#!");
    CHECK_EQ(chmod("in/d/run", 0750), 0);
    CHECK_EQ(symlink("../a", "in/d/link"), 0);
}

static int pack(const struct weft_asar_pack *pack)
{
    struct weft_asar_packed packed;
    why[0] = '\0';
    return weft_asar_pack(pack, &packed, why);
}

static void pack_well(const char *unpack)
{
    if (pack(&(struct weft_asar_pack){"in", "out.asar", .unpack = unpack}) != 0)
        weft_test_fail(__FILE__, __LINE__, "%s", why);
}

static int complaints;

static void complain_cb(void *data, const char *sentence)
{
    complaints++;
    snprintf(why, sizeof(why), "%s", sentence);
}

static struct weft_archive *open_archive(const char *path)
{
    struct weft_archive *archive = NULL;
    if (weft_archive_open(path, WEFT_ARCHIVE_DONT_CHECK, &archive, why) != 0)
        weft_test_fail(__FILE__, __LINE__, "%s", why);
    return archive;
}

static int extract(const char *path, size_t *ret_missing)
{
    struct weft_archive *archive = open_archive(path);
    const struct weft_asar_extract extract = {archive, path, "x", complain_cb};
    int r = weft_asar_extract(&extract, ret_missing, why);
    weft_archive_close(archive);
    return r;
}

static size_t verify(void)
{
    struct weft_archive *archive = open_archive("out.asar");
    const struct weft_asar_verify verify = {archive, "out.asar", complain_cb};
    struct weft_asar_verified verified;
    CHECK_EQ(weft_asar_verify(&verify, &verified), 0);
    weft_archive_close(archive);
    return verified.differ;
}

static void check_says(const char *clause)
{
    if (!strstr(why, clause))
        weft_test_fail(__FILE__, __LINE__, "'%s' does not say '%s'", why, clause);
}

TEST(what_is_packed_comes_out_again)
{
    IN_FOLDER;
    size_t missing = 42;
    struct stat stat_;
    make_tree();
    pack_well(NULL);
    CHECK_EQ(verify(), 0);
    CHECK_EQ(extract("out.asar", &missing), 0);
    CHECK_EQ(missing, 0);
    CHECK(holds("x/a", "hello") && holds("x/copy", "hello") && holds("x/d/link", "hello"));
    CHECK_EQ(stat("x/d/run", &stat_), 0);
    CHECK_EQ(stat_.st_mode & 0777, 0755);
    CHECK_EQ(count_entries("x/empty"), 0);
    CHECK_EQ(count_entries("."), 3); /* in, out.asar, x: nothing temporary */
}

TEST(files_of_the_same_content_share_it)
{
    IN_FOLDER;
    const struct weft_asar_entry *a, *copy;
    make_tree();
    pack_well(NULL);
    struct weft_archive *archive = open_archive("out.asar");
    CHECK_EQ(weft_asar_index_find(weft_archive_index(archive), "a", false, &a), 0);
    CHECK_EQ(weft_asar_index_find(weft_archive_index(archive), "copy", false, &copy), 0);
    CHECK_EQ(a->offset, copy->offset);
    weft_archive_close(archive);
}

TEST(what_is_left_beside_is_found_there_and_missed_when_it_is_gone)
{
    IN_FOLDER;
    size_t missing = 42;
    make_tree();
    pack_well("a");
    CHECK(holds("out.asar.unpacked/a", "hello"));
    CHECK_EQ(extract("out.asar", &missing), 0);
    CHECK(holds("x/a", "hello"));
    CHECK_EQ(unlink("out.asar.unpacked/a"), 0);
    CHECK_EQ(extract("out.asar", &missing), 0);
    CHECK_EQ(missing, 1);
    check_says("cannot read 'a' beside the archive: No such file");
    CHECK(holds("x/copy", "hello"));
    pack_well("a"); /* the folder is there: what is new goes into it */
    CHECK(holds("out.asar.unpacked/a", "hello"));
    CHECK_EQ(verify(), 0);
    CHECK_EQ(rename("out.asar.unpacked/a", "elsewhere"), 0); /* as where programs are packaged */
    CHECK_EQ(symlink("../elsewhere", "out.asar.unpacked/a"), 0);
    CHECK_EQ(verify(), 0);
    CHECK_EQ(extract("out.asar", &missing), 0);
    CHECK(missing == 0 && holds("x/a", "hello"));
    put("out.asar.unpacked/a", "HELLO");
    CHECK_EQ(verify(), 1);
    check_says("'a' beside the archive: block 0 is not");
}

TEST(damage_is_named_and_the_rest_comes_out)
{
    IN_FOLDER;
    size_t missing = 42;
    make_tree();
    pack_well(NULL);
    weft_autofd int fd = open("out.asar", O_RDWR);
    CHECK_EQ(pwrite(fd, "j", 1, lseek(fd, -7, SEEK_END)), 1); /* "hello" is before "#!" */
    CHECK_EQ(verify(), 2);                                    /* both that share it */
    CHECK_EQ(extract("out.asar", &missing), 0);
    CHECK_EQ(missing, 2);
    check_says("'copy' is damaged: block 0 is not what its hash says");
    CHECK(access("x/a", F_OK) < 0 && holds("x/d/run", "#!"));
}

static void check_not_packed(const char *clause)
{
    CHECK_EQ(pack(&(struct weft_asar_pack){"in", "out.asar"}), -EBADMSG);
    check_says(clause);
    CHECK(access("out.asar", F_OK) < 0);
}

TEST(what_no_archive_can_hold_is_refused)
{
    IN_FOLDER;
    make_tree();
    CHECK_EQ(symlink("../../elsewhere", "in/d/out"), 0);
    check_not_packed("'in/d/out' is a link to '../../elsewhere', which is out of the package");
    CHECK_EQ(unlink("in/d/out") | symlink("/etc", "in/d/out"), 0);
    check_not_packed("out of the package");
    CHECK_EQ(unlink("in/d/out") | symlink("..", "in/d/out"), 0);
    check_not_packed("is a link to the package itself");
    CHECK_EQ(unlink("in/d/out") | mkfifo("in/pipe", 0600), 0);
    check_not_packed("'in/pipe' is no file, no folder and no link");
    CHECK_EQ(unlink("in/pipe"), 0);
    put("in/a\\b", "");
    check_not_packed("a backslash in its name");
    CHECK_EQ(unlink("in/a\\b"), 0);
    put("in/\xff", "");
    check_not_packed("a name that is no UTF-8");
}

TEST(a_file_of_four_gigabytes_is_refused_unless_it_lies_beside)
{
    IN_FOLDER;
    CHECK_EQ(mkdir("in", 0755), 0);
    put("in/large", "");
    CHECK_EQ(truncate("in/large", (off_t)1 << 32), 0);
    check_not_packed("in/large: file size can not be larger than 4.2GB");
}

TEST(an_archive_that_is_there_stays_when_packing_fails)
{
    IN_FOLDER;
    make_tree();
    put("out.asar", "old");
    CHECK_EQ(symlink("/etc", "in/z"), 0);
    CHECK(pack(&(struct weft_asar_pack){"in", "out.asar"}) < 0);
    CHECK(holds("out.asar", "old"));
    CHECK_EQ(count_entries("."), 2);
    CHECK(pack(&(struct weft_asar_pack){"nowhere", "out.asar"}) < 0);
    check_says("cannot read the folder 'nowhere': No such file");
    CHECK(pack(&(struct weft_asar_pack){"in/a", "out.asar"}) < 0);
    check_says("'in/a' is no folder");
    CHECK(pack(&(struct weft_asar_pack){"in/empty", "in/d"}) < 0);
    check_says("is no regular file");
}

static void raise_held(void)
{
    sigset_t held;
    sigemptyset(&held);
    sigaddset(&held, SIGINT);
    sigprocmask(SIG_BLOCK, &held, NULL);
    CHECK_EQ(raise(SIGINT), 0);
}

TEST(a_pending_signal_leaves_nothing)
{
    IN_FOLDER;
    size_t missing = 42;
    make_tree();
    pack_well(NULL);
    raise_held();
    CHECK_EQ(extract("out.asar", &missing), -EINTR);
    CHECK_EQ(pack(&(struct weft_asar_pack){"in", "other.asar"}), -EINTR);
    CHECK_EQ(missing, 42);
    CHECK_EQ(count_entries("."), 2);
}

/* What lies beside the archive has its place by then. */
TEST(a_signal_that_comes_late_does_not_keep_what_is_written_from_its_place)
{
    IN_FOLDER;
    WEFT_CLEANUP(weft_output_deinit) struct weft_output output;
    put("out.asar", "old");
    CHECK_EQ(weft_output_create(&output, "out.asar", why), 0);
    CHECK_EQ(weft_output_write(&output, "new", 3, why), 0);
    CHECK_EQ(weft_output_flush(&output, why), 0);
    raise_held();
    CHECK_EQ(weft_output_publish(&output, why), 0);
    CHECK(holds("out.asar", "new"));
}

/* ---- hostile archives ---- */

static void put_archive(const char *json)
{
    char bytes[1024] = "";
    uint32_t size = (uint32_t)strlen(json), padded = (size + 3) & ~3u;
    const uint32_t prefix[] = {htole32(4), htole32(padded + 8), htole32(padded + 4), htole32(size)};
    memcpy(bytes, prefix, sizeof(prefix));
    memcpy(bytes + sizeof(prefix), json, size);
    memcpy(bytes + sizeof(prefix) + padded, "evil", 4);
    weft_autofd int fd = open("out.asar", O_WRONLY | O_CREAT | O_TRUNC, 0644);
    CHECK(write(fd, bytes, sizeof(prefix) + padded + 4) > 0);
}

TEST(a_file_without_a_hash_is_missed_where_it_should_lie)
{
    IN_FOLDER;
    put_archive("{\"files\":{\"a\":{\"size\":4,\"unpacked\":true},"
                "\"b\":{\"size\":4,\"offset\":\"0\"}}}");
    CHECK_EQ(verify(), 1);
    check_says("'a' beside the archive cannot be read: No such file");
    CHECK_EQ(mkdir("out.asar.unpacked", 0755), 0);
    put("out.asar.unpacked/a", "larger");
    CHECK_EQ(verify(), 1);
    check_says("'a' beside the archive: it has 6 bytes, not 4");
    put("out.asar.unpacked/a", "good");
    CHECK_EQ(verify(), 0);
}

TEST(links_out_of_the_package_are_not_made)
{
    IN_FOLDER;
    size_t missing = 42;
    put_archive("{\"files\":{\"l\":{\"link\":\"a/../../x\"}}}");
    CHECK_EQ(extract("out.asar", &missing), -EBADMSG);
    check_says("the link 'l' leads out of the package, to 'a/../../x'");
    CHECK_EQ(count_entries("."), 1); /* what was begun is gone */
    put_archive("{\"files\":{\"l\":{\"link\":\"/etc/passwd\"}}}");
    CHECK_EQ(extract("out.asar", &missing), 0);
    char text[64] = "";
    CHECK_EQ(readlink("x/l", text, sizeof(text) - 1), 10);
    CHECK_EQ(strcmp(text, "etc/passwd"), 0); /* from the root of the package */
}

TEST(links_that_are_there_are_not_written_through)
{
    IN_FOLDER;
    size_t missing = 42;
    CHECK_EQ(mkdir("x", 0755) | mkdir("outside", 0755) | symlink("../outside", "x/d"), 0);
    put_archive("{\"files\":{\"d\":{\"files\":{\"f\":{\"size\":4,\"offset\":\"0\"}}}}}");
    CHECK_EQ(extract("out.asar", &missing), -EBADMSG);
    check_says("a link or a file is in its place");
    CHECK_EQ(count_entries("outside"), 0);

    put("outside/f", "good");
    CHECK_EQ(unlink("x/d") | mkdir("x/d", 0755) | symlink("../../outside/f", "x/d/f"), 0);
    CHECK_EQ(extract("out.asar", &missing), 0);
    CHECK(holds("outside/f", "good") && holds("x/d/f", "evil"));
}
