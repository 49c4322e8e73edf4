#include "engine/core/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace sluice {

void assertion_failed(const char* expression, const char* promise, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: broken promise: %s (%s)\n", file, line, promise, expression);
  std::fflush(stderr);
  std::abort();
}

}  // namespace sluice
