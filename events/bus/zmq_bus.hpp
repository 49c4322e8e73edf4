// The library's inside. Private to events/bus.
#pragma once

#include "events/bus/module.hpp"

namespace sluice {

Result<std::unique_ptr<Publisher>> start_zmq_publisher(const BusAddresses& addresses,
                                                       EventSource live, EventSource past,
                                                       std::uint64_t cursor);
std::unique_ptr<BusWatcher> connect_zmq_watcher(const BusAddresses& addresses);

}  // namespace sluice
