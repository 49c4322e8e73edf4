// A block of facts with the right checksum and anything inside; then the same bytes as they are.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/store/block.hpp"

namespace {

void read(std::string_view bytes) {
  const auto segments = sluice::read_block(bytes);
  if (!segments) return;
  for (const sluice::Segment& segment : *segments) {
    sluice::FactReader taking(segment.facts), skipping(segment.facts);
    while (!taking.at_end()) {
      const sluice::ExecutionNumber told = taking.execution();
      const auto fact = taking.take();
      if (!fact) break;
      // What can be decoded can be passed over.
      if (!skipping.skip()) std::abort();
      static_cast<void>(told);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  read(bytes);
  read(sluice::with_block_head(bytes));
  return 0;
}
