// SLUICE_ASSERT(condition, "what must hold"): an invariant of the program itself, never a check of
// outside input. Stays on in release builds: prints the place and aborts, because restarting from
// the last commit is a tested path and going on with a broken state is not.
#pragma once

namespace sluice {

[[noreturn]] void assertion_failed(const char* expression, const char* promise, const char* file,
                                   int line);

}  // namespace sluice

#define SLUICE_ASSERT(condition, promise) \
  ((condition) ? static_cast<void>(0)     \
               : ::sluice::assertion_failed(#condition, promise, __FILE__, __LINE__))
