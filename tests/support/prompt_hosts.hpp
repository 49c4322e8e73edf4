// Hosts for tests of the runtime: what was started and cancelled is written down, and a test
// reports for them, or every job succeeds at once.
#pragma once

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "engine/hosts/hosts.hpp"

namespace sluice {

class PromptHosts final : public Hosts {
 public:
  void start(Job job) override {
    if (at_once_) {
      at_once_(job.pipeline, ReportSuccess{job.key, {}, {}, {}});
      return;
    }
    jobs.push_back(std::move(job));
  }
  void resume(Job job) override {
    ++resumed_jobs;
    start(std::move(job));
  }
  void resumed() override { all_resumed = true; }
  void cancel(const std::string& /*pipeline*/, const ActionKey& key) override {
    cancelled.push_back(key);
    std::erase_if(jobs, [&](const Job& job) { return job.key == key; });
  }
  // Every job succeeds as soon as it is started.
  void succeed_at_once(ReportSink sink) { at_once_ = std::move(sink); }

  std::vector<Job> jobs;  // running, in order of start
  std::vector<ActionKey> cancelled;
  int resumed_jobs = 0;  // of those started
  bool all_resumed = false;

 private:
  ReportSink at_once_;
};

}  // namespace sluice
