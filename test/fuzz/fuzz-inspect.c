/* SPDX-License-Identifier: MIT */

/* A .node file that an app brings: the input is the file. What is judged must never be read past
 * its end, whatever its fields say; and a file is judged as its bytes are. */

#include "addon/elf.h"
#include "addon/inspect.h"
#include "addon/policy.h"
#include "addon/versions.h"
#include "input.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define NODE_ABI 147

/* Longer than what a file's reader takes in any case, so that it has to choose its parts. */
#define FILE_BYTES 8192

static void check_verdict(int r, const char *why)
{
    promised(r == 0 || r == -ENOEXEC || r == -EPROTONOSUPPORT || r == -ENOMSG || r == -ELIBBAD);
    promised(strnlen(why, WEFT_ELF_WHY_MAX) < WEFT_ELF_WHY_MAX);
    promised((r == 0) == (why[0] == '\0'));
}

static int read_version_cb(void *data, const char *library, const char *version)
{
    size_t *sum = data;
    *sum += strlen(library) + strlen(version);
    return 0;
}

/* All that a view offers can be read. */
static void check_view(const uint8_t *bytes, size_t size)
{
    struct weft_elf elf;
    char why[WEFT_ELF_WHY_MAX] = "";
    if (weft_elf_open(bytes, size, &elf, why) != 0)
        return;
    size_t sum = 0;
    for (size_t i = 0; i < elf.symbol_count; i++)
        sum += strlen(weft_elf_symbol_name(&elf, &elf.symbols[i]));
    for (size_t i = 0; i < elf.dynamic_count; i++)
        sum += strlen(weft_elf_string(&elf, elf.dynamic[i].d_un.d_val));
    for (size_t i = 0; i < elf.segment_count; i++)
        if (elf.segments[i].p_type == PT_LOAD)
            for (uint64_t at = 0; at < elf.segments[i].p_filesz; at++)
                sum += elf.bytes[elf.segments[i].p_offset + at];
    weft_versions_list(&elf, read_version_cb, &sum);
    sum += weft_versions_has(&elf, "GLIBC_2.2.5");
    promised(sum < SIZE_MAX);
}

static void check_good(const struct weft_addon_facts *facts)
{
    const char *why = NULL;
    enum weft_addon_mode mode = weft_addon_decide(facts, &why);
    promised(mode == WEFT_ADDON_PRIVATE || mode == WEFT_ADDON_SHARE);
    promised(why && why[0]);
}

/* As a file that ends with zeroes, and as the bytes of that file. */
static void check_file(const uint8_t *data, size_t size)
{
    static int fd = -1;
    static char path[64];
    uint8_t *bytes = calloc(1, FILE_BYTES);
    struct weft_addon_facts facts = {0}, of_file = {0};
    char why[WEFT_ELF_WHY_MAX] = "", why_file[WEFT_ELF_WHY_MAX] = "";

    if (fd < 0) {
        fd = memfd_create("inspected", MFD_CLOEXEC);
        snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    }
    promised(bytes != NULL && fd >= 0);
    size = size < FILE_BYTES ? size : FILE_BYTES;
    memcpy(bytes, data, size);
    promised(pwrite(fd, bytes, FILE_BYTES, 0) == FILE_BYTES);

    int r = weft_addon_inspect(bytes, FILE_BYTES, NODE_ABI, &facts, why);
    promised(weft_addon_inspect_file(path, NODE_ABI, &of_file, why_file) == r);
    promised(strcmp(why, why_file) == 0);
    promised(memcmp(&facts, &of_file, sizeof(facts)) == 0);
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* In a block of its own: what is read past its end is seen. */
    uint8_t *bytes = malloc(size ? size : 1);
    struct weft_addon_facts facts = {0};
    char why[WEFT_ELF_WHY_MAX] = "";
    promised(bytes != NULL);
    memcpy(bytes, data, size);

    int r = weft_addon_inspect(bytes, size, NODE_ABI, &facts, why);
    check_verdict(r, why);
    check_view(bytes, size);
    if (r == 0)
        check_good(&facts);
    check_file(data, size);
    free(bytes);
    return 0;
}
