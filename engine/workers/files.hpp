// What outlives both an engine and its worker, in DATA/worker. Every write is atomic and durable:
// after a crash a file is as it was before or as it was to become.
#pragma once

#include <filesystem>
#include <optional>

#include "engine/core/result.hpp"
#include "engine/workers/messages.hpp"

namespace sluice::workers {

struct WorkerFiles {
  std::filesystem::path directory;  // DATA/worker; exists

  // The instance to which an engine has sent jobs last; none if it never sent any. A file that
  // cannot be understood is an instance that nobody has, so that what ran is not run again.
  [[nodiscard]] Result<std::optional<Uuid>> recorded_instance() const;
  [[nodiscard]] Result<void> record_instance(Uuid instance) const;

  // What the last worker that ended in good order has left; none if there is nothing, or nothing
  // that can be understood.
  [[nodiscard]] std::optional<Remains> remains() const;
  [[nodiscard]] Result<void> leave(const Remains& remains) const;

  // What a worker that a server has started prints.
  [[nodiscard]] std::filesystem::path log() const { return directory / "worker.log"; }
};

}  // namespace sluice::workers
