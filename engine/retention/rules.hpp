// How long what is kept: `retention` of sluice.yml (docs/server.md). Nothing is removed unless a
// rule says so.
#pragma once

#include <cstdint>

namespace sluice::retention {

struct Rules {
  std::int64_t executions_age_ms = 0;  // since their end; 0: for ever
  std::uint32_t executions_most = 0;   // of each pipeline; 0: any number
  // Newest successes of each stage that stay, with their artifacts, whatever their age and number.
  std::uint32_t rollback_targets = 3;
  std::int64_t logs_age_ms = 0;  // since the last line of the execution; 0: as long as it is kept
  std::uint64_t logs_bytes = 0;  // of all; 0: any size
  std::int64_t artifacts_age_ms = 0;  // since they were packed, of those that nothing kept shows
  std::uint64_t artifacts_bytes = 0;
  std::int64_t every_ms = 3'600'000;

  [[nodiscard]] bool of_executions() const {
    return executions_age_ms != 0 || executions_most != 0;
  }
  [[nodiscard]] bool of_logs() const { return logs_age_ms != 0 || logs_bytes != 0; }
  [[nodiscard]] bool of_artifacts() const { return artifacts_age_ms != 0 || artifacts_bytes != 0; }
  [[nodiscard]] bool any() const { return of_executions() || of_logs() || of_artifacts(); }
  bool operator==(const Rules&) const = default;
};

}  // namespace sluice::retention
