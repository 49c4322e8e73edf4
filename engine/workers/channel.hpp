// The two ends of the connection between an engine and a worker: payloads over ZeroMQ. Nothing here
// blocks or bounds: what is under way is bounded by the ledgers. One thread at a time.
//
// A descriptor becomes readable when something may have come; it stays so until receive() has
// returned nothing. Sending may take the sign away, so after sending call receive() again.
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
  // cannot be opened.
  static Result<EngineChannel> connect(const SocketPlace& place);
  EngineChannel(EngineChannel&&) noexcept;
  EngineChannel& operator=(EngineChannel&&) noexcept;
  // What has been sent gets up to 200 ms to leave.
  ~EngineChannel();

  [[nodiscard]] int descriptor() const;
  void send(const std::string& payload);
  [[nodiscard]] std::optional<std::string> receive();
  // Readable when lost() may have become true.
  [[nodiscard]] int loss_descriptor() const;
  // The connection was there and has broken: what was under way may be lost.
  [[nodiscard]] bool lost();

 private:
  struct Sockets;
  explicit EngineChannel(std::unique_ptr<Sockets> sockets);
  std::unique_ptr<Sockets> sockets_;
};

// The worker's end.
class WorkerChannel {
 public:
  // kUnavailable: the socket cannot be made.
  static Result<WorkerChannel> bind(const SocketPlace& place);
  WorkerChannel(WorkerChannel&&) noexcept;
  WorkerChannel& operator=(WorkerChannel&&) noexcept;
  ~WorkerChannel();

  struct Received {
    std::string peer, payload;
  };
  [[nodiscard]] int descriptor() const;
  [[nodiscard]] std::optional<Received> receive();
  // A peer that is gone takes nothing, which is no error.
  void send(const std::string& peer, const std::string& payload);

 private:
  struct Sockets;
  explicit WorkerChannel(std::unique_ptr<Sockets> sockets);
  std::unique_ptr<Sockets> sockets_;
};

}  // namespace sluice::workers
