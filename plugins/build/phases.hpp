// The user's phases: which runs after which, and what a command's failure means
// (facts/build_deploy.md A4).
#ifndef SLUICE_PLUGINS_BUILD_PHASES_HPP
#define SLUICE_PLUGINS_BUILD_PHASES_HPP

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "plugins/build/model.hpp"
#include "plugins/build/shell.hpp"
#include "plugins/build/watch.hpp"

namespace sluice::build {

enum class Status { kSucceeded, kFailed, kTimedOut, kStopped };
const char* name_of(Status status);    // "SUCCEEDED"
const char* name_of(PhaseName phase);  // "PRE_BUILD"

// What is known of a phase once it is over. code and message: the phase context, empty if all is
// well.
struct PhaseRecord {
  std::string name;
  Status status = Status::kSucceeded;
  std::string code, message;
  std::int64_t duration_ms = 0;
};

// Logs the two lines that end a phase.
void log_phase_end(const PhaseRecord& record);

// What comes after a phase of the user.
enum class Next { kNextPhase, kUpload, kFinalize };
Next next_after(PhaseName phase, Status status, OnFailure::Action on_failure);

// The shell as phases use it: one for all commands in version 0.2, a fresh one for each in 0.1.
class Session {
 public:
  Session(Shell::Options options, const Watch& watch, Version version);
  EntryResult run(const std::string& entry);
  // Returns "" or why not.
  std::string become(const std::string& user) { return shell_->become(user); }
  // CODEBUILD_BUILD_SUCCEEDING for the commands to come.
  void set_succeeding(bool succeeding);
  Shell& shell() { return *shell_; }

 private:
  Shell::Options options_;
  const Watch& watch_;
  Version version_;
  bool succeeding_ = true;
  std::unique_ptr<Shell> shell_;
};

struct PhasesResult {
  std::vector<PhaseRecord> records;
  Status status = Status::kSucceeded;  // of the build so far
  bool upload = false;                 // UPLOAD_ARTIFACTS comes next
};

// Runs the phases in their order. All phases that are reached have a record, declared or not.
PhasesResult run_phases(const Buildspec& spec, Session& session);

}  // namespace sluice::build

#endif
