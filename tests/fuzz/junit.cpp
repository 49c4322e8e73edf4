// The first byte chooses the report format, the rest is the report.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "plugins/test/report.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::string_view kFormats[] = {
      "JUNITXML",     "NUNITXML",  "NUNIT3XML",    "TESTNGXML", "VISUALSTUDIOTRX",
      "CUCUMBERJSON", "CLOVERXML", "COBERTURAXML", "JACOCOXML", "SIMPLECOV"};
  if (size == 0 || size > 20'000) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  sluice::reports::parse_report(kFormats[data[0] % 10], text);
  return 0;
}
