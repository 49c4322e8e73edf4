#include "engine/workers/engine_ledger.hpp"

#include <algorithm>

namespace sluice::workers {
namespace {

ReportFailure lost(const ActionKey& key) {
  return {key, {}, {FailureKind::kLost, "Lost", "the worker that ran the action is gone"}};
}

}  // namespace

void EngineLedger::start(Job job) {
  const Place place{job.pipeline, job.key};
  if (const auto at = jobs_.find(place); at != jobs_.end()) {
    if (at->second.job.id == job.id) return;  // known
    erase(at);                                // of a pipeline that is gone
  }
  if (waiting_.size() >= most_waiting_) {
    const std::string message =
        std::to_string(waiting_.size()) + " jobs are waiting for a worker already";
    deliver(place, ReportFailure{job.key, {}, {FailureKind::kTransient, "TooManyJobs", message}},
            {});
    return;
  }
  Entry& entry = jobs_[place];
  entry.job = std::move(job);
  wait(place, entry);
}

void EngineLedger::resume(Job job) {
  const Place place{job.pipeline, job.key};
  if (jobs_.contains(place)) return;
  Entry& entry = jobs_[place];
  entry.job = std::move(job);
  entry.stand = Stand::kUncertain;
  entry.at = before_;
  if (instance_) resolve(place, entry);
}

void EngineLedger::cancel(const std::string& pipeline, const ActionKey& key) {
  const auto at = jobs_.find({pipeline, key});
  if (at != jobs_.end()) erase(at);
}

// What the present worker has of it is cancelled.
void EngineLedger::erase(std::map<Place, Entry>::iterator entry) {
  const Stand stand = entry->second.stand;
  if (stand == Stand::kSent || stand == Stand::kReported) {
    --sent_;
    if (instance_) urgent_.emplace_back(Cancel{name_of(entry->second.job)});
  }
  jobs_.erase(entry);
}

void EngineLedger::wait(const Place& place, Entry& entry) {
  entry.stand = Stand::kWaiting;
  waiting_.push_back({place.first, place.second, entry.job.id});
}

void EngineLedger::deliver(const Place& place, Outcome outcome, Word word, std::uint64_t number) {
  deliveries_.push_back({next_ticket_, place.first, std::move(outcome)});
  tickets_.emplace(next_ticket_++, Ticket{word, place, number, session_});
}

void EngineLedger::lose(const Place& place) {
  jobs_.erase(place);
  ++losses_;
  deliver(place, lost(place.second), Word::kLoss);
}

// Nobody in the session has the job.
void EngineLedger::resolve(const Place& place, Entry& entry) {
  if (!entry.at || *entry.at == *instance_ || ancestors_.contains(*entry.at))
    wait(place, entry);
  else
    lose(place);
}

void EngineLedger::welcome(const Welcome& welcome) {
  ++session_;
  instance_ = welcome.instance;
  ancestors_ = {welcome.ancestors.begin(), welcome.ancestors.end()};
  most_sent_ = std::max<std::size_t>(1, welcome.most_jobs);
  draining_ = drain_said_ = false;
  for (const JobName& name : welcome.jobs) {
    const auto at = jobs_.find({name.pipeline, name.key});
    if (at == jobs_.end() || at->second.job.id != name.id) {
      urgent_.emplace_back(Cancel{name});
      continue;
    }
    at->second.at = instance_;
    if (at->second.stand == Stand::kReported) continue;
    at->second.stand = Stand::kSent;
    ++sent_;
  }
  std::vector<Place> uncertain;
  for (const auto& [place, entry] : jobs_)
    if (entry.stand == Stand::kUncertain) uncertain.push_back(place);
  for (const Place& place : uncertain) resolve(place, jobs_.at(place));
}

void EngineLedger::session_over() {
  instance_.reset();
  urgent_.clear();
  settled_.clear();
  for (auto& [place, entry] : jobs_) {
    entry.number = 0;  // the next session may have other numbers
    if (entry.stand != Stand::kSent) continue;
    entry.stand = Stand::kUncertain;
    --sent_;
  }
}

void EngineLedger::receive(Report report) {
  const Place place{report.job.pipeline, report.job.key};
  const auto at = jobs_.find(place);
  if (!instance_ || at == jobs_.end() || at->second.job.id != report.job.id ||
      at->second.stand == Stand::kWaiting || at->second.stand == Stand::kUncertain) {
    settled_.push_back(report.number);  // nobody wants it any more
    return;
  }
  Entry& entry = at->second;
  if (is_progress(report.outcome)) {
    if (entry.stand == Stand::kSent)
      deliver(place, std::move(report.outcome), Word::kProgress, report.number);
    else
      settled_.push_back(report.number);
    return;
  }
  entry.number = report.number;
  if (entry.stand == Stand::kReported) return;  // sent again: it is delivered already
  entry.stand = Stand::kReported;
  deliver(place, std::move(report.outcome), Word::kLast);
}

void EngineLedger::too_large(const JobName& job) {
  const Place place{job.pipeline, job.key};
  const auto at = jobs_.find(place);
  if (at == jobs_.end() || at->second.stand != Stand::kSent) return;
  --sent_;
  jobs_.erase(at);
  deliver(place,
          ReportFailure{job.key,
                        {},
                        {FailureKind::kConfiguration, "ConfigurationError",
                         "the action's configuration and commands are larger than 8 MiB"}},
          Word::kRefusal);
}

std::vector<EngineLedger::Delivery> EngineLedger::take_deliveries() {
  return std::exchange(deliveries_, {});
}

void EngineLedger::settled(std::uint64_t number) {
  const auto found = tickets_.find(number);
  if (found == tickets_.end()) return;
  const Ticket ticket = std::move(found->second);
  tickets_.erase(found);
  if (ticket.word == Word::kLoss) --losses_;
  if (ticket.word == Word::kProgress && ticket.session == session_ && instance_)
    settled_.push_back(ticket.number);
  if (ticket.word != Word::kLast) return;
  const auto at = jobs_.find(ticket.place);
  if (at == jobs_.end() || at->second.stand != Stand::kReported) return;
  if (instance_ && at->second.number != 0) settled_.push_back(at->second.number);
  --sent_;
  jobs_.erase(at);
}

std::optional<Uuid> EngineLedger::to_record() const {
  if (!instance_ || instance_ == recorded_ || !resumed_ || losses_ != 0) return std::nullopt;
  // A result of a worker that is gone must be committed too: the next engine would start its job.
  for (const auto& [place, entry] : jobs_)
    if (entry.stand == Stand::kReported && entry.at != instance_) return std::nullopt;
  return instance_;
}

void EngineLedger::recorded(Uuid instance) {
  recorded_ = instance;
}

std::vector<ToWorker> EngineLedger::take_messages() {
  if (!instance_) return {};
  std::vector<ToWorker> messages = std::exchange(urgent_, {});
  if (!settled_.empty()) messages.emplace_back(Settled{std::exchange(settled_, {})});
  if (renew_ && resumed_ && !drain_said_ && jobs_.empty() && tickets_.empty()) {
    drain_said_ = draining_ = true;
    renew_ = false;
    messages.emplace_back(Drain{});
  }
  if (draining_ || instance_ != recorded_) return messages;
  while (!waiting_.empty() && sent_ < most_sent_) {
    const JobName name = std::move(waiting_.front());
    waiting_.pop_front();
    const auto at = jobs_.find({name.pipeline, name.key});
    if (at == jobs_.end() || at->second.job.id != name.id || at->second.stand != Stand::kWaiting)
      continue;
    at->second.stand = Stand::kSent;
    at->second.at = instance_;
    ++sent_;
    messages.emplace_back(Start{at->second.job});
  }
  return messages;
}

}  // namespace sluice::workers
