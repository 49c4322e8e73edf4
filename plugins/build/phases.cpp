#include "plugins/build/phases.hpp"

#include <chrono>
#include <iterator>
#include <regex>
#include <utility>

#include "plugins/build/build_log.hpp"

namespace sluice::build {
namespace {

using Action = OnFailure::Action;

// After a phase that failed (A4.1, A4.2). One that succeeded goes on to the next, the last to
// UPLOAD_ARTIFACTS. POST_BUILD and UPLOAD_ARTIFACTS are reached if and only if BUILD ran; ABORT
// takes POST_BUILD away. A phase whose retries are used up ends as if it had no on-failure.
struct Transition {
  PhaseName failed;
  Action on_failure;
  Next next;
};
constexpr Transition kAfterFailure[] = {
    {PhaseName::kInstall, Action::kDefault, Next::kFinalize},
    {PhaseName::kInstall, Action::kAbort, Next::kFinalize},
    {PhaseName::kInstall, Action::kContinue, Next::kNextPhase},
    {PhaseName::kInstall, Action::kRetry, Next::kFinalize},
    {PhaseName::kPreBuild, Action::kDefault, Next::kFinalize},
    {PhaseName::kPreBuild, Action::kAbort, Next::kFinalize},
    {PhaseName::kPreBuild, Action::kContinue, Next::kNextPhase},
    {PhaseName::kPreBuild, Action::kRetry, Next::kFinalize},
    {PhaseName::kBuild, Action::kDefault, Next::kNextPhase},
    {PhaseName::kBuild, Action::kAbort, Next::kUpload},
    {PhaseName::kBuild, Action::kContinue, Next::kNextPhase},
    {PhaseName::kBuild, Action::kRetry, Next::kNextPhase},
    {PhaseName::kPostBuild, Action::kDefault, Next::kUpload},
    {PhaseName::kPostBuild, Action::kAbort, Next::kUpload},
    {PhaseName::kPostBuild, Action::kContinue, Next::kUpload},
    {PhaseName::kPostBuild, Action::kRetry, Next::kUpload},
};

constexpr std::size_t kLongestMatched = 1000;  // characters of a message that RETRY-regex sees

void fail(PhaseRecord& record, const char* code, std::string message) {
  if (record.status != Status::kSucceeded) return;
  record.status = Status::kFailed;
  record.code = code;
  record.message = std::move(message);
}

// False if the list ended early; the record then says why.
bool run_list(const Texts& commands, Session& session, PhaseRecord& record) {
  for (const auto& command : commands) {
    log_line("Running command " + command);
    const EntryResult result = session.run(command);
    if (result.ok()) continue;
    if (result.interruption != Interruption::kNone) {
      const bool timed_out = result.interruption == Interruption::kTimedOut;
      record.status = timed_out ? Status::kTimedOut : Status::kStopped;
      record.code = timed_out ? "BUILD_TIMED_OUT" : "BUILD_STOPPED";
      record.message = timed_out ? "Build has timed out." : "Build was stopped.";
    } else if (!result.trouble.empty()) {
      fail(record, "CLIENT_ERROR", result.trouble);
    } else {
      const std::string status = "exit status " + std::to_string(result.status);
      log_line("Command did not exit successfully " + command + ' ' + status);
      fail(record, "COMMAND_EXECUTION_ERROR",
           "Error while executing command: " + command + ". Reason: " + status);
    }
    return false;
  }
  return true;
}

PhaseRecord run_once(const Phase& phase, PhaseName name, const std::string& user,
                     Session& session) {
  PhaseRecord record;
  record.name = name_of(name);
  if (auto trouble = session.become(user); !trouble.empty()) {
    fail(record, "CLIENT_ERROR", std::move(trouble));
    return record;
  }
  if (!phase.runtime_versions.empty())
    log_line(
        "Warning: skipping install of runtimes. runtime-versions are not supported by this build "
        "environment; it uses what the machine has");
  if (!run_list(phase.commands, session, record) && record.status == Status::kFailed)
    session.set_succeeding(false);
  if (record.status == Status::kSucceeded || record.status == Status::kFailed)
    run_list(phase.finally, session, record);
  return record;
}

bool retry_wanted(const OnFailure& on_failure, int retries_done, const std::string& message) {
  if (on_failure.action != Action::kRetry || retries_done >= on_failure.retries) return false;
  if (on_failure.pattern.empty()) return true;
  try {
    return std::regex_search(message.substr(0, kLongestMatched), std::regex(on_failure.pattern));
  } catch (const std::regex_error&) {  // too much work for the matcher
    return false;
  }
}

PhaseRecord run_phase(const Buildspec& spec, PhaseName name, Session& session, bool succeeding) {
  const Phase& phase = spec.phase(name);
  const std::string& user = phase.run_as.empty() ? spec.run_as : phase.run_as;
  const auto start = std::chrono::steady_clock::now();
  log_line(std::string("Entering phase ") + name_of(name));
  PhaseRecord record;
  for (int retries = 0;; ++retries) {
    record = run_once(phase, name, user, session);
    if (record.status != Status::kFailed ||
        !retry_wanted(phase.on_failure, retries, record.message))
      break;
    log_line("Retrying phase " + record.name + " (" + std::to_string(retries + 1) + " of " +
             std::to_string(phase.on_failure.retries) + ") after: " + record.message);
    session.set_succeeding(succeeding);
  }
  record.duration_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                           std::chrono::steady_clock::now() - start)
                           .count();
  log_phase_end(record);
  return record;
}

}  // namespace

