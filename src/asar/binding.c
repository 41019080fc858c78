/* SPDX-License-Identifier: MIT */

#include "asar/binding.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asar/cache.h"
#include "asar/private-folder.h"
#include "base/cleanup.h"
#include "node/napi.h"

/* Where each fact is in the array; lib/asar/locate.js has the same list. */
enum fact {
    FACT_ARCHIVE,
    FACT_ENTRY,
    FACT_KIND, /* enum weft_asar_kind */
    FACT_SIZE,
    FACT_IS_EXECUTABLE,
    FACT_IS_UNPACKED,
    FACT_BLOCK, /* of the last read that failed with EIO; -1 when it was no hash */
    FACT_COUNT,
};

/* Files up to this size are read on the stack's way to a string. */
#define SMALL_FILE_SIZE 16384

/* V8's longest string, in bytes of Latin-1; Node's own reader refuses more, too. */
#define TEXT_SIZE_MAX ((1u << 29) - 24)

static napi_value number(napi_env env, double value)
{
    napi_value result;
    NAPI_TRY(env, napi_create_double(env, value, &result));
    return result;
}

static double *facts_of(napi_env env)
{
    void *facts = NULL;
    napi_get_instance_data(env, &facts);
    return facts;
}

/* ---- arguments ---- */

/* An archive and an entry of it, as JavaScript names them. */
struct entry_argument {
    struct weft_archive *archive;
    const struct weft_asar_index *index;
    const struct weft_asar_entry *entry;
};

static bool get_entry(napi_env env, const napi_value *arguments, struct entry_argument *ret_entry)
{
    uint32_t id, place;
    if (napi_get_value_uint32(env, arguments[0], &id) == napi_ok &&
        napi_get_value_uint32(env, arguments[1], &place) == napi_ok) {
        struct weft_archive *archive = weft_cache_archive(id);
        const struct weft_asar_index *index = archive ? weft_archive_index(archive) : NULL;
        if (index && place < weft_asar_index_count(index)) {
            *ret_entry =
                (struct entry_argument){archive, index, weft_asar_index_entry(index, place)};
            return true;
        }
    }
    napi_throw_range_error(env, NULL, "weft: no such entry of an archive");
    return false;
}

/* For functions of nothing else. */
static bool get_only_entry(napi_env env, napi_callback_info info, struct entry_argument *ret_entry)
{
    napi_value arguments[2];
    return weft_napi_arguments(env, info, NULL, 2, arguments, NULL) &&
           get_entry(env, arguments, ret_entry);
}

/* Reads a path; one that is too long for the kernel becomes "". */
static bool get_path(napi_env env, napi_value value, char out[PATH_MAX])
{
    size_t length;
    if (napi_get_value_string_utf8(env, value, out, PATH_MAX, &length) != napi_ok) {
        weft_napi_failed(env);
        return false;
    }
    if (length == PATH_MAX - 1 || strlen(out) != length)
        out[0] = '\0';
    return true;
}

/* ---- look-up ---- */

static void set_facts(double *facts, const struct weft_located *located,
                      const struct weft_asar_entry *entry)
{
    const struct weft_asar_index *index = weft_archive_index(located->archive);
    facts[FACT_ARCHIVE] = located->id;
    facts[FACT_ENTRY] = weft_asar_index_place(index, entry);
    facts[FACT_KIND] = entry->kind;
    facts[FACT_SIZE] = (double)entry->size;
    facts[FACT_IS_EXECUTABLE] = entry->executable;
    facts[FACT_IS_UNPACKED] = entry->unpacked;
}

/* find(path, follow): 0 with the facts, a negative errno, or a condition of asar/cache.h. */
static napi_value find(napi_env env, napi_callback_info info)
{
    napi_value arguments[2];
    char path[PATH_MAX], why[WEFT_ASAR_WHY_MAX];
    bool follow;
    struct weft_located located;
    const struct weft_asar_entry *entry;
    if (!weft_napi_arguments(env, info, NULL, 2, arguments, NULL) ||
        !get_path(env, arguments[0], path))
        return NULL;
    NAPI_TRY(env, napi_get_value_bool(env, arguments[1], &follow));
    int r = weft_cache_locate(path, &located, why);
    if (r == 0)
        r = weft_asar_index_find(weft_archive_index(located.archive), located.inner, follow,
                                 &entry);
    if (r == 0)
        set_facts(facts_of(env), &located, entry);
    return number(env, r);
}

