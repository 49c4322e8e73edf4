// Random pipelines under random inputs: what a seed does is always the same.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "tests/core/world.hpp"

namespace sluice::test {

class Monkey {
 public:
  explicit Monkey(std::uint64_t seed);

  // One random input. What is broken after it, "" if nothing.
  std::string step();
  // Answers everything well until nothing is left. What is broken or stuck, "" if all ended.
  std::string drain();
  // The pipeline and the inputs so far, to read after a failure.
  [[nodiscard]] std::string story() const;
  [[nodiscard]] const World& world() const { return world_; }

 private:
  std::uint32_t roll(std::uint32_t sides) { return static_cast<std::uint32_t>(random_() % sides); }
  bool chance(std::uint32_t percent) { return roll(100) < percent; }
  std::string random_pipeline();
  std::string random_conditions(unsigned stage);
  std::string random_action(unsigned stage, unsigned action);
  Input random_input();
  Input random_report();
  Input random_request();
  Input good_report(const Want& want);
  ActionKey random_key();
  ExecutionNumber random_execution();
  std::string random_stage();
  void put(Input input);

  std::mt19937_64 random_;
  ExecutionMode mode_ = ExecutionMode::kSuperseded;
  std::string notation_;
  World world_;
  std::vector<std::string> story_;
};

}  // namespace sluice::test
