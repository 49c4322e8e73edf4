// Which logs there are, by execution: what retention chooses from.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "engine/core/ids.hpp"
#include "engine/core/result.hpp"

namespace sluice {

struct ExecutionLogs {
  std::filesystem::path folder;
  Uuid execution;
  Instant newest;  // the last write to one of them
  std::uint64_t bytes = 0;
};

// Goes through the folders of a LogStore, one execution at a time. One thread at a time; anybody
// may write logs meanwhile.
class LogSweep {
 public:
  explicit LogSweep(std::filesystem::path root);

  // Adds at most `most` executions; false when all have been looked at. What is no execution's is
  // left alone.
  bool step(std::size_t most, std::vector<ExecutionLogs>& into);
  // Their files and the folder, and the pipeline's if it is empty then. kUnavailable.
  static Result<void> remove(const ExecutionLogs& logs);

 private:
  bool next_pipeline();

  std::filesystem::directory_iterator pipelines_, executions_;
};

}  // namespace sluice
