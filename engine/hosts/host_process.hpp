// One sluice-action-host as the engine sees it: its process, its socket, and the runs that it has
// been given and not answered, oldest first. Not for several threads; nothing here blocks.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/hosts/event_loop.hpp"
#include "sdk/wire/frame.hpp"
#include "sdk/wire/messages.hpp"

namespace sluice {

struct HostLaunch {
  std::string program;              // sluice-action-host
  std::string plugin;               // the library
  std::string directory;            // the host's own; exists and is empty
  std::string cookie;               // unique; kHostVariable in its environment
  std::vector<std::string> limits;  // "core=0"
};

class HostProcess {
 public:
  // Starts it in its own session, with nothing on its descriptors but the socket.
  [[nodiscard]] static Result<HostProcess> launch(const HostLaunch& launch);
  HostProcess(HostProcess&& from) noexcept;
  HostProcess& operator=(HostProcess&&) = delete;
  ~HostProcess();

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] int pidfd() const { return pidfd_; }
  [[nodiscard]] int socket() const { return socket_; }
  // The pidfd now belongs to the caller.
  int release_pidfd();
  void close_socket();

  // Queues a message; log is the write end of a Run's log pipe, taken over, or -1. False if the
  // message is too large.
  [[nodiscard]] bool queue(const wire::ToHost& message, int log = -1);
  // Sends what it can. False: the socket is broken.
  [[nodiscard]] bool flush();
  [[nodiscard]] bool has_output() const { return !out_.empty(); }

  // Hands over each message that has come: those that waited, then what the socket has. False at
  // the end of the stream or after something that is no message; garbage() then says which.
  [[nodiscard]] bool receive(const std::function<void(wire::ToEngine&&)>& use);
  // Takes what the socket has and hands over the secrets among it. The other messages wait, in
  // their order; true if there are any, or an end: receive() has to be called then. May be called
  // while receive() hands over a message.
  [[nodiscard]] bool receive_secrets(const std::function<void(wire::Secret)>& use);
  [[nodiscard]] const std::string& garbage() const { return garbage_; }

  std::deque<std::uint64_t> runs;

 private:
  HostProcess() = default;
  void read();

  pid_t pid_ = -1;
  int pidfd_ = -1, socket_ = -1;
  std::string out_;
  std::vector<int> out_descriptors_;
  wire::FrameReader frames_;
  std::deque<wire::ToEngine> waiting_;
  bool ended_ = false;
  std::string garbage_;
};

}  // namespace sluice
