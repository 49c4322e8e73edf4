// Whether anybody waits for a data directory's events. A subscriber has a file in
// DATA/bus/subscribers as long as it lives, whose name begins with its process id and a dot; a run
// that would be over before it could connect stays a little longer then.
#pragma once

#include <filesystem>

namespace sluice {

// `bus` is DATA/bus. Removes the files of processes that are gone. Any thread.
[[nodiscard]] bool is_anybody_subscribed(const std::filesystem::path& bus);

}  // namespace sluice
