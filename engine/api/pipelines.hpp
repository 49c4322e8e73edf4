// Operations of ours that do not stand in own.cpp. Private to engine/api.
#pragma once

#include "engine/api/room.hpp"

namespace sluice::api {

void apply_pipeline(const Ground& ground, const Json& in, const Caller& caller, Answer answer);
void describe_pipeline(const Ground& ground, const Json& in, const Caller& caller, Answer answer);
void explain_execution(const Ground& ground, const Json& in, const Caller& caller, Answer answer);

}  // namespace sluice::api
