// Real git repositories for tests, the same on every machine: no user configuration, fixed author
// and dates.
#pragma once

#include <filesystem>
#include <string>

namespace sluice::testing {

// Keeps the user's git configuration away from this process and its children while it lives.
class FixedGitEnvironment {
 public:
  FixedGitEnvironment();
};

class Repository {
 public:
  // An empty repository whose first branch is main.
  explicit Repository(const std::filesystem::path& directory);

  // `git ARGUMENTS` through the shell, in the repository; its output without the last line end. A
  // failure ends the test program.
  std::string git(const std::string& arguments) const;
  // Writes the file, commits everything, and gives the commit id.
  std::string commit(const std::string& path, const std::string& text,
                     const std::string& message) const;
  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }

 private:
  std::filesystem::path directory_;
};

}  // namespace sluice::testing
