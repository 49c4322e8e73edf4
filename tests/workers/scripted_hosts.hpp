// Hosts of a worker under test: a job succeeds at once, or waits for the test if its action is
// named "Hold". Any thread.
#pragma once

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "engine/hosts/hosts.hpp"

namespace sluice::testing {

class ScriptedHosts final : public Hosts {
 public:
  explicit ScriptedHosts(ReportSink sink) : sink_(std::move(sink)) {}

  void start(Job job) override {
    {
      const std::lock_guard lock(mutex_);
      ++started_;
      if (job.action == "Hold") {
        held_.push_back(std::move(job));
        return;
      }
    }
    sink_(job.pipeline, ReportSuccess{job.key, {}, {}, {}});
  }
  void cancel(const std::string& pipeline, const ActionKey& key) override {
    const std::lock_guard lock(mutex_);
    std::erase_if(held_,
                  [&](const Job& job) { return job.key == key && job.pipeline == pipeline; });
  }

  // Every job that waits succeeds now.
  void release() {
    std::vector<Job> jobs;
    {
      const std::lock_guard lock(mutex_);
      jobs.swap(held_);
    }
    for (const Job& job : jobs) sink_(job.pipeline, ReportSuccess{job.key, {}, {}, {}});
  }
  [[nodiscard]] std::size_t held() {
    const std::lock_guard lock(mutex_);
    return held_.size();
  }
  [[nodiscard]] std::size_t started() {
    const std::lock_guard lock(mutex_);
    return started_;
  }

 private:
  ReportSink sink_;
  std::mutex mutex_;
  std::vector<Job> held_;
  std::size_t started_ = 0;
};

}  // namespace sluice::testing
