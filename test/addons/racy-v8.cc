/* SPDX-License-Identifier: MIT */

/*
 * work(rounds, mark): [foreign, count], over test/addons/racy.h, by V8's own interface and
 * NODE_MODULE, which is not context-aware: Node takes such a module once a process.
 */

#include "racy.h"

#include <node.h>

namespace {

void Work(const v8::FunctionCallbackInfo<v8::Value> &info)
{
    v8::Isolate *isolate = info.GetIsolate();
    uint32_t rounds = info[0].As<v8::Uint32>()->Value();
    uint32_t mark = info[1].As<v8::Uint32>()->Value();
    uint32_t foreign = racy_work(rounds, static_cast<unsigned char>(mark));
    v8::Local<v8::Value> values[] = {
        v8::Integer::NewFromUnsigned(isolate, foreign),
        v8::Number::New(isolate, static_cast<double>(racy_count)),
    };
    info.GetReturnValue().Set(v8::Array::New(isolate, values, 2));
}

void Init(v8::Local<v8::Object> exports)
{
    NODE_SET_METHOD(exports, "work", Work);
}

} // namespace

NODE_MODULE(racy_v8, Init)
