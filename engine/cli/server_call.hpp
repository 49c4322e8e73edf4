// A running `sluice serve` as the commands talk to it: HTTP/1.1 over its UNIX socket, one operation
// a call (facts/wire.md 1.1). One thread at a time.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "engine/core/result.hpp"

namespace sluice {

// Prefixes of X-Amz-Target.
inline constexpr const char* kCodePipelineTarget = "CodePipeline_20150709.";
inline constexpr const char* kSluiceTarget = "Sluice_20261101.";

// An operation's refusal: the API's error name, and its sentence.
struct Refusal {
  std::string type, message;
};

// What a server operation came to: its output, a refusal, or an Error if there is no server to ask.
class ServerReply {
 public:
  ServerReply(nlohmann::json output);                             // NOLINT: implicit on purpose
  ServerReply(Refusal refusal) : refusal_(std::move(refusal)) {}  // NOLINT
  ServerReply(Error error) : error_(std::move(error)) {}          // NOLINT

  explicit operator bool() const { return output_ != nullptr; }
  [[nodiscard]] const nlohmann::json& operator*() const { return *output_; }
  [[nodiscard]] const nlohmann::json* operator->() const { return output_.get(); }
  [[nodiscard]] const Refusal* refusal() const { return refusal_ ? &*refusal_ : nullptr; }
  // Prints why to standard error. The exit status: 1 refused, 2 the request is wrong, 3 no server.
  [[nodiscard]] int complain() const;

 private:
  std::shared_ptr<const nlohmann::json> output_;
  std::optional<Refusal> refusal_;
  std::optional<Error> error_;
};

class ServerConnection {
 public:
  // Of the server of a data directory. Connects at the first call.
  explicit ServerConnection(const std::string& data);
  ~ServerConnection();
  ServerConnection(const ServerConnection&) = delete;
  ServerConnection& operator=(const ServerConnection&) = delete;

  // target: prefix and operation. Waits for the answer, at most timeout_ms.
  [[nodiscard]] ServerReply call(const std::string& target, const nlohmann::json& input,
                                 std::int64_t timeout_ms = 60'000);

 private:
  struct Stream;
  std::string data_, socket_;
  std::unique_ptr<Stream> stream_;
};

}  // namespace sluice
