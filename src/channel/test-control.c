/* SPDX-License-Identifier: MIT */

#include "base/test.h"
#include "channel/control.h"
#include "channel/link.h"

#include <errno.h>

static uint8_t bytes[WEFT_CONTROL_PACKET_MAX + 1];
static const struct weft_control_packet untouched = {.id = 42};

/* Parses @size bytes that begin with this header. */
static int parse(uint32_t type, uint32_t id, size_t size, size_t fd_count,
                 struct weft_control_packet *ret_packet)
{
    struct weft_control_header header = {.type = type, .id = id};
    memcpy(bytes, &header, sizeof(header));
    *ret_packet = untouched;
    int r = weft_control_parse(bytes, size, fd_count, ret_packet);
    CHECK(r == 0 || ret_packet->id == untouched.id);
    return r;
}

TEST(what_is_written_can_be_parsed)
{
    struct weft_control_packet packet;
    size_t size = weft_control_write(WEFT_CONTROL_SPAWN, 7, 0, "{}", 2, bytes);
    CHECK_EQ(weft_control_parse(bytes, size, WEFT_LINK_DESCRIPTORS, &packet), 0);
    CHECK(packet.type == WEFT_CONTROL_SPAWN && packet.id == 7 && packet.text_size == 2);
    CHECK_BYTES_EQ(packet.text, "{}", 2);

    size = weft_control_write(WEFT_CONTROL_TERMINATE, UINT32_MAX, 0, NULL, 0, bytes);
    CHECK_EQ(weft_control_parse(bytes, size, 0, &packet), 0);
    CHECK(packet.type == WEFT_CONTROL_TERMINATE && packet.id == UINT32_MAX);

    size = weft_control_write(WEFT_CONTROL_EXITED, 7, -134, "why", 3, bytes);
    CHECK_EQ(weft_control_parse(bytes, size, 0, &packet), 0);
    CHECK_EQ(packet.exit_code, -134);
    CHECK_EQ(packet.text_size, 3);
    CHECK_BYTES_EQ(packet.text, "why", 3);
}

TEST(a_crash_can_be_told)
{
    struct weft_control_packet packet;
    size_t size = weft_control_write(WEFT_CONTROL_CRASHED, 0, 11, "/x.node", 7, bytes);
    CHECK_EQ(weft_control_parse(bytes, size, 0, &packet), 0);
    CHECK(packet.type == WEFT_CONTROL_CRASHED && packet.id == 0);
    CHECK_EQ(packet.exit_code, 11);
    CHECK_EQ(packet.text_size, 7);
    CHECK_BYTES_EQ(packet.text, "/x.node", 7);

    size = weft_control_write(WEFT_CONTROL_CRASHED, 0, 0, NULL, 0, bytes);
    CHECK_EQ(weft_control_parse(bytes, size, 0, &packet), 0);
    CHECK_EQ(packet.text_size, 0);
}

/* Writes a crash and parses it. */
static int parse_crash(uint32_t id, int32_t signal, const char *path, size_t path_size,
                       size_t fd_count)
{
    struct weft_control_packet packet = untouched;
    size_t size = weft_control_write(WEFT_CONTROL_CRASHED, id, signal, path, path_size, bytes);
    int r = weft_control_parse(bytes, size, fd_count, &packet);
    CHECK(r == 0 || packet.id == untouched.id);
    return r;
}

TEST(a_crash_with_odd_fields_is_refused)
{
    static char long_path[WEFT_CONTROL_MODULE_MAX + 1];
    memset(long_path, 'x', sizeof(long_path));
    CHECK_EQ(parse_crash(0, WEFT_CONTROL_SIGNAL_MAX, long_path, WEFT_CONTROL_MODULE_MAX, 0), 0);
    CHECK_EQ(parse_crash(0, 11, long_path, WEFT_CONTROL_MODULE_MAX + 1, 0), -EBADMSG);
    CHECK_EQ(parse_crash(0, WEFT_CONTROL_SIGNAL_MAX + 1, "", 0, 0), -EBADMSG);
    CHECK_EQ(parse_crash(0, -1, "", 0, 0), -EBADMSG);
    CHECK_EQ(parse_crash(0, 11, "a\0b", 3, 0), -EBADMSG);
    CHECK_EQ(parse_crash(1, 11, "", 0, 0), -EBADMSG);
    CHECK_EQ(parse_crash(0, 11, "", 0, 1), -EBADMSG);

    struct weft_control_packet packet;
    CHECK_EQ(parse(WEFT_CONTROL_CRASHED, 0, 11, 0, &packet), -EBADMSG);
}

