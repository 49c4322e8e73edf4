// What a damaged database may hand to the codec. The first byte chooses what is read; what could be
// read is written again and must then read the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/store/codec.hpp"

namespace {

template <class T>
void check(const sluice::Result<T>& read, sluice::Result<T> (*decode)(std::string_view)) {
  if (!read) return;
  const std::string bytes = encode(*read);
  const auto again = decode(bytes);
  if (!again || encode(*again) != bytes) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 3) {
    case 0:
      check(sluice::decode_fact(bytes), &sluice::decode_fact);
      break;
    case 1:
      check(sluice::decode_declaration(bytes), &sluice::decode_declaration);
      break;
    default:
      check(sluice::decode_pipeline(bytes), &sluice::decode_pipeline);
  }
  return 0;
}
