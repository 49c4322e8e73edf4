// Any payload, at either end of the connection between engine and worker, gives messages or a
// reason; what comes out goes in again and stays the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/workers/messages.hpp"

namespace {

using namespace sluice::workers;

template <class Decode>
void check(std::string_view payload, Decode decode) {
  const auto decoded = decode(payload);
  if (decoded.messages.empty() && !payload.empty() && decoded.why.empty()) std::abort();
  std::string first, second;
  for (const auto& message : decoded.messages)
    if (!append(first, message)) return;
  const auto again = decode(first);
  if (!again.why.empty() || again.messages.size() != decoded.messages.size()) std::abort();
  for (const auto& message : again.messages)
    if (!append(second, message)) std::abort();
  if (first != second) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check(bytes, decode_to_worker);
  check(bytes, decode_from_worker);
  if (const auto remains = decode_remains(bytes))
    if (!decode_remains(encode(*remains))) std::abort();
  return 0;
}
