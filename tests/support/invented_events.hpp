// Events that depend on their sequence alone, for tests and benchmarks of the bus: three kinds,
// four states, ten pipelines.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "events/event/event.hpp"

namespace sluice::test {

inline Event invented_event(std::uint64_t sequence, std::size_t padding = 0) {
  static constexpr std::array kKinds{"pipeline", "stage", "action"};
  static constexpr std::array kStates{"STARTED", "SUCCEEDED", "FAILED", "STOPPED"};
  const std::string kind = kKinds[sequence % kKinds.size()];
  const std::string state = kStates[sequence / 3 % kStates.size()];
  const std::string pipeline = "shop" + std::to_string(sequence % 10);
  Event event;
  event.sequence = sequence;
  event.topic = "codepipeline." + kind + "." + state + "." + pipeline;
  event.id = "00000000-0000-4000-8000-" + std::to_string(100'000'000'000 + sequence);
  event.detail_type = "CodePipeline " + kind + " Execution State Change";
  event.source = "aws.codepipeline";
  event.account = "000000000000";
  event.region = "local";
  event.time_ms = 1'767'225'600'000 + static_cast<std::int64_t>(sequence);
  event.resources = {"arn:aws:codepipeline:local:000000000000:" + pipeline};
  event.detail = R"({"pipeline":")" + pipeline + R"(","state":")" + state + R"(","number":)" +
                 std::to_string(sequence);
  if (padding > 0) event.detail += R"(,"padding":")" + std::string(padding, 'x') + "\"";
  event.detail += "}";
  return event;
}

// The events after a sequence of a log that ends with `last`, as EventSource::read wants them.
inline std::vector<Event> invented_events(std::uint64_t after, std::uint32_t limit,
                                          std::uint64_t last, std::uint64_t& upto,
                                          std::size_t padding = 0) {
  std::vector<Event> events;
  for (upto = after; upto < last && events.size() < limit;)
    events.push_back(invented_event(++upto, padding));
  return events;
}

}  // namespace sluice::test