static bool append_text(napi_env env, napi_value array, uint32_t at, const char *text, size_t size)
{
    napi_value value;
    return napi_create_string_utf8(env, text, size, &value) == napi_ok &&
           napi_set_element(env, array, at, value) == napi_ok;
}

/* split(path): [archive, inner], with what is wrong with the archive as a third if it is none; null
 * for a path that leads into no archive. */
static napi_value split(napi_env env, napi_callback_info info)
{
    napi_value arguments[1], result;
    char path[PATH_MAX], why[WEFT_ASAR_WHY_MAX] = "";
    struct weft_located located;
    if (!weft_napi_arguments(env, info, NULL, 1, arguments, NULL) ||
        !get_path(env, arguments[0], path))
        return NULL;
    int r = weft_cache_locate(path, &located, why);
    if (r != 0 && r != WEFT_CACHE_INVALID) {
        NAPI_TRY(env, napi_get_null(env, &result));
        return result;
    }
    const char *inner = path + located.archive_length;
    inner += strspn(inner, "/");
    NAPI_TRY(env, napi_create_array(env, &result));
    if (!append_text(env, result, 0, path, located.archive_length) ||
        !append_text(env, result, 1, inner, NAPI_AUTO_LENGTH) ||
        (r != 0 && !append_text(env, result, 2, why, NAPI_AUTO_LENGTH)))
        return weft_napi_failed(env);
    return result;
}

/* offsetOf(archive, entry): of a packed file, from where the archive's data starts. */
static napi_value offset_of(napi_env env, napi_callback_info info)
{
    napi_value result;
    struct entry_argument at;
    if (!get_only_entry(env, info, &at))
        return NULL;
    NAPI_TRY(env, napi_create_double(env, (double)at.entry->offset, &result));
    return result;
}

/* pathOf(archive, entry): from the root of the archive. */
static napi_value path_of(napi_env env, napi_callback_info info)
{
    napi_value result;
    struct entry_argument at;
    char path[PATH_MAX];
    if (!get_only_entry(env, info, &at))
        return NULL;
    size_t length = weft_asar_index_path(at.index, at.entry, path, sizeof(path));
    if (length >= sizeof(path)) {
        napi_throw_range_error(env, NULL, "weft: the path of an entry is too long");
        return NULL;
    }
    NAPI_TRY(env, napi_create_string_utf8(env, path, length, &result));
    return result;
}

/* target(archive, entry): where a link leads, from the root of the archive. */
static napi_value target(napi_env env, napi_callback_info info)
{
    napi_value result;
    struct entry_argument at;
    if (!get_only_entry(env, info, &at))
        return NULL;
    const char *text =
        at.entry->kind == WEFT_ASAR_LINK ? weft_asar_index_target(at.index, at.entry) : "";
    NAPI_TRY(env, napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &result));
    return result;
}

/* list(archive, entry): name, kind, entry, name ... of what is in a folder. */
static napi_value list(napi_env env, napi_callback_info info)
{
    napi_value result;
    struct entry_argument at;
    if (!get_only_entry(env, info, &at))
        return NULL;
    uint32_t count = at.entry->kind == WEFT_ASAR_FOLDER ? at.entry->count : 0;
    NAPI_TRY(env, napi_create_array_with_length(env, (size_t)count * 3, &result));
    for (uint32_t i = 0; i < count; i++) {
        const struct weft_asar_entry *child = weft_asar_index_child(at.index, at.entry, i);
        napi_value kind, place;
        if (!append_text(env, result, i * 3, weft_asar_index_name(at.index, child),
                         child->name_size) ||
            napi_create_uint32(env, child->kind, &kind) != napi_ok ||
            napi_set_element(env, result, i * 3 + 1, kind) != napi_ok ||
            napi_create_uint32(env, weft_asar_index_place(at.index, child), &place) != napi_ok ||
            napi_set_element(env, result, i * 3 + 2, place) != napi_ok)
            return weft_napi_failed(env);
    }
    return result;
}

