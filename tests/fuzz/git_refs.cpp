// What a remote may answer to ls-remote.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "plugins/source/refs.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto refs =
      sluice::source::parse_refs(std::string_view(reinterpret_cast<const char*>(data), size));
  if (sluice::source::near_names(refs.head_branch, refs.branches).size() > 5) std::abort();
  return 0;
}
