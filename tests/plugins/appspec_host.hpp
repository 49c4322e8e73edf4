// A host to deploy to: a destination tree and a deployment root that last over several deployments,
// each of which is one run of the action against a fake host.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/fake_host.hpp"

namespace sluice::appspec::testing {

// One file of a revision or of the host before it; `link` makes a symbolic link, a name that ends
// with a slash an empty directory.
struct TestFile {
  std::string path, text;
  int mode = 0644;
  std::string link = {};
};

// `{D}` in an AppSpec stands for the destination tree.
struct Revision {
  std::string appspec;
  std::vector<TestFile> files;
};

struct Deployed {
  sluice_outcome outcome = SLUICE_FAILED;
  std::string log;                             // the action's
  std::map<std::string, std::string> details;  // JSON text
  std::string word, message;                   // of the failure
  sluice_failure_kind kind = SLUICE_FAILURE_PERMANENT;
  std::string deployment_id;

  [[nodiscard]] bool ok() const { return outcome == SLUICE_SUCCEEDED; }
  // True when details.events has this "EVENT:STATUS".
  [[nodiscard]] bool had(const std::string& event) const;
  [[nodiscard]] bool logged(const std::string& text) const;
};

class TestHost {
 public:
  TestHost();
  ~TestHost();
  TestHost(const TestHost&) = delete;
  TestHost& operator=(const TestHost&) = delete;

  using Settings = std::map<std::string, std::string>;
  Deployed deploy(const Revision& revision, const Settings& settings = {});
  // The input artifact is what `fill` puts into a directory.
  Deployed deploy_directory(const std::filesystem::path& input, const Settings& settings = {},
                            int cancel_at_poll = -1);

  void put(const TestFile& file);  // onto the host, below the destination tree
  [[nodiscard]] std::filesystem::path path(const std::string& name) const { return tree_ / name; }
  [[nodiscard]] std::filesystem::path root() const { return home_ / "deployment-root"; }
  [[nodiscard]] std::filesystem::path home() const { return home_; }

  // Looks at the destination tree. "app/a=A": a file with that text; "app/a:0750" its mode;
  // "app/ln->b": a link; "!app/a": not there; "app/": a directory. The first that does not hold, or
  // "" when all do.
  [[nodiscard]] std::string first_untrue(const std::vector<std::string>& claims) const;

 private:
  [[nodiscard]] bool holds(const std::string& claim) const;
  std::filesystem::path home_, tree_;
  int revisions_ = 0;
};

void write_test_file(const std::filesystem::path& folder, const TestFile& file);

// "version: 0.0\nos: linux\n" and the rest.
std::string appspec_text(const std::string& rest);
// An AppSpec with one script for one event.
std::string with_hook(const std::string& event, const std::string& script);

}  // namespace sluice::appspec::testing
