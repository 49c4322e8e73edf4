#include "tests/sim/sim_hosts.hpp"

#include <algorithm>

#include "tests/sim/sim_store.hpp"

namespace sluice::sim {

const ActionKey* reported_key(const Input& input) {
  return std::visit(
      [](const auto& report) -> const ActionKey* {
        if constexpr (requires { report.key; }) return &report.key;
        return nullptr;
      },
      input);
}

std::string to_text(const CallKey& call) {
  const ActionKey& key = call.second;
  return call.first + " " + std::to_string(key.execution) + ":" + std::to_string(key.stage) + "." +
         std::to_string(key.action) + "@" + std::to_string(key.attempt) + "/" +
         std::to_string(key.turn);
}

void SimHosts::complain(const std::string& what, const CallKey& call) {
  if (complaint_.empty()) complaint_ = what + ": " + to_text(call);
}

// Before an effect with after = false, after it with true; the crash is one of the two.
void SimHosts::effect_done(bool after) {
  if (crash_at_effect == 0 || after != crash_after_effect) return;
  if (--crash_at_effect == 0) throw Crash{};
}

void SimHosts::begin(Job job) {
  const CallKey call{job.pipeline, job.key};
  for (const auto& [other, running] : running_) {
    if (other.first == call.first && other.second.execution == call.second.execution &&
        other.second.stage == call.second.stage && other.second.action == call.second.action) {
      complain("two calls of one action run at once", call);
    }
  }
  if (job.has_continuation != (job.key.turn > 1)) complain("a continuation out of place", call);
  running_.emplace(call, std::move(job));
}

void SimHosts::start(Job job) {
  effect_done(false);
  take(std::move(job), false);
  effect_done(true);
}

// Workers that end with their engine do not know what they had: for them it is a start.
void SimHosts::resume(Job job) {
  effect_done(false);
  take(std::move(job), outlive_engine);
  effect_done(true);
}

void SimHosts::take(Job job, bool resumed) {
  const CallKey call{job.pipeline, job.key};
  if (outlive_engine && !connected_) {
    claimed_.insert(call);
    early_.emplace_back(std::move(job), resumed);
    return;
  }
  if (resumed && running_.contains(call)) return;  // it goes on
  if (resumed && forgotten_.erase(call) != 0) {
    return tell(call.first,
                ReportFailure{call.second, {}, {FailureKind::kLost, "Lost", "the worker is gone"}});
  }
  if (!ever_.insert(call).second) {
    if (!resumed) complain("a call was started twice", call);
    return;  // its report is on the way
  }
  begin(std::move(job));
}

// Nothing is sent to the workers before all is known: whatever nobody wants any more ends, and only
// then the rest begins.
void SimHosts::resumed() {
  if (!outlive_engine) return;
  connected_ = true;
  std::erase_if(running_, [this](const auto& entry) { return !claimed_.contains(entry.first); });
  for (auto& [job, resumed] : std::exchange(early_, {})) take(std::move(job), resumed);
}

void SimHosts::cancel(const std::string& pipeline, const ActionKey& key) {
  effect_done(false);
  const CallKey call{pipeline, key};
  running_.erase(call);
  std::erase_if(outbox_, [&](const Report& report) {
    const ActionKey* about = reported_key(report.input);
    if (report.pipeline != pipeline || about == nullptr || *about != key) return false;
    if (std::holds_alternative<ReportSuccess>(report.input)) late_.push_back(report);
    return true;
  });
  effect_done(true);
}

void SimHosts::finish(const CallKey& call, Input report) {
  running_.erase(call);
  tell(call.first, std::move(report));
}

void SimHosts::tell(const std::string& pipeline, Input report) {
  outbox_.push_back({++last_report_, pipeline, std::move(report), false});
}

void SimHosts::settled(std::uint64_t number) {
  std::erase_if(outbox_, [&](const Report& report) { return report.number == number; });
}

void SimHosts::lose(const CallKey& call) {
  finish(call, ReportFailure{call.second, {}, {FailureKind::kLost, "Lost", "simulated"}});
}

void SimHosts::die() {
  for (const auto& [call, job] : running_) forgotten_.insert(call);
  for (const Report& report : outbox_) {
    const ActionKey* about = reported_key(report.input);
    if (about != nullptr && !std::holds_alternative<ReportProgress>(report.input)) {
      forgotten_.insert({report.pipeline, *about});
    }
  }
  running_.clear();
  outbox_.clear();
  claimed_.clear();
}

void SimHosts::forget(const std::string& pipeline) {
  const auto of_it = [&](const CallKey& call) { return call.first == pipeline; };
  std::erase_if(ever_, of_it);
  std::erase_if(forgotten_, of_it);
  std::erase_if(claimed_, of_it);
  const auto about_it = [&](const Report& report) { return report.pipeline == pipeline; };
  std::erase_if(late_, about_it);
  std::erase_if(outbox_, about_it);
}

void SimHosts::orphan() {
  connected_ = false;
  early_.clear();
  claimed_.clear();
  disconnect();
}

void SimHosts::disconnect() {
  std::erase_if(outbox_, [](const Report& report) {
    return report.sent && std::holds_alternative<ReportProgress>(report.input);
  });
  for (Report& report : outbox_) report.sent = false;
}

std::set<CallKey> SimHosts::in_hand() const {
  std::set<CallKey> calls;
  for (const auto& [call, job] : running_) calls.insert(call);
  for (const Report& report : outbox_) {
    const ActionKey* about = reported_key(report.input);
    if (about != nullptr && !std::holds_alternative<ReportProgress>(report.input)) {
      calls.insert({report.pipeline, *about});
    }
  }
  return calls;
}

}  // namespace sluice::sim
