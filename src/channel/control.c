/* SPDX-License-Identifier: MIT */

#include "channel/control.h"

#include "channel/link.h"

#include <errno.h>
#include <string.h>

int weft_control_parse(const void *bytes, size_t size, size_t fd_count,
                       struct weft_control_packet *ret_packet)
{
    struct weft_control_header header;
    if (size < sizeof(header) || size > WEFT_CONTROL_PACKET_MAX)
        return -EBADMSG;
    memcpy(&header, bytes, sizeof(header));
    if (header.id == 0)
        return -EBADMSG;

    struct weft_control_packet packet = {
        .type = header.type,
        .id = header.id,
        .text = (const char *)bytes + sizeof(header),
        .text_size = size - sizeof(header),
    };
    size_t expected_fds = header.type == WEFT_CONTROL_SPAWN ? WEFT_LINK_DESCRIPTORS : 0;
    if (fd_count != expected_fds)
        return -EBADMSG;

    switch (header.type) {
    case WEFT_CONTROL_SPAWN:
        if (packet.text_size == 0)
            return -EBADMSG;
        break;
    case WEFT_CONTROL_TERMINATE:
        if (packet.text_size != 0)
            return -EBADMSG;
        break;
    case WEFT_CONTROL_EXITED:
        if (packet.text_size < sizeof(struct weft_control_exit))
            return -EBADMSG;
        memcpy(&packet.exit_code, packet.text, sizeof(packet.exit_code));
        packet.text += sizeof(struct weft_control_exit);
        packet.text_size -= sizeof(struct weft_control_exit);
        break;
    default:
        return -EBADMSG;
    }
    *ret_packet = packet;
    return 0;
}

size_t weft_control_write(enum weft_control_type type, uint32_t id, int32_t exit_code,
                          const char *text, size_t text_size, void *out)
{
    struct weft_control_header header = {.type = type, .id = id};
    struct weft_control_exit exit_body = {.code = exit_code};
    size_t exit_size = type == WEFT_CONTROL_EXITED ? sizeof(exit_body) : 0;
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
