#include "plugins/deploy/appspec/deployment.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <set>

#include "plugins/deploy/appspec/cleanup.hpp"
#include "plugins/deploy/appspec/deployment_root.hpp"
#include "plugins/deploy/appspec/disk.hpp"
#include "plugins/deploy/appspec/events.hpp"
#include "plugins/deploy/appspec/file_tree.hpp"
#include "plugins/deploy/appspec/installer.hpp"
#include "plugins/deploy/appspec/parser.hpp"
#include "plugins/deploy/appspec/planner.hpp"

namespace sluice::appspec {
namespace {

namespace fs = std::filesystem;

// Held while a group deploys; the kernel lets go of it when the process ends, however it ends.
class GroupLock {
 public:
  explicit GroupLock(const std::string& path)
      : file_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
    held_ = file_ >= 0 && ::flock(file_, LOCK_EX | LOCK_NB) == 0;
    error_ = errno;
  }
  GroupLock(const GroupLock&) = delete;
  GroupLock& operator=(const GroupLock&) = delete;
  ~GroupLock() {
    if (file_ >= 0) ::close(file_);
  }
  [[nodiscard]] Check check() const {
    if (held_) return Done{};
    if (file_ >= 0 && error_ == EWOULDBLOCK)
      return Fault{"DEPLOYMENT_LIMIT_EXCEEDED",
                   "another deployment of this group is going on on this host; start again when it "
                   "has ended",
                   {}};
    return io_fault("cannot lock the deployment group", "deployment-instructions", error_);
  }

 private:
  int file_;
  bool held_ = false;
  int error_ = 0;
};

struct Revision {
  std::string directory;  // of its deployment
  bool is_current = true;
};

class Deployment {
 public:
  Deployment(const DeploymentRequest& request, const DeploymentWitness& witness)
      : request_(request),
        witness_(witness),
        root_(request.deployment_root, request.group_id, request.deployment_id) {}

  DeploymentResult run() {
    if (auto ready = root_.prepare(); !ready) return refused(ready.fault());
    const GroupLock lock(root_.lock_file());
    if (auto held = lock.check(); !held) return refused(held.fault());
    for (const auto& event : root_.take_interrupted())
      witness_.warn("deployment " + event + " was cut off by a crash; it counts as failed");
    log_.emplace(root_.scripts_log(), root_.deployments_log(), request_.deployment_id,
                 witness_.script_line);
    const auto events =
        request_.events.empty() ? default_events() : ordered_events(request_.events);
    for (std::size_t i = 0; i < events.size(); ++i) {
      witness_.progress(i, events.size(), events[i]);
      run_event(events[i]);
    }
    return std::move(result_);
  }

 private:
  DeploymentResult refused(const Fault& fault) {
    result_.failure = EventFailure{fault, {}};
    return std::move(result_);
  }

  void run_event(const std::string& event) {
    has_scripts_ = false;
    std::optional<EventFailure> failure;
    if (result_.failure) {
      if (!is_silent(event)) result_.events.push_back({event, "Skipped"});
      return;
    }
    if (witness_.cancelled())
      failure = EventFailure{{"CANCELLED", "the deployment was stopped", {}}, {}};
    else if (event == "DownloadBundle")
      failure = marked(event, [&] { return download(); });
    else if (event == "Install")
      failure = marked(event, [&] { return install_revision(); });
    else
      failure = run_hooks(event);
    if (!failure && is_silent(event)) return;
    result_.events.push_back({event, failure ? "Failed" : "Succeeded"});
    if (!failure) return;
    const bool ignored = request_.ignore_application_stop_failures &&
                         is_of_previous_revision(event) && failure->fault.word != "CANCELLED";
    if (ignored) {
      witness_.warn(event + " failed and is ignored: " + failure->script +
                    (failure->script.empty() ? "" : " ") + failure->fault.text());
      return;
    }
    result_.failure = failure;
    result_.failed_event = event;
    result_.log_tail = has_scripts_ ? log_->tail() : "";
    if (!revision_.is_current) result_.failed_revision = fs::path(revision_.directory).filename();
  }

  // Traffic events that nobody asked for and that have no scripts are not worth a line.
  [[nodiscard]] bool is_silent(const std::string& event) const {
    return request_.events.empty() && is_traffic_event(event) && !has_scripts_;
  }

  template <class Work>
  std::optional<EventFailure> marked(const std::string& event, Work work) {
    if (auto begun = root_.begin_event(event); !begun) return EventFailure{begun.fault(), {}};
    const Check done = work();
    root_.end_event();
    if (done) return std::nullopt;
    return EventFailure{done.fault(), {}};
  }

  Check download() {
    revision_ = {};
    root_.prune(request_.max_revisions);
    if (auto done = fetch_bundle(request_.bundle, root_.archive(), witness_.cancelled); !done)
      return done;
    if (auto done = root_.remember_appspec_name(request_.appspec_name); !done) return done;
    return root_.mark_downloaded();
  }

  Check install_revision() {
    revision_ = {};
    auto spec = read_appspec_for_install();
    if (!spec) return spec.fault();
    if (auto known = check_hook_names(*spec); !known) return known;
    if (auto removed = remove_previous(root_.cleanup_list()); !removed) return removed;
    const Placement placement{root_.archive(), request_.base_directory, request_.destination_root,
                              request_.file_exists_behavior};
    warn_relative(*spec);
    auto plan = plan_installation(*spec, placement, DiskTree());
    if (!plan) return plan.fault();
    if (auto kept = write_file(root_.install_json(), instructions_json(*plan)); !kept) return kept;
    if (auto done = install(*plan, root_.cleanup_list(), witness_.cancelled); !done) return done;
    witness_.say("Install: " + std::to_string(plan->size()) + " instructions carried out");
    return root_.mark_installed();
  }

