/* SPDX-License-Identifier: MIT */

/* The packets that a page sends to the supervisor. The first byte of the input is the number of
 * descriptors. */

#include "channel/control.h"
#include "channel/link.h"
#include "input.h"

#include <errno.h>

/* What was parsed says the same when it is written again. */
static void check_written(const struct weft_control_packet *packet, const uint8_t *bytes,
                          size_t size)
{
    uint8_t *written = malloc(WEFT_CONTROL_PACKET_MAX);
    promised(written != NULL);
    promised(weft_control_write(packet->type, packet->id, packet->exit_code, packet->text,
                                packet->text_size, written) == size);
    promised(memcmp(written, bytes, size) == 0);
    free(written);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {.at = data, .left = size};
    size_t fd_count = input_u8(&input) % 10;
    /* In a block of its own: what is read past its end is seen. */
    uint8_t *bytes = malloc(input.left ? input.left : 1);
    promised(bytes != NULL);
    size_t packet_size = input.left;
    input_copy(&input, bytes, packet_size);

    struct weft_control_packet packet = {.id = 0};
    int r = weft_control_parse(bytes, packet_size, fd_count, &packet);
    promised(r == 0 || r == -EBADMSG);
    if (r == 0) {
        promised((packet.id == 0) == (packet.type == WEFT_CONTROL_CRASHED));
        promised(packet.type != WEFT_CONTROL_CRASHED ||
                 (packet.exit_code >= 0 && packet.exit_code <= WEFT_CONTROL_SIGNAL_MAX));
        promised((fd_count == WEFT_LINK_DESCRIPTORS) == (packet.type == WEFT_CONTROL_SPAWN));
        promised((fd_count == 1) ==
                 (packet.type == WEFT_CONTROL_NOTIFY || packet.type == WEFT_CONTROL_WAIT));
        promised(packet.type != WEFT_CONTROL_WAIT || packet.wait.offset % packet.wait.size == 0);
        promised(packet.text + packet.text_size == (char *)bytes + packet_size);
        check_written(&packet, bytes, packet_size);
    } else {
        promised(packet.id == 0);
    }
    free(bytes);
    return 0;
}
