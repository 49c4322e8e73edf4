// ZeroMQ and the dozen libraries that it brings are a shared library of our own, loaded when the
// bus is first needed and not when the program starts (docs/decisions/0031). What that library
// offers, and its loader; callers use publisher.hpp and watcher.hpp. Private to events/bus.
#pragma once

#include "events/bus/publisher.hpp"
#include "events/bus/watcher.hpp"

namespace sluice {

struct BusModule {
  Result<std::unique_ptr<Publisher>> (*publisher)(const BusAddresses&, EventSource live,
                                                  EventSource past, std::uint64_t cursor);
  std::unique_ptr<BusWatcher> (*watcher)(const BusAddresses&);
};

// The name under which the library exports its BusModule, with C linkage.
inline constexpr const char* kBusModuleName = "sluice_bus_module";

// Any thread; loads at the first call. kUnavailable: not installed, or not of this version.
[[nodiscard]] Result<const BusModule*> bus_module();

}  // namespace sluice
