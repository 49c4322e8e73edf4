// One seed: random pipelines under random inputs and faults, through the real Engine, Reconciler
// and Store, with simulated workers and time. Nothing here depends on the machine or on time, so
// what a seed does is always the same.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "engine/runtime/engine.hpp"
#include "engine/runtime/event_reader.hpp"
#include "tests/sim/auditor.hpp"
#include "tests/sim/dice.hpp"
#include "tests/sim/disk.hpp"
#include "tests/sim/sim_hosts.hpp"
#include "tests/sim/sim_store.hpp"
#include "tests/support/manual_clock.hpp"

namespace sluice::sim {

struct Plan {
  std::uint64_t seed = 1;
  unsigned steps = 400;
  std::set<unsigned> only;  // if not empty: these steps alone, the others do nothing
  bool trace = false;       // prints what happens
};

struct Outcome {
  std::string broken;  // "" if every promise was kept
  unsigned step = 0;   // at which; plan.steps while everything is brought to its end
  std::uint64_t facts = 0, steps = 0, crashes = 0, executions = 0;
  std::array<std::uint64_t, std::variant_size_v<Fact>> kinds{};  // of facts, by place in Fact
};

[[nodiscard]] Outcome simulate(const Plan& plan);

class Simulation {
 public:
  explicit Simulation(const Plan& plan);
  Outcome run();

 private:
  struct Start {
    std::size_t pipeline = 0;
    Uuid id;
    std::string token;
    bool acknowledged = false, refused = false;
    ExecutionNumber number = 0;
    std::size_t incarnation = 0;
  };

  // simulation.cpp: the house and its checks.
  void open();
  void crash(const char* how);
  template <class Act>
  void guarded(Act act);  // runs something that may let the program die
  void turn();            // one step of the engine
  void audit();
  void read_fact(const StoredFact& stored);
  void audit_rows(const std::string& pipeline, Auditor& auditor);
  [[nodiscard]] bool has_execution(std::size_t pipeline, Uuid id) const;
  void audit_effects();
  void complain(const std::string& what);
  void say(const std::string& line);
  [[nodiscard]] const std::string& name(std::size_t pipeline) const { return names_[pipeline]; }
  [[nodiscard]] std::size_t index_of(const std::string& pipeline) const;

  // steps.cpp: what a step may do.
  void step(unsigned number);
  void act(Dice& dice);
  void request(Dice& dice);
  void submit(std::size_t pipeline, Input input);
  void take_reply(std::size_t start, const Reply& reply);
  void work(Dice& dice);
  void deliver(Dice& dice);
  void send(SimHosts::Report& report);
  void fault(Dice& dice);
  void publish();

  // drain.cpp: the end, when everything goes well.
  void drain();
  bool drain_round();
  bool answer_approvals();
  bool open_transitions();
  bool pass_time();
  void check_end();
  void check_starts();
  void check_events();

  const Plan plan_;
  Dice house_;  // what is so for the whole seed
  std::vector<std::string> names_;
  std::vector<Auditor> auditors_;              // by pipeline, of its present incarnation
  std::vector<std::vector<Auditor>> removed_;  // earlier ones
  Disk disk_;
  SimStore store_;
  SimHosts hosts_;
  ManualClock clock_;
  EngineOptions options_;
  bool workers_outlive_ = false, publishes_ = false, calm_ = false, loads_all_ = false;
  std::unique_ptr<Engine> engine_;
  std::vector<Start> starts_;
  std::vector<std::size_t> acknowledged_;  // since the last audit
  std::uint64_t last_id_ = 0;
  Sequence audited_ = 0;
  Instant failed_at_;  // when the store failed last; none if it has recovered
  std::uint64_t epoch_ = 0;

  std::unique_ptr<EventReader> reader_;
  Sequence published_ = 0, published_most_ = 0;
  std::vector<std::pair<Sequence, std::string>> events_;

  Outcome outcome_;
};

}  // namespace sluice::sim
