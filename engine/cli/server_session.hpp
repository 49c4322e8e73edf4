// The engine of `sluice serve`: lease, store, hosts, bus, loop, operations and socket, put together
// for all pipelines of one data directory.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/action_type.hpp"
#include "engine/server/configuration.hpp"
#include "engine/server/server_log.hpp"
#include "engine/store/data_directory.hpp"

namespace sluice {

class ServerSession {
 public:
  struct Setup {
    DataDirectory data;
    server::Configuration configuration;
    std::vector<ActionTypeDescription> catalogue;
    std::string version;
  };
  // Takes the data directory, recovers every pipeline, and serves. The log outlives the session.
  // kUnavailable: another server has the data directory, or a `sluice run` runs a pipeline of it.
  static Result<std::unique_ptr<ServerSession>> open(Setup setup, server::ServerLog& log);
  // Ends at once: what runs is left to the next server.
  ~ServerSession();
  ServerSession(const ServerSession&) = delete;
  ServerSession& operator=(const ServerSession&) = delete;

  // Takes only requests that change nothing, begins nothing more and waits for what runs, at most
  // wait_ms; approvals and other waits stay where they are. Returns early when `interrupted` says
  // so, asked ten times a second.
  void drain(std::int64_t wait_ms, const std::function<bool()>& interrupted);
  // From the next collection on.
  void retain(const retention::Rules& rules);
  // Readable when the loop has ended by itself, because the store is corrupt.
  [[nodiscard]] int ended_fd() const;
  [[nodiscard]] Result<void> outcome() const;
  [[nodiscard]] std::string socket() const;
  [[nodiscard]] std::string webhook_address() const;  // "" without a port

 private:
  struct Rooms;
  explicit ServerSession(std::unique_ptr<Rooms> rooms);
  std::unique_ptr<Rooms> rooms_;
};

}  // namespace sluice
