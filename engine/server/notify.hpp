// Tells the service manager how the server is doing, if it asked to be told ($NOTIFY_SOCKET,
// sd_notify(3)). Any thread; never waits, never fails.
#pragma once

#include <string>

namespace sluice::server {

// Assignments, one a line: "READY=1", "STOPPING=1\nSTATUS=draining".
void notify_manager(const std::string& state);

}  // namespace sluice::server
