// One pipeline's triggers, ready to be looked at. Private to the service, which holds its lock.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/triggers/memory.hpp"
#include "engine/triggers/trigger_service.hpp"
#include "events/pattern/pattern.hpp"

namespace sluice::triggers {

struct GitWatch {
  TriggerDeclaration trigger;
  std::string own_branch;  // "": the one that HEAD names
  std::string key, url;    // key: in Memory::repositories
  std::int64_t interval_ms = 0, next_ms = 0;
  int failures = 0;
};

struct TimeWatch {
  std::string key, arn;
  schedule::Schedule schedule;
};

struct EventWatch {
  std::string name;  // what starts it, for the detail
  std::unique_ptr<pattern::Matcher> matcher;
};

struct Watched {
  std::string pipeline, file;
  std::uint64_t generation = 0;  // changes with the declaration
  Memory memory;
  std::vector<GitWatch> git;
  std::vector<TimeWatch> times;
  std::vector<EventWatch> events;
  std::vector<TriggerDeclaration> webhooks;
  std::set<std::string> in_hand;  // tokens of starts that are not answered yet
  std::int64_t retry_ms = 0;      // no start before
};

// Without its memory. A trigger that cannot be used (a source action that is no git repository of
// ours) is left out and logged.
[[nodiscard]] Watched make_watched(const PipelineDeclaration& pipeline, const TriggerParts& parts);

}  // namespace sluice::triggers