/* ---- reading ---- */

/* Bytes of one file for JavaScript: what a read needs, at once or in another thread. */
struct reading {
    struct entry_argument at;
    char *out;
    size_t size;
    uint64_t position;
    ssize_t result;
    uint32_t block;
    /* of a read that is done later */
    napi_async_work work;
    napi_deferred deferred;
    napi_ref buffer;
};

static void read_now(struct reading *reading)
{
    reading->block = UINT32_MAX;
    reading->result = weft_archive_read(reading->at.archive, reading->at.entry, reading->out,
                                        reading->size, reading->position, &reading->block);
}

static void note_block(napi_env env, const struct reading *reading)
{
    facts_of(env)[FACT_BLOCK] = reading->block == UINT32_MAX ? -1.0 : (double)reading->block;
}

/* (archive, entry, buffer, offset, length, position) */
static bool get_reading(napi_env env, const napi_value *arguments, struct reading *ret_reading)
{
    void *bytes;
    size_t size;
    double offset, length, position;
    struct reading reading = {.work = NULL};
    if (!get_entry(env, arguments, &reading.at))
        return false;
    if (napi_get_buffer_info(env, arguments[2], &bytes, &size) != napi_ok ||
        napi_get_value_double(env, arguments[3], &offset) != napi_ok ||
        napi_get_value_double(env, arguments[4], &length) != napi_ok ||
        napi_get_value_double(env, arguments[5], &position) != napi_ok) {
        weft_napi_failed(env);
        return false;
    }
    if (!(offset >= 0 && length >= 0 && position >= 0 && offset + length <= (double)size &&
          position <= 9007199254740991.0)) {
        napi_throw_range_error(env, NULL, "weft: a read outside of its buffer");
        return false;
    }
    reading.out = (char *)bytes + (size_t)offset;
    reading.size = (size_t)length;
    reading.position = (uint64_t)position;
    *ret_reading = reading;
    return true;
}

/* Whether other threads can see the memory of a buffer. */
static bool is_shared(napi_env env, napi_value buffer)
{
    napi_value memory;
    bool is_own = false;
    napi_status status =
        napi_get_typedarray_info(env, buffer, NULL, NULL, NULL, &memory, NULL) == napi_ok
            ? napi_ok
            : napi_get_dataview_info(env, buffer, NULL, NULL, &memory, NULL);
    if (status == napi_ok)
        napi_is_arraybuffer(env, memory, &is_own);
    return !is_own;
}

/* Reads by way of memory that no other thread writes to while it is hashed. */
static void read_by_copy(struct reading *reading)
{
    char *out = reading->out;
    uint64_t size = reading->at.entry->size;
    if (reading->size > size)
        reading->size = (size_t)size;
    weft_autofree char *copy = malloc(reading->size + 1);
    reading->result = -ENOMEM;
    reading->block = UINT32_MAX;
    if (!copy)
        return;
    reading->out = copy;
    read_now(reading);
    if (reading->result > 0)
        memcpy(out, copy, (size_t)reading->result);
}

static napi_value do_reading(napi_env env, const napi_value *arguments)
{
    struct reading reading;
    if (!get_reading(env, arguments, &reading))
        return NULL;
    if (weft_archive_will_compare(reading.at.archive, reading.at.entry, reading.size,
                                  reading.position) &&
        is_shared(env, arguments[2]))
        read_by_copy(&reading);
    else
        read_now(&reading);
    note_block(env, &reading);
    return number(env, (double)reading.result);
}

/* read(archive, entry, buffer, offset, length, position): bytes, or a negative errno. */
static napi_value read_at_once(napi_env env, napi_callback_info info)
{
    napi_value arguments[6];
    return weft_napi_arguments(env, info, NULL, 6, arguments, NULL) ? do_reading(env, arguments)
                                                                    : NULL;
}

