// What a worker owes: the jobs that it has been given and the reports that have not been
// acknowledged. It keeps a result until the engine has said that it is committed, so that a job
// that is not in it was never given or is settled. No I/O, no clock, one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/workers/messages.hpp"

namespace sluice::workers {

class WorkerLedger {
 public:
  // most_bytes: of kept results. Beyond, a result is kept without its details (Account::details),
  // which nothing is decided by; the number of results is bounded by Welcome::most_jobs.
  WorkerLedger(Uuid instance, std::size_t most_bytes)
      : instance_(instance), most_bytes_(most_bytes) {}

  // Before any job: what the instance before this one has left.
  void inherit(Remains remains);

  // A job that an engine gives. kKnown: it is here already and must not be started again.
  // kReplaces: it is new, and one of a pipeline that is gone runs in its place and must end.
  enum class Taken : std::uint8_t { kNew, kKnown, kReplaces };
  [[nodiscard]] Taken take(const JobName& job);
  // The job is not wanted any more; it and its result are forgotten. True if it was running.
  [[nodiscard]] bool cancel(const JobName& job);
  // A word on a running job. Words on others are dropped.
  void report(const std::string& pipeline, Outcome outcome);
  // The reports of these numbers are committed. Unknown numbers are harmless.
  void settle(const std::vector<std::uint64_t>& numbers);
  // The worker ends before these jobs did: each gets a report that says so.
  void cut(const std::string& why);

  // A session has begun: every report that is kept has to be sent again.
  void resend();
  // Reports to send, oldest first; each is given once a session.
  [[nodiscard]] std::vector<const Report*> take_unsent();

  [[nodiscard]] std::vector<JobName> jobs() const;
  [[nodiscard]] Remains remains() const;
  [[nodiscard]] std::vector<Uuid> ancestors() const { return ancestors_; }
  [[nodiscard]] std::vector<JobName> running() const;
  [[nodiscard]] std::size_t running_count() const { return jobs_.size() - kept_; }
  [[nodiscard]] std::size_t kept() const { return kept_; }  // results
  [[nodiscard]] bool empty() const { return jobs_.empty(); }

 private:
  struct Job {
    Uuid id;
    std::uint64_t result = 0;    // number of its last report, once it has ended
    std::uint64_t progress = 0;  // number of the word that is under way
    std::optional<Outcome> next_progress;
  };
  using Place = std::pair<std::string, ActionKey>;

  void keep(const JobName& job, Outcome outcome, Job& entry);
  void say_progress(const Place& place, Job& job);
  void forget(std::map<Place, Job>::iterator job);

  const Uuid instance_;
  const std::size_t most_bytes_;
  std::vector<Uuid> ancestors_;
  std::map<Place, Job> jobs_;
  std::map<std::uint64_t, Report> reports_;  // kept results, and progress under way
  std::set<std::uint64_t> unsent_;
  std::uint64_t next_ = 1;
  std::size_t kept_ = 0, bytes_ = 0;
};

}  // namespace sluice::workers
