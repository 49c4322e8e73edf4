// The buildspec parser takes any bytes and answers with a model or with errors.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "plugins/build/parse.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 20'000) return 0;
  const auto parsed = sluice::build::parse_buildspec({reinterpret_cast<const char*>(data), size});
  for (const auto& problem : parsed.errors)
    if (problem.message.empty()) std::abort();
  return 0;
}