/* Whether a descriptor stands for a file of an archive, and not for another file that has got its
 * number since. Nothing but us opens with O_PATH in a Node thread. */
static bool stands_for_file(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && (flags & O_PATH);
}

/* readOpen(fd, ...as read): the same in one call with isPlaceholder, -EBADF where that is false. */
static napi_value read_open(napi_env env, napi_callback_info info)
{
    napi_value arguments[7];
    int32_t fd;
    if (!weft_napi_arguments(env, info, NULL, 7, arguments, NULL))
        return NULL;
    NAPI_TRY(env, napi_get_value_int32(env, arguments[0], &fd));
    return stands_for_file(fd) ? do_reading(env, arguments + 1) : number(env, -EBADF);
}

static void read_later_execute(napi_env env, void *data)
{
    read_now(data);
}

static void compare_execute(napi_env env, void *data)
{
    struct reading *reading = data;
    reading->block = UINT32_MAX;
    reading->result = weft_archive_compare(reading->at.archive, reading->at.entry, &reading->block);
}

static void read_later_done(napi_env env, napi_status status, void *data)
{
    weft_autofree struct reading *reading = data;
    napi_value result;
    note_block(env, reading);
    if (reading->buffer)
        napi_delete_reference(env, reading->buffer);
    napi_delete_async_work(env, reading->work);
    double value = status == napi_ok ? (double)reading->result : -ECANCELED;
    if (napi_create_double(env, value, &result) == napi_ok)
        napi_resolve_deferred(env, reading->deferred, result);
}

/* Has another thread do it, and promises its result. @buffer is kept until then; or NULL. */
static napi_value do_later(napi_env env, const struct reading *given, napi_value buffer,
                           napi_async_execute_callback execute)
{
    napi_value promise, name;
    weft_autofree struct reading *reading = malloc(sizeof(*reading));
    if (!reading) {
        napi_throw_error(env, NULL, "weft: out of memory");
        return NULL;
    }
    *reading = *given;
    NAPI_TRY(env, napi_create_string_utf8(env, "weft.asar", NAPI_AUTO_LENGTH, &name));
    NAPI_TRY(env, napi_create_async_work(env, NULL, name, execute, read_later_done, reading,
                                         &reading->work));
    if (buffer)
        NAPI_TRY(env, napi_create_reference(env, buffer, 1, &reading->buffer));
    NAPI_TRY(env, napi_create_promise(env, &reading->deferred, &promise));
    NAPI_TRY(env, napi_queue_async_work(env, reading->work));
    weft_steal_ptr(&reading);
    return promise;
}

/* readLater(...as read): a promise of the same, which is kept by another thread. The buffer must be
 * one that nobody else knows of: it could be transferred meanwhile, and be gone. */
static napi_value read_later(napi_env env, napi_callback_info info)
{
    napi_value arguments[6];
    struct reading reading;
    if (!weft_napi_arguments(env, info, NULL, 6, arguments, NULL) ||
        !get_reading(env, arguments, &reading))
        return NULL;
    return do_later(env, &reading, arguments[2], read_later_execute);
}

/* compare(archive, entry): of a whole packed file, 0 or a negative errno. */
static napi_value compare(napi_env env, napi_callback_info info)
{
    struct reading reading = {.work = NULL};
    if (!get_only_entry(env, info, &reading.at))
        return NULL;
    compare_execute(env, &reading);
    note_block(env, &reading);
    return number(env, (double)reading.result);
}

/* compareLater(archive, entry): a promise of the same. */
static napi_value compare_later(napi_env env, napi_callback_info info)
{
    struct reading reading = {.work = NULL};
    return get_only_entry(env, info, &reading.at) ? do_later(env, &reading, NULL, compare_execute)
                                                  : NULL;
}

