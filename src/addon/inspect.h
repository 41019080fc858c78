/* SPDX-License-Identifier: MIT */

/*
 * addon/inspect - judges a .node file before anything loads it
 *
 * A damaged file would kill the process in dlopen, and one for another machine or another C library
 * gets a misleading error there. What can be known from the bytes is said here, in one clause each.
 * The facts about a good file are what its policy (addon/policy.h) and its private copy
 * (addon/copy.h) need.
 *
 * Thread: any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addon/elf.h"

/* How a module tells Node that it is there. */
enum weft_addon_kind {
    WEFT_ADDON_NAPI_SYMBOL,      /* Node-API, by an exported napi_register_module_v1 */
    WEFT_ADDON_NAPI_CONSTRUCTOR, /* Node-API, by a static constructor (napi_module_register) */
    WEFT_ADDON_V8_SYMBOL,        /* V8, context-aware (node_register_module_v147) */
    WEFT_ADDON_V8_CONSTRUCTOR,   /* V8, NODE_MODULE: once a process (node_module_register) */
};

/* What a process may only have once, found by its texts (reference: docs/native-modules.md). */
enum weft_addon_database {
    WEFT_ADDON_NO_DATABASE,
    WEFT_ADDON_SQLITE,
    WEFT_ADDON_LMDB,
    WEFT_ADDON_LEVELDB,
    WEFT_ADDON_ROCKSDB,
};

struct weft_addon_facts {
    enum weft_addon_kind kind;
    enum weft_addon_database database;
    uint32_t unique_symbols; /* STB_GNU_UNIQUE: one address a process, whatever the instance */
    uint64_t tls_size;       /* in bytes */
    uint64_t writable_size;  /* .data and .bss together, in bytes: the state of an instance */
    bool uses_v8;            /* imports V8's own C++ symbols */
    bool static_tls;         /* DF_STATIC_TLS */
    bool no_delete;          /* DF_1_NODELETE: can't be unloaded */
    bool text_relocations;   /* DT_TEXTREL */
    bool starts_threads;     /* imports pthread_create */
};

/* What is wrong comes as a negative errno and always with one clause in @ret_why for people, such
 * as "it is built for arm64, but this process is x64; install its package again on this machine":
 *   -ENOEXEC          for another machine, system or C library
 *   -EPROTONOSUPPORT  for another Node.js
 *   -ENOMSG           no module of Node.js, or no shared object at all
 *   -ELIBBAD          damaged
 *   any other         the file can't be read */

/* Judges the @size bytes of a whole file, which begin at a multiple of 8. @node_abi is Node's
 * NODE_MODULE_VERSION, for example 147. */
int weft_addon_inspect(const void *bytes, size_t size, unsigned node_abi,
                       struct weft_addon_facts *ret_facts, char ret_why[WEFT_ELF_WHY_MAX]);

/* The same of a regular file. It may change meanwhile: the verdict is about what was read. */
int weft_addon_inspect_file(const char *path, unsigned node_abi, struct weft_addon_facts *ret_facts,
                            char ret_why[WEFT_ELF_WHY_MAX]);
