/* SPDX-License-Identifier: MIT */

/*
 * weft-worker.node: loaded by the supervisor thread and by every worker thread of a worker host.
 */

#include "channel/control.h"
#include "channel/layout.h"
#include "worker/napi.h"
#include "worker/port.h"
#include "worker/supervisor.h"

static bool export_kind(napi_env env, napi_value kinds, const char *name, uint32_t kind)
{
    napi_value number;
    return napi_create_uint32(env, kind, &number) == napi_ok &&
           napi_set_named_property(env, kinds, name, number) == napi_ok;
}

NAPI_MODULE_INIT()
{
    napi_value kinds, workers_max;
    if (napi_create_object(env, &kinds) != napi_ok ||
        !export_kind(env, kinds, "DATA", WEFT_MESSAGE_DATA) ||
        !export_kind(env, kinds, "ERROR", WEFT_MESSAGE_ERROR) ||
        !export_kind(env, kinds, "CONSOLE", WEFT_MESSAGE_CONSOLE) ||
        napi_set_named_property(env, exports, "messageKinds", kinds) != napi_ok ||
        napi_create_uint32(env, WEFT_CONTROL_WORKERS_MAX, &workers_max) != napi_ok ||
        napi_set_named_property(env, exports, "WORKERS_MAX", workers_max) != napi_ok ||
        !weft_napi_method(env, exports, "openPort", weft_port_open, NULL) ||
        !weft_napi_method(env, exports, "supervise", weft_supervisor_start, NULL) ||
        !weft_napi_method(env, exports, "discard", weft_supervisor_discard, NULL))
        return weft_napi_failed(env);
    return exports;
}
