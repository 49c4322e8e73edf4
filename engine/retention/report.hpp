// What a collection removed, or would have, and what it kept and why.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/ids.hpp"

namespace sluice::retention {

struct Report {
  // An execution that the rules would let go and that something needs.
  struct Kept {
    std::string pipeline;
    ExecutionNumber number = 0;
    std::string why;
  };
  static constexpr std::size_t kMostKept = 100;  // of `kept`; the counts go on

  bool dry_run = false;
  std::int64_t took_ms = 0;

  struct {
    std::uint64_t removed = 0, facts = 0;  // facts: with a dry run unknown, 0
    std::uint64_t in_flight = 0, needed = 0, unread = 0, young = 0;
  } executions;
  struct {
    std::uint64_t removed = 0, removed_bytes = 0, kept = 0, kept_bytes = 0;  // by execution
  } logs;
  struct {
    std::uint64_t removed = 0, removed_bytes = 0, kept_bytes = 0;
    std::uint64_t needed = 0, in_history = 0, young = 0;
  } artifacts;
  std::vector<Kept> kept;
  std::vector<std::string> troubles;  // what could not be done; the next collection tries again
};

// The summary as one line.
[[nodiscard]] std::string to_text(const Report& report);

}  // namespace sluice::retention
