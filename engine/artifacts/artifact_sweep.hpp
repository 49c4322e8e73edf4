// Removes the artifacts of a store that nobody needs any more, a few files at a time
// (docs/decisions/0018). Two things keep an artifact: it is needed, or it is young. Packing makes
// an artifact young again even if it was there already, so what is packed while a sweep goes on is
// kept although the sweep has not heard of it.
//
// One thread at a time; any number of packers, readers and other sweeps beside it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <unordered_set>

#include "engine/artifacts/artifact_store.hpp"
#include "engine/core/ids.hpp"

namespace sluice {

struct SweepPlan {
  // Digests. Whatever could be needed when the sweep begins: of live state (artifacts_in_use) and
  // of all history that is kept.
  std::unordered_set<std::string> needed;
  // Wall time. What was packed at this time or later is kept. Must lie before `needed` was gathered
  // by longer than an action may take from packing to its committed report.
  Instant packed_before;
  bool dry_run = false;  // counts, and removes nothing
  // Told of each artifact that is not in `needed`: when it was packed, and its size.
  std::function<void(const std::string& digest, Instant packed, std::uint64_t bytes)> tell = {};
};

struct SweepCount {
  std::uint64_t needed = 0, young = 0;           // kept, and why
  std::uint64_t removed = 0, removed_bytes = 0;  // with dry_run: would have been
  bool operator==(const SweepCount&) const = default;
};

class ArtifactSweep {
 public:
  ArtifactSweep(std::filesystem::path root, SweepPlan plan)
      : root_(std::move(root)), plan_(std::move(plan)) {}

  // Looks at `most` files at most; false when all have been looked at. Files that are no artifacts
  // are left alone. Packers wait for a step, so keep it small (64 take well below a millisecond).
  // kConflict: somebody packs at this moment; nothing was done, try again. kUnavailable: a
  // directory cannot be read or a file not be removed; the next step goes on behind it.
  Result<bool> step(std::size_t most);
  [[nodiscard]] const SweepCount& count() const { return count_; }
  // Of those that were needed or young.
  [[nodiscard]] std::uint64_t kept_bytes() const { return kept_bytes_; }

 private:
  bool next_directory();
  Result<void> look_at(const std::filesystem::path& file);

  std::filesystem::path root_;
  SweepPlan plan_;
  SweepCount count_;
  std::uint64_t kept_bytes_ = 0;
  int directory_ = -1;  // 0 to 255: the one that files_ is in
  std::filesystem::directory_iterator files_;
};

}  // namespace sluice
