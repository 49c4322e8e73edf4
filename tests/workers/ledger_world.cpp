#include "tests/workers/ledger_world.hpp"

#include <iterator>

#include "tests/workers/samples.hpp"

namespace sluice::testing {

using namespace workers;

LedgerWorld::LedgerWorld(std::uint64_t seed) : random_(seed) {
  kill_engine();
  counts_ = {};
}

void LedgerWorld::want() {
  const ExecutionNumber number = next_++;
  fates_[number].may_be_lost = record_ && killed_.contains(*record_);
  ++counts_.wanted;
  if (random_() % 100 == 0) return kill_engine();  // after the commit, before anything is started
  engine_->start(job("p", number));
}

void LedgerWorld::unwant() {
  std::vector<ExecutionNumber> wanted;
  for (const auto& [number, fate] : fates_)
    if (fate.stand == Stand::kWanted) wanted.push_back(number);
  if (wanted.empty()) return;
  const ExecutionNumber number = wanted[random_() % wanted.size()];
  fates_[number].stand = Stand::kCancelled;
  ++counts_.cancelled;
  if (random_() % 20 == 0) return kill_engine();
  engine_->cancel("p", job("p", number).key);
}

// The engine commits reports, and may be killed before it can say so.
void LedgerWorld::commit_some() {
  for (auto left = random_() % 4; left > 0 && !inbox_.empty(); --left) {
    const auto delivery = std::move(inbox_.front());
    inbox_.pop_front();
    const auto number =
        std::visit([](const auto& report) { return report.key.execution; }, delivery.outcome);
    Fate& fate = fates_[number];
    if (!is_progress(delivery.outcome) && fate.stand == Stand::kWanted) {
      const bool lost = std::holds_alternative<ReportFailure>(delivery.outcome);
      fate.stand = lost ? Stand::kLost : Stand::kSucceeded;
      ++(lost ? counts_.lost : counts_.succeeded);
      if (lost && !fate.may_be_lost) wrong_ = "lost, but its worker was not killed";
      if (!lost && fate.starts == 0) wrong_ = "succeeded, but was never started";
    }
    if (random_() % 100 == 0) return kill_engine();
    engine_->settled(delivery.ticket);
  }
}

ExecutionNumber LedgerWorld::pick_running() {
  if (pool_.empty()) return 0;
  return *std::next(pool_.begin(), static_cast<std::ptrdiff_t>(random_() % pool_.size()));
}

void LedgerWorld::finish_job() {
  const ExecutionNumber number = pick_running();
  if (number == 0) return;
  pool_.erase(number);
  worker_->report("p", ReportSuccess{job("p", number).key, {}, {}, {}});
}

void LedgerWorld::say_progress() {
  const ExecutionNumber number = pick_running();
  if (number != 0) worker_->report("p", ReportProgress{job("p", number).key, 50, {}});
}

void LedgerWorld::kill_engine() {
  ++counts_.engine_kills;
  break_connection();
  inbox_.clear();
  engine_ = std::make_unique<EngineLedger>(record_, 1000);
  for (const auto& [number, fate] : fates_)
    if (fate.stand == Stand::kWanted) engine_->resume(job("p", number));
  engine_->resumed();
}

void LedgerWorld::kill_worker() {
  if (!worker_) return;
  ++counts_.worker_kills;
  for (auto& [number, fate] : fates_)
    if (fate.stand == Stand::kWanted) fate.may_be_lost = true;
  killed_.insert(instance_);
  worker_.reset();
  pool_.clear();
  draining_ = false;
  break_connection();
}

void LedgerWorld::end_worker() {
  if (!worker_) return;
  if (!draining_) {
    draining_ = true;
    if (welcomed_) up_.emplace_back(Draining{});
    return;
  }
  ++counts_.worker_ends;
  for (const ExecutionNumber number : pool_) fates_[number].may_be_lost = true;
  worker_->cut("stopped");
  remains_ = worker_->remains();
  worker_.reset();
  pool_.clear();
  draining_ = false;
  break_connection();
}

void LedgerWorld::break_connection() {
  ++counts_.breaks;
  if (engine_) engine_->session_over();
  connected_ = welcomed_ = false;
  // What is under way to the engine is gone; what is under way to the worker may still arrive, but
  // the worker hears only the session that it has.
  down_.clear();
  up_.clear();
}

void LedgerWorld::connect() {
  if (!worker_) {
    instance_ = {next_instance_++, 0};
    worker_ = std::make_unique<WorkerLedger>(instance_, 1 << 20);
    if (remains_) worker_->inherit(*remains_);
  }
  if (connected_) return;
  connected_ = true;
  down_.clear();
  down_.emplace_back(Hello{});
}

void LedgerWorld::start_in_pool(const Job& job) {
  if (draining_) return;
  const auto taken = worker_->take(name_of(job));
  if (taken == WorkerLedger::Taken::kKnown) return;
  if (++fates_[job.key.execution].starts > 1) wrong_ = "started twice";
  ++counts_.started;
  pool_.insert(job.key.execution);
}

void LedgerWorld::to_worker() {
  if (!worker_ || down_.empty()) return;
  const ToWorker message = std::move(down_.front());
  down_.pop_front();
  if (std::holds_alternative<Hello>(message)) {
    welcomed_ = true;
    up_.emplace_back(
        Welcome{kProtocol, instance_, worker_->ancestors(), 1, "", 5, worker_->jobs()});
    if (draining_) up_.emplace_back(Draining{});
    worker_->resend();
  } else if (const auto* const start = std::get_if<Start>(&message)) {
    start_in_pool(start->job);
  } else if (const auto* const cancel = std::get_if<Cancel>(&message)) {
    if (worker_->cancel(cancel->job)) pool_.erase(cancel->job.key.execution);
  } else if (const auto* const settled = std::get_if<Settled>(&message)) {
    worker_->settle(settled->numbers);
  }
}

void LedgerWorld::to_engine() {
  if (up_.empty()) return;
  FromWorker message = std::move(up_.front());
  up_.pop_front();
  if (const auto* const welcome = std::get_if<Welcome>(&message))
    engine_->welcome(*welcome);
  else if (auto* const report = std::get_if<Report>(&message))
    engine_->receive(std::move(*report));
  else
    engine_->worker_drains();
}

// What either side does by itself after each thing that happens.
void LedgerWorld::pump() {
  for (auto& delivery : engine_->take_deliveries()) inbox_.push_back(std::move(delivery));
  if (const auto instance = engine_->to_record()) {
    record_ = *instance;
    engine_->recorded(*instance);
  }
  if (connected_)
    for (ToWorker& message : engine_->take_messages()) down_.push_back(std::move(message));
  if (worker_ && welcomed_)
    for (const Report* report : worker_->take_unsent()) up_.emplace_back(*report);
}

std::string LedgerWorld::check() const {
  if (!wrong_.empty()) return wrong_;
  if (worker_ && worker_->running_count() != pool_.size()) return "the pool runs something else";
  return "";
}

std::string LedgerWorld::step() {
  const auto dice = random_() % 1000;
  if (dice < 4)
    kill_engine();
  else if (dice < 7)
    kill_worker();
  else if (dice < 11)
    end_worker();
  else if (dice < 15)
    break_connection();
  else if (dice < 25)
    unwant();
  else if (dice < 60)
    say_progress();
  else if (dice < 110)
    want();
  else if (dice < 180)
    finish_job();
  else if (dice < 280)
    commit_some();
  else if (dice < 400)
    connect();
  else
    random_() % 2 == 0 ? to_worker() : to_engine();
  pump();
  return check();
}

std::string LedgerWorld::settle_down() {
  for (int round = 0; round < 2000; ++round) {
    if (draining_ && pool_.empty()) end_worker();
    connect();
    to_worker();
    to_engine();
    finish_job();
    if (random_() % 2 == 0) commit_some();
    pump();
    if (auto wrong = check(); !wrong.empty()) return wrong;
  }
  for (const auto& [number, fate] : fates_)
    if (fate.stand == Stand::kWanted) return "job " + std::to_string(number) + " is stuck";
  if (engine_->needs_worker() || engine_->has_tickets()) return "the engine still waits";
  if (!worker_->empty()) return "the worker keeps something for ever";
  return "";
}

}  // namespace sluice::testing
