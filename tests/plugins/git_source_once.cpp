// One run of source/git in a process of its own, as the engine's hosts do it:
//   git_source_once REPOSITORY STATE_DIRECTORY OUTPUT_DIRECTORY EXPECTED_COMMIT
#include <filesystem>
#include <iostream>

#include "plugins/source/git_source.hpp"
#include "tests/support/fake_host.hpp"

int main(int count, char** arguments) {
  if (count != 5) return 2;
  sluice::testing::FakeHost host;
  host.configure("repository", arguments[1]);
  host.set_text(SLUICE_TEXT_STATE_DIRECTORY, arguments[2]);
  const auto out = host.output("app");
  const auto outcome = host.run<sluice::source::git_source>();
  if (host.failure) std::cerr << host.failure->message << '\n';
  std::filesystem::rename(out, arguments[3]);
  return outcome == SLUICE_SUCCEEDED && host.outputs["CommitId"] == arguments[4] ? 0 : 1;
}
