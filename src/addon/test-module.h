/* SPDX-License-Identifier: MIT */

/*
 * addon/test-module - makes small .node files for tests, to be damaged by them
 *
 * What it makes is complete: the loader loads it. Its layout is that of newer linkers: the header,
 * the tables and the texts in a read-only segment, the dynamic section and the data in a writable
 * one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addon/elf.h"

#define TEST_MODULE_NAMES 4
#define TEST_MODULE_MAX   8192

/* What a module is to have; zeroes make one that exports and imports nothing. */
struct test_module {
    const char *exports[TEST_MODULE_NAMES];
    const char *imports[TEST_MODULE_NAMES];
    const char *needed[TEST_MODULE_NAMES];
    const char *needed_version;  /* of needed[0] */
    const char *defined_version; /* its own */
    const char *text;            /* a constant */
    bool has_unique;             /* its exports are STB_GNU_UNIQUE */
    bool has_sysv_hash;          /* DT_HASH instead of DT_GNU_HASH */
    bool has_old_layout;         /* one segment for the code and all that is read-only */
    bool is_for_android;         /* has Android's note */
    bool has_interpreter;        /* PT_INTERP */
    uint64_t flags;              /* DT_FLAGS */
    uint64_t flags_1;            /* DT_FLAGS_1 */
    uint64_t tls_size;
    uint64_t bss_size;
};

struct test_image {
    _Alignas(uint64_t) uint8_t bytes[TEST_MODULE_MAX];
    size_t size;
};

/* Ends the test when it does not fit. */
void test_module_build(const struct test_module *module, struct test_image *ret_image);

/* Parts of an image, to be changed; they end the test when there is none. */
Elf64_Ehdr *test_image_header(struct test_image *image);
Elf64_Phdr *test_image_segment(struct test_image *image, uint32_t type, size_t nth);
Elf64_Dyn *test_image_dynamic(struct test_image *image, int64_t tag);

/* The bytes that are loaded at @address. */
void *test_image_loaded(struct test_image *image, uint64_t address);
