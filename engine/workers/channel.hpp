// The two ends of the connection between an engine and a worker: payloads over ZeroMQ. Nothing here
// blocks or bounds: what is under way is bounded by the ledgers. One thread at a time.
//
// A descriptor becomes readable when something may have come since receive() has returned nothing.
// Before the first such call it says nothing, and sending may take the sign away, so call receive()
// after making a channel and after sending.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/core/result.hpp"

namespace sluice::workers {

// Where the socket of a data directory lies: a directory, and the socket's name in it. A directory
// whose name is too long for a UNIX socket is no obstacle.
struct SocketPlace {
  std::string directory, name;
};

// The engine's end; one for each session.
class EngineChannel {
 public:
  // Succeeds before the worker is there: what is sent waits for it. kUnavailable: the directory
  // cannot be opened, or ZeroMQ cannot be loaded.
  static Result<std::unique_ptr<EngineChannel>> connect(const SocketPlace& place);
  EngineChannel() = default;
  EngineChannel(const EngineChannel&) = delete;
  EngineChannel& operator=(const EngineChannel&) = delete;
  // What has been sent gets up to 200 ms to leave.
  virtual ~EngineChannel() = default;

  [[nodiscard]] virtual int descriptor() const = 0;
  virtual void send(const std::string& payload) = 0;
  [[nodiscard]] virtual std::optional<std::string> receive() = 0;
  // Readable when lost() may have become true.
  [[nodiscard]] virtual int loss_descriptor() const = 0;
  // The connection was there and has broken: what was under way may be lost.
  [[nodiscard]] virtual bool lost() = 0;
};

// The worker's end.
class WorkerChannel {
 public:
  // kUnavailable: the socket cannot be made, or ZeroMQ cannot be loaded.
  static Result<std::unique_ptr<WorkerChannel>> bind(const SocketPlace& place);
  WorkerChannel() = default;
  WorkerChannel(const WorkerChannel&) = delete;
  WorkerChannel& operator=(const WorkerChannel&) = delete;
  virtual ~WorkerChannel() = default;

  struct Received {
    std::string peer, payload;
  };
  [[nodiscard]] virtual int descriptor() const = 0;
  [[nodiscard]] virtual std::optional<Received> receive() = 0;
  // A peer that is gone takes nothing, which is no error.
  virtual void send(const std::string& peer, const std::string& payload) = 0;
};

}  // namespace sluice::workers
