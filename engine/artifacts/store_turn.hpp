// Whose turn it is with the names in an artifact store: packers share it, a sweep has it alone.
// Private to engine/artifacts.
#pragma once

#include <filesystem>

#include "engine/artifacts/packed_file.hpp"

namespace sluice::artifacts {

// Given back when it is destroyed, or its process ends. Lies on the store's directory itself.
class StoreTurn {
 public:
  // Waits while a sweep takes a step, which is bounded. kUnavailable: no such store.
  static Result<StoreTurn> share(const std::filesystem::path& root);
  // Does not wait. kConflict: a packer gives a name, or another sweep has it.
  static Result<StoreTurn> alone(const std::filesystem::path& root);

 private:
  explicit StoreTurn(Descriptor held) : held_(std::move(held)) {}
  static Result<StoreTurn> take(const std::filesystem::path& root, int how);
  Descriptor held_;
};

}  // namespace sluice::artifacts
