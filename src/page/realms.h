/* SPDX-License-Identifier: MIT */

/*
 * page/realms - the worlds of a document, for contextBridge
 *
 * Each world that the bridge reaches has offered what can be done to it, a realm of
 * lib/page/context-bridge/realm.js; only our own JavaScript has the functions that get one.
 */
#pragma once

#include <jsc/jsc.h>
#include <webkit/webkit-web-process-extension.h>

struct weft_realms;

struct weft_realms *weft_realms_new(WebKitFrame *frame);

/* The document has ended; what script still holds of its functions finds no world any more. */
void weft_realms_free(struct weft_realms *realms);

/* Gives a world's binding offerRealm(number, realm), realmOf(number) and evaluate(source, uri). */
void weft_realms_add_world(struct weft_realms *realms, JSCValue *binding);
