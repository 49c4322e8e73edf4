// A sluice_host without an engine, for tests of action plugins: a test sets up one run, calls the
// action's function through the same C table that the real host offers, and looks at what it did.
//
//   FakeHost host;
//   host.configure("buildspec", "buildspec.yml");
//   write_file(host.input("src") / "buildspec.yml", "version: 0.2 ...");
//   host.output("out");
//   const auto outcome = host.run<sluice::plugins::build_action>();
//   CHECK(outcome == SLUICE_SUCCEEDED);
//   CHECK(host.outputs.at("VERSION") == "1");
//
// Every directory lies in one temporary directory that ends with the object. While the action runs,
// the current directory is the run's work directory, and stdout and stderr of this process and of
// its children are kept for log(). Not for several threads, except cancel().
#ifndef SLUICE_TESTS_SUPPORT_FAKE_HOST_HPP
#define SLUICE_TESTS_SUPPORT_FAKE_HOST_HPP

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <sluice/action.hpp>
#include <string>
#include <vector>

namespace sluice::testing {

// Creates the parent directories too. Fails the program with a message if it cannot.
void write_file(const std::filesystem::path& path, const std::string& text,
                bool executable = false);
// The whole file, or "" if it cannot be read.
std::string read_file(const std::filesystem::path& path);
// Paths of all files and symbolic links below directory, relative, sorted; "" of none.
std::vector<std::string> files_below(const std::filesystem::path& directory);

class FakeHost {
 public:
  FakeHost();
  ~FakeHost();
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;

  // Before run. Directories are created.
  void configure(const std::string& key, const std::string& value) { configuration_[key] = value; }
  void set_text(sluice_text which, const std::string& value) { texts_[which] = value; }
  void set_environment(const std::string& name, const std::string& value);
  void add_command(const std::string& command) { commands_.push_back(command); }
  void add_output_variable(const std::string& name) { output_variables_.push_back(name); }
  std::filesystem::path input(const std::string& name, const std::string& revision = "");
  std::filesystem::path output(const std::string& name, std::vector<std::string> files = {});
  // Beside SLUICE_SECRETS_ID, which it has; null takes that away.
  void set_extension(const std::string& id, const void* table) { extensions_[id] = table; }
  // cancelled() answers yes from now on, or from its n-th call on. [any thread]
  void cancel() { polls_until_cancel_ = 0; }
  void cancel_at_poll(int n) { polls_until_cancel_ = n; }

  // Runs the action once; may be called again (with set_text(SLUICE_TEXT_CONTINUATION, token),
  // say).
  sluice_outcome run(sluice_outcome (*action)(const sluice_host*, sluice_run*));
  template <Outcome (*Function)(Run&)>
  sluice_outcome run() {
    return run(&sluice::detail::run_action<Function>);
  }

  // After run: what the action reported.
  struct Failure {
    sluice_failure_kind kind;
    std::string code, message;
  };
  struct Revision {
    std::string id, summary, url;
  };
  struct Continuation {
    std::string token;
    std::int64_t delay_ms;
  };
  struct External {
    std::string id, url, summary;
  };
  std::map<std::string, std::string> outputs;         // set_output
  std::map<std::string, std::string> details;         // set_detail: JSON text
  std::map<std::string, Revision> revisions;          // set_revision, by artifact
  std::optional<Failure> failure;                     // fail
  std::optional<Continuation> continuation;           // continue_later
  std::optional<External> external;                   // set_external
  std::vector<std::pair<int, std::string>> progress;  // percent, summary
  std::vector<std::string> masked;                    // sluice.secrets/1, in order
  bool refuse_outputs = false;                        // set_output answers -1

  // Everything the run and its children wrote, in order: log(), stdout and stderr.
  std::string log() const;
  const std::filesystem::path& root() const { return root_; }
  std::filesystem::path work_directory() const { return root_ / "work"; }
  std::filesystem::path state_directory() const { return root_ / "state"; }
  std::filesystem::path base_directory() const { return root_ / "base"; }

 private:
  struct Table;  // the C functions
  struct Artifact {
    std::string name, directory, revision;
    std::vector<std::string> files;
  };
  const char* const* list(sluice_list which);
  std::vector<std::string> flatten(sluice_list which) const;

  std::filesystem::path root_;
  std::map<std::string, std::string> configuration_;
  std::map<sluice_text, std::string> texts_;
  std::vector<std::pair<std::string, std::string>> environment_;
  std::vector<std::string> commands_, output_variables_;
  std::vector<Artifact> inputs_, outputs_;
  std::map<std::string, const void*> extensions_;
  std::atomic<int> polls_until_cancel_{-1};
  // What list() hands out; valid until the next run begins.
  std::map<sluice_list, std::pair<std::vector<std::string>, std::vector<const char*>>> lists_;
};

}  // namespace sluice::testing

#endif
