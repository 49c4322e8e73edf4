// One pipeline's triggers, ready to be looked at. Private to the service, which holds its lock.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <random>
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
  bool own_interval = false;  // that the file says
  bool local = false;         // on this machine
  std::string directory;      // of its refs, if it is on this machine (git_directory.hpp)
  bool by_files = false;      // changes there are told by the kernel
  std::string seen_branch;    // own_branch, or what HEAD named at the last look
  std::string trouble;        // why the last look failed
  int failures = 0;
};

struct TimeWatch {
  std::string key, arn;
  schedule::Schedule schedule;
};

struct EventWatch {
  std::string name;     // what starts it, for the detail
  std::string pattern;  // its text
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
  std::map<std::string, std::string> call_troubles;  // by webhook: why the last call was refused
  std::string start_trouble;                         // why the last start was refused
  std::set<std::string> in_hand;                     // tokens of starts that are not answered yet
  std::int64_t retry_ms = 0;                         // no start before
};

// Without its memory. A trigger that cannot be used (a source action that is no git repository of
// ours) is left out and logged.
[[nodiscard]] Watched make_watched(const PipelineDeclaration& pipeline, const TriggerParts& parts);

// When to look again after a look: a tenth earlier or later, so that many pipelines do not ask at
// once; longer after failures; seldom where the kernel tells. The largest number: not by itself.
[[nodiscard]] std::int64_t next_look(const GitWatch& watch, std::int64_t now_ms,
                                     std::minstd_rand& random);

// As `sluice trigger list` shows them.
[[nodiscard]] std::vector<TriggerState> states_of(const Watched& watched, std::int64_t now_ms);

}  // namespace sluice::triggers
