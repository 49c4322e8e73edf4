#include "engine/workers/worker_ledger.hpp"

#include <algorithm>
#include <iterator>

namespace sluice::workers {
namespace {

constexpr std::size_t kMostAncestors = 64;

std::size_t size_of(const Account& account) {
  return account.details.size() + account.summary.size();
}
std::size_t size_of(const Outcome& outcome) {
  if (const auto* const success = std::get_if<ReportSuccess>(&outcome)) {
    std::size_t bytes = size_of(success->account);
    for (const auto& [key, value] : success->variables) bytes += key.size() + value.size();
    return bytes;
  }
  return std::visit([](const auto& report) { return size_of(report.account); }, outcome);
}

const ActionKey& key_of(const Outcome& outcome) {
  return std::visit([](const auto& report) -> const ActionKey& { return report.key; }, outcome);
}

}  // namespace

void WorkerLedger::inherit(Remains remains) {
  ancestors_ = std::move(remains.instances);
  if (ancestors_.size() > kMostAncestors)
    ancestors_.erase(ancestors_.begin(), ancestors_.end() - kMostAncestors);
  for (Report& report : remains.reports) {
    if (take(report.job) == Taken::kKnown) continue;
    keep(report.job, std::move(report.outcome), jobs_.at({report.job.pipeline, report.job.key}));
  }
}

WorkerLedger::Taken WorkerLedger::take(const JobName& job) {
  const Place place{job.pipeline, job.key};
  Taken taken = Taken::kNew;
  if (const auto at = jobs_.find(place); at != jobs_.end()) {
    if (at->second.id == job.id) return Taken::kKnown;
    if (at->second.result == 0) taken = Taken::kReplaces;
    forget(at);
  }
  jobs_[place].id = job.id;
  return taken;
}

void WorkerLedger::forget(std::map<Place, Job>::iterator job) {
  for (const std::uint64_t number : {job->second.result, job->second.progress}) {
    const auto report = reports_.find(number);
    if (report == reports_.end()) continue;
    if (number == job->second.result) {
      bytes_ -= size_of(report->second.outcome);
      --kept_;
    }
    reports_.erase(report);
    unsent_.erase(number);
  }
  jobs_.erase(job);
}

bool WorkerLedger::cancel(const JobName& job) {
  const auto at = jobs_.find({job.pipeline, job.key});
  if (at == jobs_.end() || at->second.id != job.id) return false;
  const bool running = at->second.result == 0;
  forget(at);
  return running;
}

void WorkerLedger::report(const std::string& pipeline, Outcome outcome) {
  const auto at = jobs_.find({pipeline, key_of(outcome)});
  if (at == jobs_.end() || at->second.result != 0) return;
  Job& job = at->second;
  if (!is_progress(outcome)) {
    keep({pipeline, at->first.second, job.id}, std::move(outcome), job);
    return;
  }
  job.next_progress = std::move(outcome);
  say_progress(at->first, job);
}

void WorkerLedger::keep(const JobName& job, Outcome outcome, Job& entry) {
  if (entry.progress != 0) {
    reports_.erase(entry.progress);
    unsent_.erase(entry.progress);
    entry.progress = 0;
  }
  entry.next_progress.reset();
  if (bytes_ + size_of(outcome) > most_bytes_)
    std::visit(
        [](auto& report) {
          if (!report.account.details.empty())
            report.account.details =
                R"({"leftOut":"the worker kept more results than it may while no engine took them"})";
        },
        outcome);
  bytes_ += size_of(outcome);
  ++kept_;
  entry.result = next_++;
  unsent_.insert(entry.result);
  reports_.emplace(entry.result, Report{entry.result, job, std::move(outcome)});
}

// One word of a job is under way at a time; of those that come meanwhile the last one is said next.
void WorkerLedger::say_progress(const Place& place, Job& job) {
  if (job.progress != 0 || !job.next_progress) return;
  job.progress = next_++;
  unsent_.insert(job.progress);
  reports_.emplace(
      job.progress,
      Report{job.progress, {place.first, place.second, job.id}, std::move(*job.next_progress)});
  job.next_progress.reset();
}

void WorkerLedger::settle(const std::vector<std::uint64_t>& numbers) {
  for (const std::uint64_t number : numbers) {
    const auto report = reports_.find(number);
    if (report == reports_.end()) continue;
    const auto at = jobs_.find({report->second.job.pipeline, report->second.job.key});
    if (at->second.result == number) {
      forget(at);
      continue;
    }
    reports_.erase(report);
    unsent_.erase(number);
    at->second.progress = 0;
    say_progress(at->first, at->second);
  }
}

void WorkerLedger::cut(const std::string& why) {
  for (const JobName& job : running())
    keep(job, ReportFailure{job.key, {}, {FailureKind::kLost, "Lost", why}},
         jobs_.at({job.pipeline, job.key}));
}

void WorkerLedger::resend() {
  unsent_.clear();
  for (const auto& [number, report] : reports_) unsent_.insert(unsent_.end(), number);
}

std::vector<const Report*> WorkerLedger::take_unsent() {
  std::vector<const Report*> reports;
  reports.reserve(unsent_.size());
  for (const std::uint64_t number : unsent_) reports.push_back(&reports_.at(number));
  unsent_.clear();
  return reports;
}

std::vector<JobName> WorkerLedger::jobs() const {
  std::vector<JobName> names;
  names.reserve(jobs_.size());
  for (const auto& [place, job] : jobs_) names.push_back({place.first, place.second, job.id});
  return names;
}

std::vector<JobName> WorkerLedger::running() const {
  std::vector<JobName> names;
  for (const auto& [place, job] : jobs_)
    if (job.result == 0) names.push_back({place.first, place.second, job.id});
  return names;
}

Remains WorkerLedger::remains() const {
  Remains remains{ancestors_, {}};
  remains.instances.push_back(instance_);
  for (const auto& [number, report] : reports_)
    if (!is_progress(report.outcome)) remains.reports.push_back(report);
  return remains;
}

}  // namespace sluice::workers
