/* SPDX-License-Identifier: MIT */

/*
 * tally.c in the oldest way: V8's own interface, registered by a static constructor. It is not
 * context-aware: plain Node takes it once a process.
 */

#include <node.h>

static int tally;

static void Add(const v8::FunctionCallbackInfo<v8::Value> &args)
{
    args.GetReturnValue().Set(++tally);
}

static void Init(v8::Local<v8::Object> exports)
{
    NODE_SET_METHOD(exports, "add", Add);
}

NODE_MODULE(tally_v8, Init)