  void warn_relative(const AppSpec& spec) {
    if (!request_.destination_root.empty()) return;
    for (const auto& mapping : spec.files)
      if (mapping.destination.empty() || mapping.destination[0] != '/')
        warn_once("the destination '" + mapping.destination + "' is relative; it starts at " +
                  request_.base_directory);
  }

  // Only a deployment that names its events knows which there are (B7.3).
  Check check_hook_names(const AppSpec& spec) {
    const auto& asked = request_.events;
    const auto is_asked = [&](const std::string& event) {
      return std::find(asked.begin(), asked.end(), event) != asked.end();
    };
    for (const auto& [event, scripts] : spec.hooks) {
      if (is_default_event(event) || is_asked(event)) continue;
      if (!asked.empty())
        return Fault{"UNKNOWN_LIFECYCLE_EVENT",
                     "the AppSpec has a hook for '" + event +
                         "', which is no lifecycle event of this deployment; correct the name or "
                         "add it to events",
                     request_.appspec_name};
      warn_once("the hook '" + event + "' is no lifecycle event and never runs");
    }
    for (const auto& event : asked)
      if (!is_default_event(event) && spec.hooks.count(event) == 0)
        return Fault{"CUSTOM_EVENT_NOT_IN_APPSPEC",
                     "the event '" + event + "' was asked for, but the AppSpec has no hook for it",
                     request_.appspec_name};
    return Done{};
  }

  Checked<AppSpec> read_appspec_for_install() {
    for (const std::string& name :
         {request_.appspec_name, std::string("appspec.yaml"), std::string("appspec.yml")})
      if (read_file(root_.archive() + "/" + name)) {
        // The next deployment's stop scripts come from this revision: it must find this file.
        if (auto kept = root_.remember_appspec_name(name); !kept) return kept.fault();
        return read_appspec(root_.archive(), name);
      }
    return read_appspec(root_.archive(), request_.appspec_name);
  }

  Checked<AppSpec> read_appspec(const std::string& archive, const std::string& name) {
    std::error_code error;
    const auto size = fs::file_size(archive + "/" + name, error);
    if (!error && size > kMaxAppSpecBytes)
      return Fault{"APPSPEC_TOO_LARGE", "an AppSpec file may have 1 MiB at most", name};
    const auto text = read_file(archive + "/" + name);
    if (!text)
      return Fault{"APPSPEC_NOT_FOUND",
                   "the revision has no file " + name +
                       "; put it in the revision's top folder, or name it with the key appspec",
                   archive};
    auto spec = parse_appspec(*text, name);
    if (spec)
      for (const auto& warning : spec->warnings) warn_once(warning);
    return spec;
  }

  // Which revision's scripts an event runs (B6.1); absent: there is none yet.
  std::optional<Revision> revision_for(const std::string& event) {
    const auto of_marker = [](std::optional<std::string> directory) -> std::optional<Revision> {
      if (!directory) return std::nullopt;
      return Revision{*directory, false};
    };
    const bool rollback = request_.creator == "codeDeployRollback" && request_.type == "BLUE_GREEN";
    const bool downloaded = DiskTree().exists(root_.archive());
    const bool block = event == "BeforeBlockTraffic" || event == "AfterBlockTraffic";
    const bool allow = event == "BeforeAllowTraffic" || event == "AfterAllowTraffic";
    if (rollback && block) return of_marker(root_.most_recent());
    const bool of_installed = is_of_previous_revision(event) || (rollback && allow);
    if (of_installed && !downloaded) return of_marker(root_.last_installed());
    return Revision{root_.deployment_directory(), true};
  }

  std::optional<EventFailure> run_hooks(const std::string& event) {
    const auto revision = revision_for(event);
    if (!revision) return std::nullopt;
    revision_ = *revision;
    const std::string archive = DeploymentRoot::archive_in(revision->directory);
    const std::string name = revision->is_current ? request_.appspec_name
                                                  : DeploymentRoot::appspec_name_in(
                                                        revision->directory, request_.appspec_name);
    const auto spec = read_appspec(archive, name);
    if (!spec) return EventFailure{spec.fault(), {}};
    const auto scripts = spec->hooks.find(event);
    has_scripts_ = scripts != spec->hooks.end() && !scripts->second.empty();
    if (!has_scripts_) return std::nullopt;
    ScriptSurroundings around{event, archive, variables(event),
                              [this](const std::string& text) { warn_once(text); },
                              witness_.cancelled};
    if (auto begun = root_.begin_event(event); !begun) return EventFailure{begun.fault(), {}};
    auto failure = run_scripts(scripts->second, around, *log_);
    root_.end_event();
    return failure;
  }

  [[nodiscard]] std::map<std::string, std::string> variables(const std::string& event) const {
    auto variables = request_.environment;
    variables["LIFECYCLE_EVENT"] = event;
    variables["DEPLOYMENT_ID"] = request_.deployment_id;
    variables["APPLICATION_NAME"] = request_.application;
    variables["DEPLOYMENT_GROUP_NAME"] = request_.group_name;
    variables["DEPLOYMENT_GROUP_ID"] = request_.group_id;
    return variables;
  }

  void warn_once(const std::string& text) {
    if (warned_.insert(text).second) witness_.warn(text);
  }

  const DeploymentRequest& request_;
  const DeploymentWitness& witness_;
  DeploymentRoot root_;
  std::optional<ScriptLog> log_;
  DeploymentResult result_;
  Revision revision_;
  bool has_scripts_ = false;
  std::set<std::string> warned_;
};

}  // namespace

DeploymentResult deploy(const DeploymentRequest& request, const DeploymentWitness& witness) {
  return Deployment(request, witness).run();
}

}  // namespace sluice::appspec
