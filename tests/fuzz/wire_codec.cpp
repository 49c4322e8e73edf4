// A stream of any bytes, at either end of a host's socket, gives messages or a refusal; a message
// that comes out goes in again and stays the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sdk/wire/frame.hpp"
#include "sdk/wire/messages.hpp"

namespace {

using namespace sluice::wire;

// Encodes what was decoded; that must decode to something that encodes to the same bytes.
template <class Message, class Decode>
void check(std::string_view payload, Decode decode) {
  const auto decoded = decode(payload);
  if (!decoded.message) {
    if (decoded.why.empty()) std::abort();
    return;
  }
  std::string first, second;
  if (!append(first, *decoded.message)) return;
  FrameReader reader;
  reader.append(first);
  const auto frame = reader.next();
  if (!frame) std::abort();
  const auto again = decode(*frame);
  if (!again.message || !append(second, *again.message) || first != second) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check<ToHost>(bytes, decode_to_host);
  check<ToEngine>(bytes, decode_to_engine);
  (void)decode_description(bytes);
  FrameReader reader;
  for (std::size_t at = 0; at < size; at += 7) {
    reader.append(bytes.substr(at, 7));
    while (const auto payload = reader.next()) {
      check<ToHost>(*payload, decode_to_host);
      check<ToEngine>(*payload, decode_to_engine);
    }
  }
  return 0;
}