TEST(a_packet_that_is_too_long_is_not_written)
{
    static char text[WEFT_CONTROL_PACKET_MAX];
    size_t most = WEFT_CONTROL_PACKET_MAX - sizeof(struct weft_control_header);
    CHECK_EQ(weft_control_write(WEFT_CONTROL_SPAWN, 1, 0, text, most, bytes),
             WEFT_CONTROL_PACKET_MAX);
    CHECK_EQ(weft_control_write(WEFT_CONTROL_SPAWN, 1, 0, text, most + 1, bytes), 0);
    CHECK_EQ(weft_control_write(WEFT_CONTROL_EXITED, 1, 0, text, most, bytes), 0);
    CHECK_EQ(weft_control_write(WEFT_CONTROL_SPAWN, 1, 0, text, SIZE_MAX, bytes), 0);
}

TEST(packets_of_a_wrong_size_are_refused)
{
    struct weft_control_packet packet;
    for (size_t size = 0; size < sizeof(struct weft_control_header); size++)
        CHECK_EQ(parse(WEFT_CONTROL_TERMINATE, 1, size, 0, &packet), -EBADMSG);
    CHECK_EQ(parse(WEFT_CONTROL_TERMINATE, 1, 9, 0, &packet), -EBADMSG);
    CHECK_EQ(parse(WEFT_CONTROL_SPAWN, 1, 8, WEFT_LINK_DESCRIPTORS, &packet), -EBADMSG);
    CHECK_EQ(parse(WEFT_CONTROL_SPAWN, 1, WEFT_CONTROL_PACKET_MAX, WEFT_LINK_DESCRIPTORS, &packet),
             0);
    CHECK_EQ(
        parse(WEFT_CONTROL_SPAWN, 1, WEFT_CONTROL_PACKET_MAX + 1, WEFT_LINK_DESCRIPTORS, &packet),
        -EBADMSG);
    CHECK_EQ(parse(WEFT_CONTROL_EXITED, 1, 11, 0, &packet), -EBADMSG);
    CHECK_EQ(parse(WEFT_CONTROL_EXITED, 1, 12, 0, &packet), 0);
    CHECK_EQ(packet.text_size, 0);
}

TEST(packets_of_an_unknown_type_or_no_worker_are_refused)
{
    static const uint32_t types[] = {0, WEFT_CONTROL_TYPE_END, 256, UINT32_MAX};
    struct weft_control_packet packet;
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
        CHECK_EQ(parse(types[i], 1, 16, 0, &packet), -EBADMSG);
    CHECK_EQ(parse(WEFT_CONTROL_TERMINATE, 0, 8, 0, &packet), -EBADMSG);
    CHECK_EQ(parse(WEFT_CONTROL_SPAWN, 0, 16, WEFT_LINK_DESCRIPTORS, &packet), -EBADMSG);
}

TEST(packets_with_another_number_of_descriptors_are_refused)
{
    struct weft_control_packet packet;
    for (size_t count = 0; count <= 8; count++) {
        CHECK_EQ(parse(WEFT_CONTROL_SPAWN, 1, 16, count, &packet),
                 count == WEFT_LINK_DESCRIPTORS ? 0 : -EBADMSG);
        CHECK_EQ(parse(WEFT_CONTROL_TERMINATE, 1, 8, count, &packet), count == 0 ? 0 : -EBADMSG);
        CHECK_EQ(parse(WEFT_CONTROL_EXITED, 1, 16, count, &packet), count == 0 ? 0 : -EBADMSG);
    }
}

