/* SPDX-License-Identifier: MIT */

/* weft-asar.node: loaded by every Node thread that reads archives. */

#include "asar/binding.h"

NAPI_MODULE_INIT()
{
    return weft_binding_define(env, exports);
}
