// The operation layer on a real engine: a store in memory, hosts that answer by script, time that a
// test moves. The engine is stepped by the test's own thread.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/api/operations.hpp"
#include "engine/hosts/fake_hosts.hpp"
#include "engine/store/memory_store.hpp"
#include "tests/support/manual_clock.hpp"

namespace sluice::test {

class ApiHouse {
 public:
  ApiHouse();
  ~ApiHouse();

  // An operation of CodePipeline, answered; the engine takes as many steps as it needs.
  api::Response call(const std::string& operation, const nlohmann::json& in);
  api::Response call_target(const std::string& target, const std::string& body);
  // The same, which must succeed; {} for an empty body.
  nlohmann::json ask(const std::string& operation, const nlohmann::json& in);
  nlohmann::json ask_ours(const std::string& operation, const nlohmann::json& in);
  // The error type of a refusal, "" if it was none.
  std::string refusal(const std::string& operation, const nlohmann::json& in);
  // Until the engine has nothing to do.
  void settle();

  MemoryStore store;
  ManualClock clock;
  std::unique_ptr<FakeHosts> hosts;
  std::unique_ptr<Engine> engine;
  LogStore logs;
  std::unique_ptr<api::Operations> operations;
};

// Source, Build, Release (an approval, then a deployment) in SUPERSEDED mode.
[[nodiscard]] nlohmann::json webshop();

}  // namespace sluice::test
