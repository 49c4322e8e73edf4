// An engine with faked hosts on a SqliteStore, with as many executions waiting, running or past as
// a benchmark wants, and what the process spends meanwhile.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/runtime/engine.hpp"
#include "engine/store/store.hpp"

namespace sluice::bench {

inline constexpr int kFactsOfRun = 26;      // of 3 stages x 3 actions
inline constexpr int kMostOfPipeline = 50;  // executions in flight, as CodePipeline has it

// Actions succeed at once. Approvals wait: they answer CONTINUE, and the next turn succeeds.
class InstantHosts final : public Hosts {
 public:
  void to(Engine& engine) { engine_ = &engine; }
  void start(Job job) override;
  void resume(Job job) override { start(std::move(job)); }
  void cancel(const std::string& /*pipeline*/, const ActionKey& /*key*/) override {}

 private:
  Engine* engine_ = nullptr;
};

class ScaleHouse {
 public:
  // Opens the store and loads what is in it. Ends the process if that fails.
  explicit ScaleHouse(const std::filesystem::path& directory);

  // Pipelines prefix-0, prefix-1 and so on, PARALLEL; with an approval: one source, one approval,
  // one build. Those that are there stay as they are.
  std::vector<std::string> make(const std::string& prefix, int pipelines, bool approval);
  // Starts executions, each pipeline in turn, and steps until all of them wait at their approval.
  void wait_at_approvals(const std::vector<std::string>& pipelines, int executions);
  // Answers all that wait, and steps until they have ended.
  void signal_all(const std::vector<std::string>& pipelines);
  // Runs to the end, each pipeline in turn, at most so many in flight.
  void run(const std::vector<std::string>& pipelines, int runs, int most_in_flight);

  [[nodiscard]] Engine& engine() { return *engine_; }
  [[nodiscard]] Store& store() { return *store_; }

 private:
  std::unique_ptr<Store> store_;
  InstantHosts hosts_;
  SystemClock clock_;
  std::unique_ptr<Engine> engine_;
  int in_flight_ = 0, waiting_ = 0;
};

// Past executions of 3 stages x 3 actions, which the core decides and large commits store.
class HistoryWriter {
 public:
  HistoryWriter(Store& store, int pipelines);
  void write(int executions);

 private:
  void run_one(Pipeline& state, Append& into, Instant at);

  Store& store_;
  std::vector<Pipeline> states_;
  std::vector<std::string> names_;
  std::uint64_t written_ = 0;
};

double median(std::vector<double> values);
double allocated_bytes();           // of this process, the headers of malloc included
long voluntary_switches(int task);  // of a thread: how often it went to sleep
// Ends the process with the error of a result that a benchmark cannot go on without.
[[noreturn]] void give_up(const Error& error);

}  // namespace sluice::bench
