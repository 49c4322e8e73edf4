// Operations of ours that share the room of the cloud's. Private to engine/api.
#pragma once

#include "engine/api/room.hpp"

namespace sluice::api {

void apply_pipeline(const Ground& ground, const Json& in, const Caller& caller, Answer answer);
void describe_pipeline(const Ground& ground, const Json& in, const Caller& caller, Answer answer);

}  // namespace sluice::api
