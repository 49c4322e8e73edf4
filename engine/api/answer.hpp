// How an operation answers: once, from whatever thread it ends on. Private to engine/api.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "engine/api/operations.hpp"
#include "engine/core/result.hpp"

namespace sluice::api {

using Json = nlohmann::json;

// Copies answer the same call; the first answer counts. A call whose answers are all gone without
// one, because the engine stopped, is answered with ServiceUnavailableException.
class Answer {
 public:
  explicit Answer(Done done);

  void send(const Json& output) const;
  // For operations that have no output.
  void send_nothing() const;
  // A refusal of the caller's request: 400. Names of facts/codepipeline.md 7.
  void refuse(const std::string& type, const std::string& message) const;
  // An input that the core refused: codes that are errors of the API one to one; of ours,
  // "UnsupportedOperation" is 501 and "ServiceUnavailableException" 503.
  void refuse(const Rejected& rejected) const;
  // The store's or a file's error: 503 if it may pass, else 500.
  void fault(const Error& error) const;
  // The inbox is full: the caller's client tries again by itself.
  void refuse_load() const;

 private:
  struct State;
  void finish(int status, const std::string& type, std::string message) const;
  std::shared_ptr<State> state_;
};

}  // namespace sluice::api
