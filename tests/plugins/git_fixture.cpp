#include "tests/plugins/git_fixture.hpp"

#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "tests/support/fake_host.hpp"

namespace sluice::testing {

FixedGitEnvironment::FixedGitEnvironment() {
  setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
  setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
  setenv("GIT_AUTHOR_NAME", "Ada", 1);
  setenv("GIT_AUTHOR_EMAIL", "ada@example.org", 1);
  setenv("GIT_COMMITTER_NAME", "Grace", 1);
  setenv("GIT_COMMITTER_EMAIL", "grace@example.org", 1);
  setenv("GIT_AUTHOR_DATE", "2026-01-02T03:04:05+02:00", 1);
  setenv("GIT_COMMITTER_DATE", "2026-01-02T04:04:05+02:00", 1);
}

Repository::Repository(const std::filesystem::path& directory) : directory_(directory) {
  std::filesystem::create_directories(directory);
  git("init --quiet --initial-branch=main");
}

std::string Repository::git(const std::string& arguments) const {
  const std::string command = "git -C '" + directory_.string() + "' " + arguments;
  FILE* pipe = popen(command.c_str(), "r");
  std::string output;
  for (int c = pipe ? std::fgetc(pipe) : EOF; c != EOF; c = std::fgetc(pipe))
    output += static_cast<char>(c);
  if (pipe == nullptr || pclose(pipe) != 0) {
    std::cerr << "failed: " << command << '\n';
    std::abort();
  }
  if (output.ends_with('\n')) output.pop_back();
  return output;
}

std::string Repository::commit(const std::string& path, const std::string& text,
                               const std::string& message) const {
  write_file(directory_ / path, text);
  git("add --all");
  git("commit --quiet --message '" + message + "'");
  return git("rev-parse HEAD");
}

}  // namespace sluice::testing
