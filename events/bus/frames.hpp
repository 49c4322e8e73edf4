// An event as it travels: topic, header, body. docs/events.md is the specification.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "events/event/event.hpp"

namespace sluice {

struct Frames {
  std::string topic, header, body;
};

// previous[k] is the sequence of the event before this one whose topic has the same first k
// segments (0: unknown), so that a subscriber to a prefix of whole segments sees gaps.
[[nodiscard]] Frames frames_of(const Event& event, const std::vector<std::uint64_t>& previous);
// topic: the event's own, where the topic frame is a subscriber's pattern instead.
[[nodiscard]] std::string header_of(const Event& event, const std::vector<std::uint64_t>& previous,
                                    const std::string& topic = "");
[[nodiscard]] std::string body_of(const Event& event);

}  // namespace sluice
