// The range of Uuids whose text begins with given characters.
#pragma once

#include <optional>
#include <string_view>

#include "engine/core/ids.hpp"

namespace sluice {

constexpr std::size_t kShortestPrefix = 4;

struct UuidRange {
  Uuid first, last;
};
// None for text that no Uuid's text begins with. Case does not matter.
[[nodiscard]] std::optional<UuidRange> uuids_beginning(std::string_view prefix);

}  // namespace sluice
