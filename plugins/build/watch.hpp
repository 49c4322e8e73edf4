// What may end a build from outside: its deadline and the host's wish.
#ifndef SLUICE_PLUGINS_BUILD_WATCH_HPP
#define SLUICE_PLUGINS_BUILD_WATCH_HPP

#include <chrono>
#include <functional>

namespace sluice::build {

enum class Interruption { kNone, kTimedOut, kStopped };

struct Watch {
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  std::function<bool()> cancelled;  // may be empty

  Interruption check() const {
    if (cancelled && cancelled()) return Interruption::kStopped;
    if (std::chrono::steady_clock::now() >= deadline) return Interruption::kTimedOut;
    return Interruption::kNone;
  }
  // How long a wait may last before check() is due again: at most most_ms.
  int wait_ms(int most_ms) const {
    const auto now = std::chrono::steady_clock::now();
    if (deadline <= now) return 0;
    if (deadline - now > std::chrono::milliseconds(most_ms)) return most_ms;
    return static_cast<int>(
               std::chrono::duration_cast<std::chrono::milliseconds>(deadline - now).count()) +
           1;
  }
};

}  // namespace sluice::build

#endif
