// What the planner asks of a file system: four questions. DiskTree answers for this host; tests
// plan against a tree in memory.
#pragma once

#include <string>
#include <vector>

namespace sluice::appspec {

class FileTree {
 public:
  virtual ~FileTree() = default;
  // Links are followed: a dangling one does not exist, one to a directory is a directory.
  [[nodiscard]] virtual bool exists(const std::string& path) const = 0;
  [[nodiscard]] virtual bool is_directory(const std::string& path) const = 0;
  // Names in a directory, sorted, without . and ..; empty when it cannot be read.
  [[nodiscard]] virtual std::vector<std::string> entries(const std::string& path) const = 0;
  // The path with all links resolved; "" when there is nothing.
  [[nodiscard]] virtual std::string resolved(const std::string& path) const = 0;
};

class DiskTree final : public FileTree {
 public:
  [[nodiscard]] bool exists(const std::string& path) const override;
  [[nodiscard]] bool is_directory(const std::string& path) const override;
  [[nodiscard]] std::vector<std::string> entries(const std::string& path) const override;
  [[nodiscard]] std::string resolved(const std::string& path) const override;
};

}  // namespace sluice::appspec
