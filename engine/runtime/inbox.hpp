// The one way in: inputs of callers, workers and timers, in order of arrival. Callers meet a bound
// ("try again later", nothing half-done); a worker's report is always taken, since the number of
// running jobs already bounds them.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/core/input.hpp"
#include "engine/core/pipeline.hpp"

namespace sluice {

// What the caller of an input is told, after the commit.
struct Accepted {
  ExecutionNumber execution =
      0;  // of StartExecution: the execution started, now or by an earlier same token
  Uuid id;
};
using Reply = std::variant<Accepted, Rejected>;
using ReplyFunction =
    std::function<void(const Reply&)>;  // called on the engine's thread; may be empty

// Looks at the committed state of a pipeline, null if there is none; on the engine's thread.
using Question = std::function<void(const Pipeline*)>;

struct Envelope {
  std::string pipeline;
  Input input;
  ReplyFunction reply;
  std::vector<Input> then = {};  // decided right after it, in the same commit, if it was accepted
  bool creates = false;          // the pipeline must not exist yet
  Question question = {};        // instead of an input
};

class Inbox {
 public:
  explicit Inbox(std::size_t limit) : limit_(limit) {}

  // Any thread. False when the inbox is full or closed: nothing was taken.
  [[nodiscard]] bool offer(Envelope envelope);
  // Any thread. Takes a report whatever the bound; dropped only after close().
  void report(Envelope envelope);
  // Any thread. Ends waiting; take() returns what is left, then nothing.
  void close();
  // Any thread. Makes a waiting take() return now.
  void wake();

  // The engine's thread. Moves up to `most` inputs to `into`; waits for the first until `wait_ms`
  // have passed, for ever if it is absent. Returns false once closed and empty.
  bool take(std::vector<Envelope>& into, std::size_t most, std::optional<std::int64_t> wait_ms);

 private:
  const std::size_t limit_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Envelope> waiting_;
  std::size_t taken_ = 0;  // of waiting_, by takes that left some behind
  bool closed_ = false, woken_ = false;
};

}  // namespace sluice
