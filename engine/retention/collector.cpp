#include "engine/retention/collector.hpp"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <future>

namespace sluice::retention {
namespace {

constexpr std::size_t kMostAsked = 8;
constexpr int kNice = 19;
constexpr std::int64_t kLongestMs = 30LL * 86'400'000;  // between two collections
// After each step; a million files or facts still take minutes only.
constexpr auto kPause = std::chrono::milliseconds(1);
constexpr auto kLookAgain = std::chrono::milliseconds(100);

// Of this thread alone: Linux has a nice value for each.
void take_low_priority() {
  static_cast<void>(setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), kNice));
}

Report refusal(bool dry_run, std::string why) {
  Report report;
  report.dry_run = dry_run;
  report.troubles.push_back(std::move(why));
  return report;
}

}  // namespace

Collector::Collector(Setup setup, Rules rules)
    : setup_(std::move(setup)), rules_(rules), thread_([this] { run(); }) {}

Collector::~Collector() {
  stop();
  thread_.join();
}

void Collector::stop() {
  const std::lock_guard lock(mutex_);
  ending_ = true;
  changed_.notify_all();
}

void Collector::set(const Rules& rules) {
  const std::lock_guard lock(mutex_);
  if (rules == rules_) return;
  rules_ = rules;
  due_ = true;
  changed_.notify_all();
}

bool Collector::collect(bool dry_run, std::function<void(const Report&)> done) {
  const std::lock_guard lock(mutex_);
  if (ending_ || asked_.size() >= kMostAsked) return false;
  asked_.push_back({dry_run, std::move(done)});
  changed_.notify_all();
  return true;
}

void Collector::run() {
  take_low_priority();
  std::unique_lock lock(mutex_);
  while (!ending_) {
    const Rules rules = rules_;
    if (!asked_.empty()) {
      const Asked asked = std::move(asked_.front());
      asked_.pop_front();
      lock.unlock();
      asked.done(collect_once(asked.dry_run, rules));
      lock.lock();
      continue;
    }
    if (!rules.any()) due_ = false;
    if (due_) {
      due_ = false;
      lock.unlock();
      const Report report = collect_once(false, rules);
      const bool removed =
          report.executions.removed + report.logs.removed + report.artifacts.removed > 0;
      lock.lock();
      const bool ends = ending_;  // being broken off is no trouble then
      lock.unlock();
      if (removed || (!report.troubles.empty() && !ends)) setup_.told(report);
      lock.lock();
      continue;
    }
    const auto woken = [this] { return ending_ || due_ || !asked_.empty(); };
    if (!rules.any())
      changed_.wait(lock, woken);
    else if (!changed_.wait_for(
                 lock, std::chrono::milliseconds(std::min(rules.every_ms, kLongestMs)), woken))
      due_ = true;
  }
  for (const Asked& asked : std::exchange(asked_, {}))
    asked.done(refusal(asked.dry_run, "the server ends"));
}

Report Collector::collect_once(bool dry_run, const Rules& rules) {
  if (!rules.any()) return refusal(dry_run, "nothing is removed: sluice.yml has no `retention`");
  if (!store_) {
    auto opened = setup_.open_store();
    if (!opened) return refusal(dry_run, opened.error().text());
    store_ = std::move(*opened);
  }
  const Surroundings with{
      *store_,
      setup_.artifacts,
      setup_.logs,
      setup_.clock,
      [this](const std::string& pipeline, bool save) { return look(pipeline, save); },
      setup_.read_upto,
      [this] { return pause(); }};
  return Collection(with, rules, dry_run).run();
}

// The engine answers even while it stops; but it may have stopped before.
std::optional<InUse> Collector::look(const std::string& pipeline, bool save) {
  auto answer = std::make_shared<std::promise<InUse>>();
  auto found = answer->get_future();
  const Question question = [answer](const Pipeline* state) {
    answer->set_value(state != nullptr ? in_use(*state) : InUse{});
  };
  if (!(save ? setup_.engine.ask_saved(pipeline, question) : setup_.engine.ask(pipeline, question)))
    return std::nullopt;
  while (found.wait_for(kLookAgain) != std::future_status::ready)
    if (!pause()) return std::nullopt;
  return found.get();
}

bool Collector::pause() {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, kPause, [this] { return ending_; });
}

}  // namespace sluice::retention
