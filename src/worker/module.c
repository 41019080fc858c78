/* SPDX-License-Identifier: MIT */

/*
 * weft-worker.node: loaded by the supervisor thread and by every worker thread of a worker host.
 */

#include "addon/binding.h"
#include "channel/control.h"
#include "channel/layout.h"
#include "node/napi.h"
#include "node/port.h"
#include "node/shared-buffer.h"
#include "worker/last-words.h"
#include "worker/supervisor.h"

static bool export_number(napi_env env, napi_value numbers, const char *name, uint32_t value)
{
    napi_value number;
    return napi_create_uint32(env, value, &number) == napi_ok &&
           napi_set_named_property(env, numbers, name, number) == napi_ok;
}

NAPI_MODULE_INIT()
{
    napi_value kinds, waited;
    if (napi_create_object(env, &kinds) != napi_ok ||
        !export_number(env, kinds, "DATA", WEFT_MESSAGE_DATA) ||
        !export_number(env, kinds, "ERROR", WEFT_MESSAGE_ERROR) ||
        !export_number(env, kinds, "CONSOLE", WEFT_MESSAGE_CONSOLE) ||
        napi_set_named_property(env, exports, "messageKinds", kinds) != napi_ok ||
        napi_create_object(env, &waited) != napi_ok ||
        !export_number(env, waited, "OK", WEFT_CONTROL_WAIT_OK) ||
        !export_number(env, waited, "NOT_EQUAL", WEFT_CONTROL_WAIT_NOT_EQUAL) ||
        !export_number(env, waited, "TIMED_OUT", WEFT_CONTROL_WAIT_TIMED_OUT) ||
        !export_number(env, waited, "REFUSED", WEFT_CONTROL_WAIT_REFUSED) ||
        napi_set_named_property(env, exports, "waited", waited) != napi_ok ||
        !export_number(env, exports, "WORKERS_MAX", WEFT_CONTROL_WORKERS_MAX) ||
        !weft_napi_method(env, exports, "createShared", weft_shared_buffer_create, NULL) ||
        !weft_napi_method(env, exports, "openPort", weft_port_open, NULL) ||
        !weft_napi_method(env, exports, "makeChannel", weft_port_make, NULL) ||
        !weft_napi_method(env, exports, "supervise", weft_supervisor_start, NULL) ||
        !weft_napi_method(env, exports, "discard", weft_port_discard, NULL) ||
        !weft_napi_method(env, exports, "sendLine", weft_supervisor_send_line, NULL) ||
        !weft_addon_define(env, exports))
        return weft_napi_failed(env);
    weft_last_words_enter_thread(env);
    return exports;
}
