#include "engine/api/answer.hpp"

#include <atomic>
#include <nlohmann/json.hpp>
#include <utility>

namespace sluice::api {

struct Answer::State {
  explicit State(Done to) : done(std::move(to)) {}
  ~State() {
    if (!answered.exchange(true))
      done(error(503, "ServiceUnavailableException",
                 "The server stopped before it could answer; try again later."));
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  static Response error(int status, const std::string& type, const std::string& message) {
    const Json body{{"__type", type}, {"message", message}};
    return {status, type, body.dump(-1, ' ', false, Json::error_handler_t::replace)};
  }

  Done done;
  std::atomic<bool> answered = false;
};

Answer::Answer(Done done) : state_(std::make_shared<State>(std::move(done))) {}

void Answer::send(const Json& output) const {
  if (state_->answered.exchange(true)) return;
  state_->done({200, "", output.dump(-1, ' ', false, Json::error_handler_t::replace)});
}

void Answer::send_nothing() const {
  if (!state_->answered.exchange(true)) state_->done({});
}

void Answer::finish(int status, const std::string& type, std::string message) const {
  if (!state_->answered.exchange(true)) state_->done(State::error(status, type, message));
}

void Answer::refuse(const std::string& type, const std::string& message) const {
  finish(400, type, message);
}

void Answer::refuse(const Rejected& rejected) const {
  if (rejected.code == "UnsupportedOperation")
    return finish(501, "UnknownOperationException", rejected.why);
  finish(rejected.code == "ServiceUnavailableException" ? 503 : 400, rejected.code, rejected.why);
}

void Answer::fault(const Error& error) const {
  if (error.kind == ErrorKind::kUnavailable)
    return finish(503, "ServiceUnavailableException", error.text() + " Try again later.");
  finish(500, "InternalFailure", error.text());
}

void Answer::refuse_load() const {
  finish(400, "ThrottlingException", "The server has as much to do as it takes; try again later.");
}

}  // namespace sluice::api
