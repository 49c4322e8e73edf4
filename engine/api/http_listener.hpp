// The local socket: HTTP/1.1 with keep-alive on a UNIX socket, a POST to / for each operation,
// named by X-Amz-Target (facts/wire.md 1.1). It adds who the caller is (SO_PEERCRED), bounds and
// times, and no rule. Signed webhooks come to POST /webhooks/PIPELINE/NAME there too, and, if asked
// for, to a TCP port that serves nothing else.
//
// GET /health answers 200 while the process lives (on the port too), GET /ready once it serves,
// else 503.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/api/operations.hpp"
#include "engine/core/result.hpp"
#include "engine/triggers/webhook.hpp"

namespace sluice::api {

// Where webhooks are received beside the local socket, and their bounds on both.
struct WebhookOptions {
  std::string host;        // an IPv4 or IPv6 address; "": on the local socket alone
  std::uint16_t port = 0;  // 0: any that is free
  std::size_t most_body_bytes = 25u << 20;  // GitHub's own bound
  std::size_t most_connections = 256;       // of the port
  int idle_timeout_ms = 15'000;
};

struct ListenerOptions {
  std::filesystem::path socket;
  std::string account = "000000000000";  // of callers' ARNs
  // Who may connect beside root and the user of this process.
  std::vector<std::uint32_t> users, groups;
  std::size_t most_connections = 512;  // more are told to come again
  std::size_t most_calls = 2048;       // under way; more are answered ThrottlingException
  std::size_t most_body_bytes = 1u << 20;
  int request_timeout_ms = 30'000;  // from its first byte to its last
  int idle_timeout_ms = 600'000;    // of a connection without a request
  WebhookOptions webhooks;
};

// Answers a request; `done` exactly once, on any thread.
using CallFunction = std::function<void(Request, Done done)>;

// Answers a webhook; may block. Several threads of the listener.
using WebhookFunction = std::function<triggers::WebhookAnswer(
    const std::string& pipeline, const std::string& name, const triggers::WebhookCall& call)>;

class HttpListener {
 public:
  // Binds the socket, mode 0600 or, if others may connect, 0666 with every peer checked; replaces a
  // socket that nobody listens on. kConflict: somebody listens there. kUnavailable: it cannot be
  // made, or the port not be had.
  static Result<std::unique_ptr<HttpListener>> start(ListenerOptions options, CallFunction call,
                                                     WebhookFunction webhook);
  // Takes no more connections, gives answers under way a second, and removes the socket.
  ~HttpListener();
  HttpListener(const HttpListener&) = delete;
  HttpListener& operator=(const HttpListener&) = delete;

  // Any thread. What /ready answers; requests are for `call` to refuse.
  void set_ready(bool ready);

  // "127.0.0.1:8091", where webhooks are received; "" without a port.
  [[nodiscard]] std::string webhook_address() const;

 private:
  struct Shared;
  explicit HttpListener(std::unique_ptr<Shared> shared);
  std::unique_ptr<Shared> shared_;
};

}  // namespace sluice::api
