// A fact told to others, in EventBridge's envelope (facts/codepipeline.md 6). Pure data; the bus,
// the CLI and rules share it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sluice {

// Which region and account the ARNs and envelopes name.
struct Realm {
  std::string region = "local", account = "000000000000";
};

struct Event {
  std::uint64_t sequence = 0;  // global, of the fact
  std::string topic;           // "codepipeline.action.FAILED.webshop.Build.Compile"
  std::string id;              // UUID; the same fact always gives the same id
  std::string detail_type, source, account, region;
  std::int64_t time_ms = 0;  // Unix
  std::vector<std::string> resources;
  std::string detail;  // JSON object text
};

// The whole envelope as one line of JSON, members in EventBridge's order.
[[nodiscard]] std::string to_json(const Event& event);

// Text as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string json_quote(const std::string& text);

// "2026-01-02T03:04:05Z", or with milliseconds "2026-01-02T03:04:05.123Z". UTC.
[[nodiscard]] std::string iso_seconds(std::int64_t unix_ms);
[[nodiscard]] std::string iso_milliseconds(std::int64_t unix_ms);

}  // namespace sluice
