// What an engine and a worker say to each other over ZeroMQ. A payload is one msgpack array after
// the other, each a message: its number and its members in the order in which they stand here.
//
//   engine                              worker
//   Hello                           ->                 begins a session; nothing comes before it
//                                   <-  Welcome        with all that the worker has | Refused
//   Start, Cancel                   ->
//                                   <-  Report         numbered; resent in the next session until
//   Settled                         ->                 its number has been acknowledged
//   Drain                           ->                 end when nothing is left to do
//                                   <-  Draining       takes no more jobs
//   Goodbye                         ->                 the session ends
//
// Both ends use this one codec, but they need not be of one version: an engine that was upgraded
// meets the worker that was there before. Hello, Welcome and Refused can be read by every version.
// All messages, and the core's structs in them, only grow at their ends; a reader takes the default
// for members that an older writer did not know and skips those that a newer one added. A minor
// version stands for each such step, and an end speaks with the one before and the one after its
// own (skew_allowed).
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/core/input.hpp"
#include "engine/hosts/hosts.hpp"

namespace sluice::workers {

struct ProtocolVersion {
  std::uint16_t major = 1, minor = 0;
  bool operator==(const ProtocolVersion&) const = default;
};
inline constexpr ProtocolVersion kProtocol = {1, 0};
[[nodiscard]] constexpr bool skew_allowed(ProtocolVersion one, ProtocolVersion other) {
  const int skew = one.minor - other.minor;
  return one.major == other.major && skew >= -1 && skew <= 1;
}

// One call of one attempt. The id tells it from that of a pipeline of the same name that is gone.
struct JobName {
  std::string pipeline;
  ActionKey key;
  Uuid id;
  auto operator<=>(const JobName&) const = default;
};
[[nodiscard]] inline JobName name_of(const Job& job) {
  return {job.pipeline, job.key, job.id};
}

// What a worker says of a job; the last three end it.
using Outcome = std::variant<ReportProgress, ReportSuccess, ReportContinue, ReportFailure>;
[[nodiscard]] inline bool is_progress(const Outcome& outcome) {
  return std::holds_alternative<ReportProgress>(outcome);
}

enum class RefusalKind : std::uint8_t { kVersion = 1, kHeld, kMalformed };

// clang-format off
// engine: a new one for every engine that is started. pid: for a worker on the same machine, 0 for another.
// program: the version of the program, for people.
struct Hello    { ProtocolVersion protocol; Uuid engine; std::int64_t pid{}; std::string program; };
struct Start    { Job job; };
struct Cancel   { JobName job; };
struct Settled  { std::vector<std::uint64_t> numbers; };
struct Drain    { bool at_once{}; };   // at_once: without waiting for what runs
struct Goodbye  { std::string why; };

// instance: a new one for every worker that is started. ancestors: instances that ended in good order and whose results
// it has taken over. most_jobs: that it may have at once, those with an unacknowledged result included.
struct Welcome  { ProtocolVersion protocol; Uuid instance; std::vector<Uuid> ancestors; std::int64_t pid{}; std::string program;
                  std::uint32_t most_jobs{}; std::vector<JobName> jobs; };
// holder: the pid of the engine that has the worker, or 0.
struct Refused  { ProtocolVersion protocol; RefusalKind kind = RefusalKind::kMalformed; std::int64_t holder{}; std::string message; };
struct Report   { std::uint64_t number{}; JobName job; Outcome outcome; };
struct Draining { std::string why; };
// clang-format on

using ToWorker = std::variant<Hello, Start, Cancel, Settled, Drain, Goodbye>;
using FromWorker = std::variant<Welcome, Refused, Report, Draining>;

// The largest payload and the largest single message in it.
inline constexpr std::size_t kMaxPayload = 32u << 20;
inline constexpr std::size_t kMaxMessage = 8u << 20;

// Appends one message to a payload. False if it is larger than kMaxMessage; then nothing is
// appended. Any thread.
[[nodiscard]] bool append(std::string& payload, const ToWorker& message);
[[nodiscard]] bool append(std::string& payload, const FromWorker& message);

template <class Message>
struct DecodedPayload {
  std::vector<Message> messages;  // all of them, or those before the one that cannot be read
  std::string why;                // "": all could be read
};
// Any bytes are safe: no exception, no more memory than a small multiple of the payload's size.
[[nodiscard]] DecodedPayload<ToWorker> decode_to_worker(std::string_view payload);
[[nodiscard]] DecodedPayload<FromWorker> decode_from_worker(std::string_view payload);

// What a worker leaves for the next one when it ends in good order: every job that it ever got is
// settled or has its report here.
struct Remains {
  std::vector<Uuid> instances;  // its own and its ancestors', oldest first
  std::vector<Report> reports;
};
[[nodiscard]] std::string encode(const Remains& remains);
[[nodiscard]] std::optional<Remains> decode_remains(std::string_view bytes);

// The engine's input for an outcome.
[[nodiscard]] Input input_of(Outcome outcome);
// The outcome that is in an input of a host pool; nothing if it is no report.
[[nodiscard]] std::optional<Outcome> outcome_of(Input input);

}  // namespace sluice::workers
