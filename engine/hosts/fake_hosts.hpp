// Hosts without processes, for tests and benchmarks of the engine: every job is answered by a
// script, at once or when the test says so, on the thread that asks. No threads, no clock.
//
//   FakeHosts hosts(sink);
//   hosts.script("Compile", [](const Job& job) { return ReportFailure{job.key, {}, {...}}; });
//   hosts.hold("Deploy");            // is started, and answers only to finish()
//   hosts.finish("Deploy", ReportSuccess{});
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/hosts/hosts.hpp"

namespace sluice {

class FakeHosts final : public Hosts {
 public:
  // Makes the report of a job; its key may be left empty.
  using Script = std::function<Input(const Job&)>;

  explicit FakeHosts(ReportSink sink) : sink_(std::move(sink)) {}

  // For the actions of this name; all others succeed, each output artifact with its name as digest.
  void script(const std::string& action, Script script) { scripts_[action] = std::move(script); }
  void hold(const std::string& action) { held_.insert(action); }

  // The oldest running job of the action gets this report. False if there is none.
  bool finish(const std::string& action, Input report) {
    const auto found = std::find_if(running_.begin(), running_.end(),
                                    [&](const Job& job) { return job.action == action; });
    if (found == running_.end()) return false;
    const Job job = std::move(*found);
    running_.erase(found);
    give(job, std::move(report));
    return true;
  }
  // A worker's word on a job that goes on.
  bool progress(const std::string& action, ReportProgress report) {
    for (const Job& job : running_) {
      if (job.action != action) continue;
      give(job, std::move(report));
      return true;
    }
    return false;
  }

  void start(Job job) override {
    ++started_;
    if (held_.contains(job.action)) {
      running_.push_back(std::move(job));
      return;
    }
    const auto found = scripts_.find(job.action);
    give(job, found == scripts_.end() ? success(job) : found->second(job));
  }
  void cancel(const std::string& pipeline, const ActionKey& key) override {
    cancelled_.emplace_back(pipeline, key);
    std::erase_if(running_,
                  [&](const Job& job) { return job.key == key && job.pipeline == pipeline; });
  }

  [[nodiscard]] const std::vector<Job>& running() const { return running_; }
  [[nodiscard]] const std::vector<std::pair<std::string, ActionKey>>& cancelled() const {
    return cancelled_;
  }
  [[nodiscard]] std::size_t started() const { return started_; }

 private:
  static Input success(const Job& job) {
    ReportSuccess report;
    for (const auto& output : job.outputs) {
      ArtifactRef artifact;
      artifact.name = artifact.digest = output.name;
      report.outputs.push_back(std::move(artifact));
    }
    return report;
  }
  void give(const Job& job, Input report) {
    std::visit(
        [&](auto& alternative) {
          if constexpr (requires { alternative.key = job.key; }) alternative.key = job.key;
        },
        report);
    sink_(job.pipeline, std::move(report));
  }

  ReportSink sink_;
  std::map<std::string, Script> scripts_;
  std::set<std::string> held_;
  std::vector<Job> running_;
  std::vector<std::pair<std::string, ActionKey>> cancelled_;
  std::size_t started_ = 0;
};

}  // namespace sluice
