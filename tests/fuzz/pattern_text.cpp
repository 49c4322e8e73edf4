// Any bytes as a pattern: refused with a place, or compiled into a rule that can be added, matched,
// explained and removed.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "events/pattern/pattern.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::pattern;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto rule = compile(text);
  if (!rule) {
    if (rule.refusal().reason.empty() || rule.refusal().message().empty()) std::abort();
    return 0;
  }
  Matcher matcher;
  if (matcher.add("rule", *rule)) std::abort();
  Reader reader(matcher);
  constexpr std::string_view kEvent =
      R"({"a":["x",{"b":1,"c":"y"}],"detail":{"state":"FAILED","ip":"10.0.0.1"},"n":3e2})";
  const auto names = reader.match(kEvent);
  const auto explanation = explain(*rule, kEvent);
  if (!names || !explanation || explanation->matched == (*names).empty()) std::abort();
  if (!matcher.remove("rule")) std::abort();
  return 0;
}
