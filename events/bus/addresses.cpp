#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>

#include "events/bus/publisher.hpp"

namespace sluice {
namespace {

constexpr std::size_t kLongestSocketPath = 100;

// Named in docs/events.md: the clients compute it too.
std::uint64_t fnv1a(const std::string& text) {
  std::uint64_t number = 0xcbf29ce484222325;
  for (const unsigned char byte : text) number = (number ^ byte) * 0x100000001b3;
  return number;
}

}  // namespace

BusAddresses bus_addresses(const std::string& data_directory) {
  std::string base = data_directory + "/bus/";
  if (base.size() + 8 > kLongestSocketPath) {
    const char* runtime = std::getenv("XDG_RUNTIME_DIR");
    char name[64];
    std::snprintf(name, sizeof name, "/sluice-%u-%016" PRIx64 "-", getuid(), fnv1a(data_directory));
    base = std::string(runtime && *runtime ? runtime : "/tmp") + name;
  }
  return {"ipc://" + base + "events", "ipc://" + base + "log", "ipc://" + base + "filtered",
          base + "wake"};
}

}  // namespace sluice
