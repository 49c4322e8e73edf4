// A pipeline of three stages on a real engine and database, whose actions leave artifacts and logs
// in real files; collections of what they leave. Time is the test's.
#pragma once

#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "engine/api/operations.hpp"
#include "engine/retention/collection.hpp"
#include "engine/store/sqlite_store.hpp"
#include "tests/store/scratch.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/prompt_hosts.hpp"

namespace sluice::test {

inline constexpr std::int64_t kHourMs = 3'600'000, kDayMs = 24 * kHourMs;

class RetentionHouse {
 public:
  explicit RetentionHouse(ExecutionMode mode = ExecutionMode::kQueued);
  ~RetentionHouse();

  void adopt();
  Uuid start();
  // The first job that runs; false if none does. Its inputs must be there.
  bool finish_one(bool well, std::size_t which = 0);
  void finish_all();
  // An artifact file that nobody has reported yet; its digest.
  std::string pack();
  // Error type of the operation, "" if it was accepted.
  std::string retry(Uuid execution, const std::string& stage);
  std::string roll_back(Uuid target, const std::string& stage);
  void remove_pipeline();
  void settle();

  // With `steps`, it is broken off after as many.
  retention::Report collect(const retention::Rules& rules, bool dry_run = false,
                            std::optional<unsigned> steps = std::nullopt);
  // A new engine on what is stored; its state must be the old one's.
  void reopen();

  [[nodiscard]] const Pipeline& state() const { return *engine->find("p"); }
  [[nodiscard]] std::vector<ExecutionRow> rows() const;
  [[nodiscard]] std::vector<ExecutionNumber> numbers() const;
  [[nodiscard]] bool has_artifact(const std::string& digest) const;
  [[nodiscard]] bool has_log(Uuid execution) const;
  [[nodiscard]] std::size_t artifacts() const;
  // What must hold at any time: see the definition.
  void check();

  Scratch scratch;
  ManualClock clock;
  std::unique_ptr<Store> store, collectors;
  PromptHosts hosts;
  std::unique_ptr<Engine> engine;
  LogStore logs;
  ArtifactStore artifact_store;
  std::unique_ptr<api::Operations> operations;
  Sequence read_upto = 1'000'000'000;
  std::uint64_t artifact_bytes = 100;

 private:
  std::string call(const std::string& operation, const std::string& body);
  void check_inputs(const Job& job);
  void open_engine();

  PipelineDeclaration declaration_;
  std::uint64_t packed_ = 0, started_ = 0;
};

}  // namespace sluice::test
