// Workers that exist only as bookkeeping: which calls run, which reports have not been settled yet.
// They may outlive their engine, die under it, and repeat, reorder, delay and lose what they say.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/hosts/hosts.hpp"

namespace sluice::sim {

using CallKey = std::pair<std::string, ActionKey>;  // pipeline, key

class SimHosts final : public Hosts {
 public:
  // The nth start or cancel from now on lets the program die, before or after it is done; 0: none.
  unsigned crash_at_effect = 0;
  bool crash_after_effect = false;
  bool outlive_engine = false;

  // A report on its way. It stays until the engine has settled it, and may be sent again.
  struct Report {
    std::uint64_t number = 0;
    std::string pipeline;
    Input input;
    bool sent = false;
  };

  void start(Job job) override;
  void resume(Job job) override;
  void resumed() override;
  void cancel(const std::string& pipeline, const ActionKey& key) override;

  // A running call ends with this report; a cancelled one may have crossed it (late).
  void finish(const CallKey& call, Input report);
  void tell(const std::string& pipeline, Input report);  // progress: the call runs on
  void settled(std::uint64_t number);
  // The worker of a call is gone: its connection says so.
  void lose(const CallKey& call);
  // All workers end with their engine, and nobody remembers what they did.
  void die();
  // The pipeline was removed; another one of its name counts its executions from 1 again.
  void forget(const std::string& pipeline);
  // The engine is gone: workers that outlive it wait for the next one to say what it wants.
  void orphan();
  // What was sent and not settled is sent again.
  void disconnect();

  [[nodiscard]] const std::map<CallKey, Job>& running() const { return running_; }
  [[nodiscard]] std::vector<Report>& outbox() { return outbox_; }
  // Reports of cancelled calls: they may still arrive.
  [[nodiscard]] const std::vector<Report>& late() const { return late_; }
  [[nodiscard]] const std::string& complaint() const { return complaint_; }
  // Calls that somebody runs, or has run without the report being settled.
  [[nodiscard]] std::set<CallKey> in_hand() const;

 private:
  void take(Job job, bool resumed);
  void begin(Job job);
  void effect_done(bool after);
  void complain(const std::string& what, const CallKey& call);

  std::map<CallKey, Job> running_;
  std::set<CallKey> ever_;       // calls that any worker has begun
  std::set<CallKey> forgotten_;  // ended with their worker, unsettled
  std::set<CallKey> claimed_;    // by the engine that is connected now
  bool connected_ = true;
  std::vector<std::pair<Job, bool>> early_;  // before resumed(); whether it is resumed
  std::vector<Report> outbox_;
  std::vector<Report> late_;
  std::uint64_t last_report_ = 0;
  std::string complaint_;
};

// The key of a worker's report; null for other inputs.
[[nodiscard]] const ActionKey* reported_key(const Input& input);
[[nodiscard]] std::string to_text(const CallKey& call);

}  // namespace sluice::sim
