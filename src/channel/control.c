/* SPDX-License-Identifier: MIT */

#include "channel/control.h"

#include "channel/link.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

static size_t descriptors_of(uint32_t type)
{
    switch (type) {
    case WEFT_CONTROL_SPAWN:
        return WEFT_LINK_DESCRIPTORS;
    case WEFT_CONTROL_NOTIFY:
    case WEFT_CONTROL_WAIT:
        return 1;
    default:
        return 0;
    }
}

/* Copies a body of exactly @size bytes out. */
static bool read_body(const struct weft_control_packet *packet, void *ret_body, size_t size)
{
    if (packet->text_size != size)
        return false;
    memcpy(ret_body, packet->text, size);
    return true;
}

static bool is_notify(const struct weft_control_notify *notify)
{
    return notify->offset % sizeof(int32_t) == 0 && notify->zero == 0;
}

static bool is_wait(const struct weft_control_wait *wait)
{
    bool sized = wait->size == sizeof(int32_t) || wait->size == sizeof(int64_t);
    /* Of the small ones, the value has the right sign in all its bytes. */
    bool fits = wait->size == sizeof(int64_t) || wait->value == (int32_t)wait->value;
    return sized && fits && wait->offset % wait->size == 0 && wait->anyway <= 1 &&
           wait->timeout_ms >= 0; /* NaN is not */
}

static bool read_exit(struct weft_control_packet *packet)
{
    if (packet->text_size < sizeof(struct weft_control_exit))
        return false;
    memcpy(&packet->exit_code, packet->text, sizeof(packet->exit_code));
    packet->text += sizeof(struct weft_control_exit);
    packet->text_size -= sizeof(struct weft_control_exit);
    return true;
}

/* No path has a zero in it. */
static bool read_crash(struct weft_control_packet *packet)
{
    return read_exit(packet) && packet->exit_code >= 0 &&
           packet->exit_code <= WEFT_CONTROL_SIGNAL_MAX &&
           packet->text_size <= WEFT_CONTROL_MODULE_MAX &&
           !memchr(packet->text, 0, packet->text_size);
}

static bool read_any(struct weft_control_packet *packet)
{
    switch (packet->type) {
    case WEFT_CONTROL_SPAWN:
        return packet->text_size > 0;
    case WEFT_CONTROL_TERMINATE:
        return packet->text_size == 0;
    case WEFT_CONTROL_EXITED:
        return read_exit(packet);
    case WEFT_CONTROL_NOTIFY:
        return read_body(packet, &packet->notify, sizeof(packet->notify)) &&
               is_notify(&packet->notify);
    case WEFT_CONTROL_WAIT:
        return read_body(packet, &packet->wait, sizeof(packet->wait)) && is_wait(&packet->wait);
    case WEFT_CONTROL_ANSWER:
    case WEFT_CONTROL_WOKEN:
        return read_body(packet, &packet->result, sizeof(packet->result));
    case WEFT_CONTROL_CRASHED:
        return read_crash(packet);
    default:
        return false;
    }
}

int weft_control_parse(const void *bytes, size_t size, size_t fd_count,
                       struct weft_control_packet *ret_packet)
{
    struct weft_control_header header;
    if (size < sizeof(header) || size > WEFT_CONTROL_PACKET_MAX)
        return -EBADMSG;
    memcpy(&header, bytes, sizeof(header));
    if ((header.id == 0) != (header.type == WEFT_CONTROL_CRASHED) ||
        fd_count != descriptors_of(header.type))
        return -EBADMSG;

    struct weft_control_packet packet = {
        .type = header.type,
        .id = header.id,
        .text = (const char *)bytes + sizeof(header),
        .text_size = size - sizeof(header),
    };
    if (!read_any(&packet))
        return -EBADMSG;
    *ret_packet = packet;
    return 0;
}

size_t weft_control_write(enum weft_control_type type, uint32_t id, int32_t exit_code,
                          const char *text, size_t text_size, void *out)
{
    struct weft_control_header header = {.type = type, .id = id};
    struct weft_control_exit exit_body = {.code = exit_code};
    bool has_exit = type == WEFT_CONTROL_EXITED || type == WEFT_CONTROL_CRASHED;
    size_t exit_size = has_exit ? sizeof(exit_body) : 0;
    size_t size = sizeof(header) + exit_size + text_size;
    if (text_size > WEFT_CONTROL_PACKET_MAX || size > WEFT_CONTROL_PACKET_MAX)
        return 0;

    uint8_t *at = out;
    memcpy(at, &header, sizeof(header));
    memcpy(at + sizeof(header), &exit_body, exit_size);
    if (text_size > 0)
        memcpy(at + sizeof(header) + exit_size, text, text_size);
    return size;
}