/* Parses a packet with this body. */
static int parse_body(uint32_t type, const void *body, size_t size, size_t fd_count,
                      struct weft_control_packet *ret_packet)
{
    uint8_t packet[128];
    *ret_packet = untouched;
    size_t packet_size = weft_control_write(type, 3, 0, body, size, packet);
    int r = weft_control_parse(packet, packet_size, fd_count, ret_packet);
    CHECK(r == 0 || ret_packet->id == untouched.id);
    return r;
}

TEST(packets_of_atomics_can_be_parsed)
{
    struct weft_control_packet packet;
    struct weft_control_notify notify = {.offset = 8, .count = 2};
    CHECK_EQ(parse_body(WEFT_CONTROL_NOTIFY, &notify, sizeof(notify), 1, &packet), 0);
    CHECK_EQ(packet.notify.offset, 8);
    CHECK_EQ(packet.notify.count, 2);

    struct weft_control_wait wait = {.offset = 16, .value = -7, .timeout_ms = 2.5, .size = 8};
    CHECK_EQ(parse_body(WEFT_CONTROL_WAIT, &wait, sizeof(wait), 1, &packet), 0);
    CHECK_EQ(packet.wait.value, -7);
    CHECK(packet.wait.timeout_ms == 2.5 && packet.wait.size == 8 && packet.wait.anyway == 0);

    uint32_t result = 42;
    CHECK_EQ(parse_body(WEFT_CONTROL_ANSWER, &result, sizeof(result), 0, &packet), 0);
    CHECK_EQ(packet.result, 42);
    CHECK_EQ(parse_body(WEFT_CONTROL_WOKEN, &result, sizeof(result), 0, &packet), 0);
    CHECK_EQ(packet.result, 42);
}

TEST(packets_of_atomics_with_odd_fields_are_refused)
{
    struct weft_control_packet packet;
    static const struct weft_control_notify notifies[] = {
        {.offset = 1}, {.offset = 2, .count = 1}, {.offset = UINT64_MAX}, {.zero = 1}};
    for (size_t i = 0; i < sizeof(notifies) / sizeof(*notifies); i++)
        CHECK_EQ(parse_body(WEFT_CONTROL_NOTIFY, &notifies[i], sizeof(*notifies), 1, &packet),
                 -EBADMSG);

    static const struct weft_control_wait waits[] = {
        {.size = 0},
        {.size = 2},
        {.size = 16},
        {.size = 8, .offset = 4},
        {.size = 4, .offset = 6},
        {.size = 4, .value = INT64_C(1) << 32},
        {.size = 4, .anyway = 2},
        {.size = 4, .timeout_ms = -1},
        {.size = 4, .timeout_ms = __builtin_nan("")},
    };
    for (size_t i = 0; i < sizeof(waits) / sizeof(*waits); i++)
        CHECK_EQ(parse_body(WEFT_CONTROL_WAIT, &waits[i], sizeof(*waits), 1, &packet), -EBADMSG);
}

TEST(packets_of_atomics_of_another_size_or_without_memory_are_refused)
{
    static const struct weft_control_wait wait[2] = {{.size = 4}};
    struct weft_control_packet packet;
    CHECK_EQ(parse_body(WEFT_CONTROL_WAIT, wait, sizeof(*wait), 1, &packet), 0);
    for (size_t size = 0; size <= sizeof(wait); size++) {
        if (size != sizeof(struct weft_control_notify))
            CHECK_EQ(parse_body(WEFT_CONTROL_NOTIFY, wait, size, 1, &packet), -EBADMSG);
        if (size != sizeof(*wait))
            CHECK_EQ(parse_body(WEFT_CONTROL_WAIT, wait, size, 1, &packet), -EBADMSG);
        if (size != sizeof(uint32_t))
            CHECK_EQ(parse_body(WEFT_CONTROL_WOKEN, wait, size, 0, &packet), -EBADMSG);
    }
    for (size_t count = 0; count <= 8; count++)
        CHECK_EQ(parse_body(WEFT_CONTROL_WAIT, wait, sizeof(*wait), count, &packet),
                 count == 1 ? 0 : -EBADMSG);
}
