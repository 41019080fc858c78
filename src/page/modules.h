/* SPDX-License-Identifier: MIT */

/*
 * page/modules - Weft's own JavaScript (lib/page, lib/common), built into this extension
 */
#pragma once

#include <jsc/jsc.h>

/* Evaluates lib/page/@entry in @context before any page script, with `binding` and `options` as its
 * globals. Modules require each other by relative names. */
void weft_modules_run(JSCContext *context, const char *entry, JSCValue *binding, JSCValue *options);
