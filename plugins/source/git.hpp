// The git executable, made safe to call from an action: it never prompts, runs no hooks of the
// user's, ignores the GIT_DIR that a surrounding hook may have set, has a deadline, and finds the
// repository's URL in a private configuration file, so that credentials in it are not seen in `ps`.
#pragma once

#include <cstdint>
#include <sluice/action.hpp>
#include <string>
#include <vector>

#include "plugins/process/child.hpp"

namespace sluice::source {

inline constexpr std::int64_t kQuick_ms = 60'000;
inline constexpr std::int64_t kRemoteQuestion_ms = 120'000;
inline constexpr std::int64_t kTransfer_ms = 3'600'000;

struct Answer {
  process::Ending ending;
  std::string output, error;
  [[nodiscard]] bool ok() const { return ending.succeeded(); }
};

struct GitOptions {
  std::string url;                   // of the remote "source"; empty: there is none
  std::vector<std::string> trusted;  // directories that may belong to another user
  bool local_submodules = false;     // submodules may be fetched from paths on this machine
};

class Git {
 public:
  // Writes its configuration into the run's work directory. Throws std::runtime_error if it cannot.
  Git(Run& run, const GitOptions& options);

  // Runs `git ARGUMENTS`. [main]
  [[nodiscard]] Answer operator()(const std::vector<std::string>& arguments,
                                  std::int64_t deadline_ms = kQuick_ms,
                                  const process::Environment& more_environment = {}) const;

 private:
  Run& run_;
  process::Environment environment_;
};

// The files of the user's own configuration, whether they exist or not.
[[nodiscard]] std::vector<std::string> user_configurations();

// Output without its last line end.
[[nodiscard]] std::string first_line(const std::string& text);

// What a failed git command means for the action: cancelled, network trouble (TRANSIENT), refused
// credentials, not a repository, or `doing` and git's own words. `shown_url` has no password.
[[nodiscard]] Outcome explain(const Answer& answer, const std::string& doing,
                              const std::string& url, const std::string& shown_url);

}  // namespace sluice::source