const char* name_of(Status status) {
  switch (status) {
    case Status::kSucceeded:
      return "SUCCEEDED";
    case Status::kFailed:
      return "FAILED";
    case Status::kTimedOut:
      return "TIMED_OUT";
    case Status::kStopped:
      return "STOPPED";
  }
  return "";
}

const char* name_of(PhaseName phase) {
  constexpr const char* kNames[] = {"INSTALL", "PRE_BUILD", "BUILD", "POST_BUILD"};
  return kNames[static_cast<std::size_t>(phase)];
}

void log_phase_end(const PhaseRecord& record) {
  log_line("Phase complete: " + record.name + " State: " + name_of(record.status));
  log_line("Phase context status code: " + record.code + " Message: " + record.message);
}

Next next_after(PhaseName phase, Status status, OnFailure::Action on_failure) {
  if (status == Status::kTimedOut || status == Status::kStopped) return Next::kFinalize;
  if (status == Status::kSucceeded)
    return phase == PhaseName::kPostBuild ? Next::kUpload : Next::kNextPhase;
  for (const auto& row : kAfterFailure)
    if (row.failed == phase && row.on_failure == on_failure) return row.next;
  return Next::kFinalize;
}

Session::Session(Shell::Options options, const Watch& watch, Version version)
    : options_(std::move(options)),
      watch_(watch),
      version_(version),
      shell_(std::make_unique<Shell>(options_, watch_)) {}

EntryResult Session::run(const std::string& entry) {
  if (version_ == Version::k02) return shell_->run(entry);
  const EntryResult result = shell_->run(
      "export CODEBUILD_BUILD_SUCCEEDING=" + std::string(succeeding_ ? "1" : "0") + "\n" + entry);
  shell_->restart();
  return result;
}

void Session::set_succeeding(bool succeeding) {
  if (succeeding == succeeding_) return;
  succeeding_ = succeeding;
  if (version_ == Version::k02) shell_->set("CODEBUILD_BUILD_SUCCEEDING", succeeding ? "1" : "0");
}

PhasesResult run_phases(const Buildspec& spec, Session& session) {
  PhasesResult result;
  for (std::size_t i = 0; i < kPhaseCount; ++i) {
    const auto name = static_cast<PhaseName>(i);
    const bool succeeding = result.status == Status::kSucceeded;
    result.records.push_back(run_phase(spec, name, session, succeeding));
    const PhaseRecord& record = result.records.back();
    if (record.status != Status::kSucceeded) {
      session.set_succeeding(false);
      if (succeeding || record.status != Status::kFailed) result.status = record.status;
    }
    const Next next = next_after(name, record.status, spec.phase(name).on_failure.action);
    result.upload = next == Next::kUpload;
    if (next != Next::kNextPhase) break;
  }
  return result;
}

}  // namespace sluice::build
