// Any bytes as a pattern and a text: refused with a reason, or matched in bounded time; a text
// without special characters matches itself.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/triggers/glob.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using sluice::triggers::Glob;
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const auto cut = std::min(all.find('\n'), all.size());
  const auto pattern = all.substr(0, std::min<std::size_t>(cut, 255));
  const auto glob = Glob::compile(pattern);
  if (!glob) {
    if (glob.error().message.empty()) std::abort();
    return 0;
  }
  const auto text = all.substr(std::min(cut + 1, all.size()));
  (void)glob->matches(text);
  if (pattern.find_first_of("*?\\[{") == std::string_view::npos && !glob->matches(pattern))
    std::abort();
  return 0;
}