/* readText(archive, entry): a packed file's UTF-8 as a string, or a negative errno. */
static napi_value read_text(napi_env env, napi_callback_info info)
{
    napi_value result;
    struct reading reading = {.work = NULL};
    char small[SMALL_FILE_SIZE];
    weft_autofree char *large = NULL;
    if (!get_only_entry(env, info, &reading.at))
        return NULL;
    reading.size = (size_t)reading.at.entry->size;
    if (reading.at.entry->size > TEXT_SIZE_MAX)
        return number(env, -EFBIG);
    reading.out = small;
    if (reading.size > sizeof(small))
        reading.out = large = malloc(reading.size);
    if (!reading.out)
        return number(env, -ENOMEM);
    read_now(&reading);
    if (reading.result < 0) {
        note_block(env, &reading);
        return number(env, (double)reading.result);
    }
    NAPI_TRY(env, napi_create_string_utf8(env, reading.out, (size_t)reading.result, &result));
    return result;
}

/* ---- the rest ---- */

/* isPlaceholder(fd). */
static napi_value is_placeholder(napi_env env, napi_callback_info info)
{
    napi_value arguments[1], result;
    int32_t fd;
    if (!weft_napi_arguments(env, info, NULL, 1, arguments, NULL))
        return NULL;
    NAPI_TRY(env, napi_get_value_int32(env, arguments[0], &fd));
    NAPI_TRY(env, napi_get_boolean(env, stands_for_file(fd), &result));
    return result;
}

/* setCheck(bool): whether hashes of archives that are opened from now on are compared. */
static napi_value set_check(napi_env env, napi_callback_info info)
{
    napi_value arguments[1];
    bool check;
    if (!weft_napi_arguments(env, info, NULL, 1, arguments, NULL))
        return NULL;
    NAPI_TRY(env, napi_get_value_bool(env, arguments[0], &check));
    weft_cache_set_check(check ? WEFT_ARCHIVE_CHECK : WEFT_ARCHIVE_DONT_CHECK);
    return NULL;
}

/* privateFolder(template): the process's own, or a negative errno. */
static napi_value private_folder(napi_env env, napi_callback_info info)
{
    napi_value arguments[1], result;
    char template[PATH_MAX];
    const char *folder;
    if (!weft_napi_arguments(env, info, NULL, 1, arguments, NULL) ||
        !get_path(env, arguments[0], template))
        return NULL;
    int r = weft_private_folder(template, &folder);
    if (r < 0)
        return number(env, r);
    NAPI_TRY(env, napi_create_string_utf8(env, folder, NAPI_AUTO_LENGTH, &result));
    return result;
}

/* The array lives as long as the thread: the reference is never dropped. */
static napi_status define_facts(napi_env env, napi_value exports)
{
    napi_value memory, facts;
    napi_ref reference;
    void *bytes;
    napi_status status = napi_create_arraybuffer(env, FACT_COUNT * sizeof(double), &bytes, &memory);
    if (status == napi_ok)
        status = napi_create_typedarray(env, napi_float64_array, FACT_COUNT, memory, 0, &facts);
    if (status == napi_ok)
        status = napi_create_reference(env, facts, 1, &reference);
    if (status == napi_ok)
        status = napi_set_instance_data(env, bytes, NULL, NULL);
    return status == napi_ok ? napi_set_named_property(env, exports, "facts", facts) : status;
}

napi_value weft_binding_define(napi_env env, napi_value exports)
{
    const struct {
        const char *name;
        napi_callback call;
    } methods[] = {
        {"compare", compare},    {"compareLater", compare_later},
        {"find", find},          {"isPlaceholder", is_placeholder},
        {"list", list},          {"offsetOf", offset_of},
        {"pathOf", path_of},     {"privateFolder", private_folder},
        {"read", read_at_once},  {"readLater", read_later},
        {"readOpen", read_open}, {"readText", read_text},
        {"setCheck", set_check}, {"split", split},
        {"target", target},
    };
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        napi_value function;
        NAPI_TRY(env, napi_create_function(env, methods[i].name, NAPI_AUTO_LENGTH, methods[i].call,
                                           NULL, &function));
        NAPI_TRY(env, napi_set_named_property(env, exports, methods[i].name, function));
    }
    NAPI_TRY(env, define_facts(env, exports));
    return exports;
}
