#include "events/bus/presence.hpp"

#include <signal.h>

#include <cerrno>
#include <cstdlib>

namespace sluice {

bool is_anybody_subscribed(const std::filesystem::path& bus) {
  bool found = false;
  std::error_code failed, ignored;
  for (const auto& entry : std::filesystem::directory_iterator(bus / "subscribers", failed)) {
    const int pid = std::atoi(entry.path().filename().c_str());
    if (pid > 0 && (::kill(pid, 0) == 0 || errno == EPERM))
      found = true;
    else
      std::filesystem::remove(entry.path(), ignored);
  }
  return found;
}

}  // namespace sluice
