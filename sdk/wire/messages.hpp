// What the engine and sluice-action-host say to each other, over one socket pair, as length-bounded
// frames (frame.hpp) of msgpack: an array of the message's number and then its members, in the
// order in which they stand here. Both ends use this one codec and are installed together, so a
// message has no optional members and no versions.
//
//   host                              engine
//   Ready | Refused               ->            once, after loading the library
//                                 <- Run        with the write end of the job's log pipe
//                                 (SCM_RIGHTS)
//   Progress                      ->
//   Secret                        ->            before any byte of the log that follows it: it is
//   in
//                                               the socket when the next byte gets into the pipe
//                                 <- Cancel     the current run should end
//                                 <- Withdraw   a run that was queued ahead is wanted back
//   Withdrawn | Finished          ->            exactly one of them for every Run
//   (end of file)                               either end is gone; the other one cleans up
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace sluice::wire {

using Pairs = std::vector<std::pair<std::string, std::string>>;

// plugin.h sluice_action_type, as data.
struct ActionType {
  std::uint32_t category = 0;
  std::string provider, version, uses, summary, configuration_schema;
  std::uint32_t min_inputs = 0, max_inputs = 0, min_outputs = 0, max_outputs = 0;
  std::vector<std::string> output_variables;
  std::uint32_t flags = 0;
  std::int64_t default_timeout_ms = 0;
  bool operator==(const ActionType&) const = default;
};
// plugin.h sluice_plugin_entry, as data.
struct Description {
  std::string name, version, description;
  std::uint32_t abi_minor_needed = 0;
  std::vector<ActionType> actions;
  bool operator==(const Description&) const = default;
};

// clang-format off
// texts and lists are indexed by plugin.h's sluice_text and sluice_list; absent texts are nullopt.
// log counts the pipes that the host has been given, from 0; one that it has not seen yet comes with
// the message. No two runs that are under way share one.
struct Run      { std::uint64_t run{}; std::uint32_t log{}; std::uint32_t category{}; std::string owner, provider, version;
                  std::vector<std::optional<std::string>> texts; std::vector<std::vector<std::string>> lists; };
struct Cancel   { std::uint64_t run{}; };
struct Withdraw { std::uint64_t run{}; };

struct Ready    { Description description; };
struct Refused  { std::string message; };
struct Progress { std::uint64_t run{}; std::int32_t percent = -1; std::string external_id, external_url, summary; };
struct Withdrawn{ std::uint64_t run{}; };
struct Secret   { std::uint64_t run{}; std::string value; };
struct Revision { std::string artifact, id, summary, url; };
// outcome is what `run` returned, unchecked. misbehaviour: what the host itself saw go wrong, or
// "". trash: a directory beside the work directory to be removed, or "". retiring: the host ends
// after this message and has not begun any later run.
struct Finished { std::uint64_t run{}; std::int32_t outcome{}; std::int32_t failure_kind{}; std::string failure_code, failure_message;
                  std::string misbehaviour; Pairs variables; std::vector<Revision> revisions; Pairs details;
                  std::string external_id, external_url, summary; bool continues{}; std::string token; std::int64_t delay_ms{};
                  std::uint64_t run_us{}; std::string trash; bool retiring{}; };
// clang-format on

using ToHost = std::variant<Run, Cancel, Withdraw>;
using ToEngine = std::variant<Ready, Refused, Progress, Withdrawn, Finished, Secret>;

// A message, or why the bytes are none.
template <class Message>
struct Decoded {
  std::optional<Message> message;
  std::string why;
};

// Appends one frame with the message to `out`. False if it would be larger than kMaxFrame; then
// nothing is appended.
[[nodiscard]] bool append(std::string& out, const ToHost& message);
[[nodiscard]] bool append(std::string& out, const ToEngine& message);
// Reads the payload of one frame. Any bytes are safe: no exception, no more memory than a small
// multiple of the payload's size.
[[nodiscard]] Decoded<ToHost> decode_to_host(std::string_view payload);
[[nodiscard]] Decoded<ToEngine> decode_to_engine(std::string_view payload);

// The description alone, for the catalogue's cache file.
[[nodiscard]] std::string encode(const Description& description);
[[nodiscard]] std::optional<Description> decode_description(std::string_view bytes);

}  // namespace sluice::wire
