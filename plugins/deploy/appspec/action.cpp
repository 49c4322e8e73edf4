#include "plugins/deploy/appspec/action.hpp"

#include <sys/prctl.h>

#include "plugins/deploy/appspec/deployment.hpp"
#include "plugins/deploy/appspec/settings.hpp"
#include "plugins/deploy/appspec/text_checks.hpp"

namespace sluice::appspec {
namespace {

// What scripts leave running is the service that was deployed. It belongs to this host, not to the
// run, also when a later event fails (B9: nothing is undone); so while scripts run, their orphans
// go to init instead of to the process that runs actions, which ends what it inherits.
class OrphansGoToInit {
 public:
  OrphansGoToInit() {
    ::prctl(PR_GET_CHILD_SUBREAPER, &before_);
    ::prctl(PR_SET_CHILD_SUBREAPER, 0);
  }
  OrphansGoToInit(const OrphansGoToInit&) = delete;
  OrphansGoToInit& operator=(const OrphansGoToInit&) = delete;
  ~OrphansGoToInit() { ::prctl(PR_SET_CHILD_SUBREAPER, before_); }

 private:
  int before_ = 0;
};

DeploymentWitness witness_of(Run& run) {
  DeploymentWitness witness;
  witness.say = [&run](const std::string& text) { run.log(valid_utf8(text)); };
  witness.warn = [&run](const std::string& text) {
    run.log("warning: " + valid_utf8(text), SLUICE_LOG_WARNING);
  };
  witness.script_line = [&run](const std::string& text) { run.log(text); };
  witness.progress = [&run](std::size_t done, std::size_t of, const std::string& event) {
    run.progress(static_cast<int>(done * 100 / of), event);
  };
  witness.cancelled = [&run] { return run.cancelled(); };
  return witness;
}

// "AfterInstall failed: scripts/x.sh ended with exit status 3 [ScriptFailed, code 4]".
std::string failure_text(const DeploymentResult& result) {
  const EventFailure& failure = *result.failure;
  std::string text = result.failed_event.empty() ? "" : result.failed_event + " failed: ";
  if (!failure.script.empty()) {
    text += "script " + failure.script + " ";
    if (!result.failed_revision.empty())
      text += "of the previously installed revision (deployment " + result.failed_revision + ") ";
  }
  text += failure.fault.text() + " (" + error_word(failure.fault.word) + ", code " +
          std::to_string(error_code(failure.fault.word)) + ")";
  if (!failure.script.empty() && !result.failed_revision.empty())
    text += "; to deploy all the same, set ignoreApplicationStopFailures: true once";
  if (!result.log_tail.empty()) text += "\nLast lines of its log:\n" + result.log_tail;
  return valid_utf8(text);
}

void report(Run& run, const DeploymentResult& result) {
  std::vector<std::string> events;
  for (const auto& record : result.events) events.push_back(record.event + ":" + record.status);
  run.set_detail("events", json_list(events));
  if (!result.failure) {
    run.set_detail("errorCode", "0");
    run.set_detail("errorWord", json_quoted("Success"));
    return;
  }
  const std::string& word = result.failure->fault.word;
  run.set_detail("errorCode", std::to_string(error_code(word)));
  run.set_detail("errorWord", json_quoted(error_word(word)));
  run.set_detail("reason", json_quoted(word));
  run.set_detail("lifecycleEvent", json_quoted(result.failed_event));
  run.set_detail("scriptName", json_quoted(result.failure->script));
  run.set_detail("log", json_quoted(result.log_tail));
}

}  // namespace

Outcome deploy_appspec(Run& run) {
  const auto request = read_settings(run);
  if (!request) return misconfigured(request.fault().message);
  run.set_external(request->deployment_id);
  run.set_output("DeploymentId", request->deployment_id);
  run.set_detail("deploymentId", json_quoted(request->deployment_id));
  run.set_detail("deploymentGroupId", json_quoted(request->group_id));
  run.log("deployment " + request->deployment_id + " of " + request->application + " to " +
          request->group_name);
  const OrphansGoToInit orphans_go_to_init;
  const DeploymentResult result = deploy(*request, witness_of(run));
  report(run, result);
  for (const auto& record : result.events) run.log(record.event + ": " + record.status);
  if (!result.failure) {
    run.progress(100, "Succeeded");
    return succeeded();
  }
  const std::string& word = result.failure->fault.word;
  if (word == "CANCELLED")
    return failed(failure_text(result), SLUICE_FAILURE_CANCELLED, "Cancelled");
  if (word == "DEPLOYMENT_LIMIT_EXCEEDED")
    return failed(failure_text(result), SLUICE_FAILURE_TRANSIENT, "DeploymentLimitExceeded");
  return failed(failure_text(result), SLUICE_FAILURE_PERMANENT, word);
}

}  // namespace sluice::appspec
