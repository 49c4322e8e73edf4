#include "engine/runtime/random_id.hpp"

#include <sys/random.h>

#include <cstdlib>

namespace sluice {

Uuid random_id() {
  Uuid id;
  // 16 bytes come at once or not at all (getrandom(2)); without random numbers nothing can go on.
  if (getrandom(&id, sizeof id, 0) != sizeof id) std::abort();
  id.high = (id.high & ~std::uint64_t{0xF000}) | 0x4000;
  id.low = (id.low & ~(std::uint64_t{3} << 62)) | (std::uint64_t{2} << 62);
  return id;
}

}  // namespace sluice
