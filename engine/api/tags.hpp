// Labels of pipelines: how requests bring them, and what is wrong with them. Private to engine/api.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "engine/api/room.hpp"

namespace sluice::api {

inline constexpr Member kTag[] = {{.name = "key", .required = true, .min = 1, .max = 128},
                                  {.name = "value", .required = true, .max = 256}};

// The tags that a pipeline has once those of a request (`tags`) are put to `tags`, by key; or why
// they cannot be: InvalidTagsException, TooManyTagsException.
struct NewTags {
  std::optional<Texts> tags;
  Rejected refusal;
};
[[nodiscard]] NewTags with_tags(Texts tags, const Json& in);

[[nodiscard]] Json tags_json(const Texts& tags);

}  // namespace sluice::api
