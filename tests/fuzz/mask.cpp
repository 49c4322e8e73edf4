// Any secrets and any text, in any pieces: what is shown is what the whole text shows, and a
// text without a secret is shown as it is.
#include "engine/core/mask.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

// One byte says how large the pieces are; secrets and the text follow, each ended by a zero byte.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const std::size_t piece = 1 + static_cast<unsigned char>(rest.front()) % 16;
  rest.remove_prefix(1);
  sluice::Masker masker;
  for (std::size_t end; (end = rest.find('\0')) != std::string_view::npos;) {
    masker.add(rest.substr(0, end));
    rest.remove_prefix(end + 1);
  }
  const std::string whole = masker.mask(rest);
  std::string shown;
  for (std::size_t at = 0; at < rest.size(); at += piece)
    shown += masker.feed(rest.substr(at, piece));
  shown += masker.finish();
  if (shown != whole || !masker.finish().empty()) std::abort();
  if (masker.empty() && whole != rest) std::abort();
  return 0;
}
