// Any bytes as an event, against rules of every operator: refused with a place, or matched; and a
// rule alone says what it says among the others.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "events/pattern/pattern.hpp"

namespace {

constexpr std::array<const char*, 12> kPatterns = {
    R"({"a":["x",1,null,true]})",
    R"({"a":[{"prefix":"x"},{"suffix":{"equals-ignore-case":"Y"}}]})",
    R"({"a":{"b":[1],"c":[{"exists":false}]}})",
    R"({"a":{"b":[{"exists":true}],"c":["y"]}})",
    R"({"a":[{"wildcard":"*x*y*"}]})",
    R"({"a":[{"anything-but":{"wildcard":["x*","*y"]}}]})",
    R"({"a":[{"numeric":[">",0,"<=",300]}],"b":[{"numeric":["<",5]}]})",
    R"({"a":[{"cidr":"10.0.0.0/8"},{"cidr":"2001:db8::/32"},"10.0.0.1"]})",
    R"({"$or":[{"a":["x"]},{"b":{"$or":[{"c":["y"]},{"d":[{"exists":false}]}]}}]})",
    R"({"a.b":["x"],"a":{"c":[{"anything-but":[1,2]}]}})",
    R"({"a":[{"equals-ignore-case":"straße"}],"b":[{"exists":false},"x"]})",
    R"({"":[1e400,9007199254740993]})"};

struct Fixture {
  sluice::pattern::Matcher all;
  std::array<sluice::pattern::Matcher, kPatterns.size()> single;
  std::unique_ptr<sluice::pattern::Reader> all_reader;
  std::array<std::unique_ptr<sluice::pattern::Reader>, kPatterns.size()> single_readers;

  Fixture() {
    for (std::size_t i = 0; i < kPatterns.size(); ++i) {
      const auto rule = sluice::pattern::compile(kPatterns[i]);
      if (!rule || all.add(std::to_string(i), *rule) || single[i].add("it", *rule)) std::abort();
      single_readers[i] = std::make_unique<sluice::pattern::Reader>(single[i]);
    }
    all_reader = std::make_unique<sluice::pattern::Reader>(all);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Fixture fixture;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto names = fixture.all_reader->match(text);
  for (std::size_t i = 0; i < kPatterns.size(); ++i) {
    const auto alone = fixture.single_readers[i]->match(text);
    if (alone.ok() != names.ok()) std::abort();
    if (!names) continue;
    const bool together =
        std::find((*names).begin(), (*names).end(), std::to_string(i)) != (*names).end();
    if (together == (*alone).empty()) std::abort();
  }
  if (!names && names.refusal().reason.empty()) std::abort();
  return 0;
}
