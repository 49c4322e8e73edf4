// What an engine has given to its worker, and the rules by which nothing is lost or run twice
// (docs/decisions/0022-workers-outlive-the-engine.md):
//
// - An instance of a worker is recorded, durably, before the first job is sent to it.
// - A job may be sent to an instance if no other one can have had it: it was never sent; or that
//   other one ended in good order and the present one has taken over what it left; or it was sent
//   to this very instance and is not there, because a worker keeps what it has got until it is
//   settled.
// - A job that another instance can have had is lost. Losses, and results of an instance that is
//   gone, are committed before the present instance is recorded.
// - What the worker has and nobody wants is cancelled.
//
// No I/O, no clock, one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/workers/messages.hpp"

namespace sluice::workers {

class EngineLedger {
 public:
  // recorded: the instance that an earlier engine recorded; none: no job was ever sent to any.
  // Beyond most_waiting jobs, more are refused as transient failures.
  EngineLedger(std::optional<Uuid> recorded, std::size_t most_waiting)
      : before_(recorded), recorded_(recorded), most_waiting_(most_waiting) {}

  // As in Hosts.
  void start(Job job);
  void resume(Job job);
  void resumed() { resumed_ = true; }
  void cancel(const std::string& pipeline, const ActionKey& key);

  // The worker has answered Hello.
  void welcome(const Welcome& welcome);
  // The session is over: the worker is gone, or cannot be heard.
  void session_over();
  void receive(Report report);
  // The worker takes no more jobs.
  void worker_drains() { draining_ = true; }
  // The worker shall end as soon as it has nothing to do.
  void renew() { renew_ = true; }

  // A report for the engine. `ticket` is given back when the engine has settled it.
  struct Delivery {
    std::uint64_t ticket = 0;
    std::string pipeline;
    Outcome outcome;
  };
  [[nodiscard]] std::vector<Delivery> take_deliveries();
  void settled(std::uint64_t ticket);

  // The instance that has to be recorded now, before anything can be sent to it.
  [[nodiscard]] std::optional<Uuid> to_record() const;
  void recorded(Uuid instance);

  // What is to be sent now, in order.
  [[nodiscard]] std::vector<ToWorker> take_messages();
  // A Start among them is larger than a message may be: the job fails.
  void too_large(const JobName& job);

  [[nodiscard]] bool all_resumed() const { return resumed_; }
  [[nodiscard]] bool in_session() const { return instance_.has_value(); }
  // Whether there is something that a worker is needed for.
  [[nodiscard]] bool needs_worker() const { return !jobs_.empty(); }
  [[nodiscard]] bool has_tickets() const { return !tickets_.empty(); }
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
  [[nodiscard]] std::size_t sent() const { return sent_; }

 private:
  using Place = std::pair<std::string, ActionKey>;
  // kWaiting: may be sent. kUncertain: the instance `at` may have it. kSent: the present one has
  // it. kReported: its report has been delivered and is not settled.
  enum class Stand : std::uint8_t { kWaiting, kUncertain, kSent, kReported };
  struct Entry {
    Job job;
    Stand stand = Stand::kWaiting;
    std::optional<Uuid> at;
    std::uint64_t number = 0;  // of the report, in the present session
  };
  enum class Word : std::uint8_t { kRefusal, kLoss, kProgress, kLast };
  struct Ticket {
    Word word = Word::kRefusal;
    Place place;
    std::uint64_t number = 0, session = 0;  // of a word on progress
  };

  void wait(const Place& place, Entry& entry);
  void deliver(const Place& place, Outcome outcome, Word word, std::uint64_t number = 0);
  void lose(const Place& place);
  void resolve(const Place& place, Entry& entry);
  void erase(std::map<Place, Entry>::iterator entry);

  const std::optional<Uuid> before_;
  std::optional<Uuid> recorded_;
  const std::size_t most_waiting_;
  bool resumed_ = false, draining_ = false, renew_ = false, drain_said_ = false;

  std::map<Place, Entry> jobs_;
  std::deque<JobName> waiting_;  // in order; some may be gone
  std::size_t sent_ = 0;         // kSent or kReported
  std::unordered_map<std::uint64_t, Ticket> tickets_;
  std::uint64_t next_ticket_ = 1;
  std::size_t losses_ = 0;  // not settled
  std::vector<Delivery> deliveries_;

  // Of the session.
  std::optional<Uuid> instance_;
  std::set<Uuid> ancestors_;
  std::uint64_t session_ = 0;
  std::size_t most_sent_ = 0;
  std::vector<ToWorker> urgent_;        // cancels
  std::vector<std::uint64_t> settled_;  // to be acknowledged
};

}  // namespace sluice::workers
