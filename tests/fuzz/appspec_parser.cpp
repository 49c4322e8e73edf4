// What an AppSpec file may hold: any bytes give a model or a fault with a word and a place.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "plugins/deploy/appspec/parser.hpp"
#include "plugins/deploy/appspec/permission_values.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto spec = sluice::appspec::parse_appspec(text, "appspec.yml");
  if (!spec && (spec.fault().word.empty() || spec.fault().where.rfind("appspec.yml", 0) != 0))
    std::abort();
  // What a grammar accepts it must also accept in its own spelling.
  if (const auto ace = sluice::appspec::parse_ace(text))
    if (!sluice::appspec::parse_ace(sluice::appspec::ace_text(*ace))) std::abort();
  if (const auto range = sluice::appspec::parse_security_range(text))
    if (*sluice::appspec::parse_security_range(*range) != *range) std::abort();
  return 0;
}
