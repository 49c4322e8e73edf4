// Where the server of a data directory and its worker meet.
#pragma once

#include "engine/store/data_directory.hpp"
#include "engine/workers/worker_hosts.hpp"

namespace sluice {

[[nodiscard]] workers::SocketPlace worker_socket(const DataDirectory& data);

// For the server: a worker that is missing is started from this program's own file, with `slots`
// processes at once (0: the worker's default). What is left to set is `say`.
[[nodiscard]] WorkerHostsOptions worker_hosts_options(const DataDirectory& data, unsigned slots);

}  // namespace sluice
