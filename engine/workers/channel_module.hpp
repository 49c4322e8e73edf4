// ZeroMQ is loaded when an engine and a worker are first connected (docs/decisions/0031). What the
// library behind channel.hpp exports. Private to engine/workers.
#pragma once

#include <memory>

#include "engine/workers/channel.hpp"

namespace sluice::workers {

struct ChannelModule {
  Result<std::unique_ptr<EngineChannel>> (*connect)(const SocketPlace&);
  Result<std::unique_ptr<WorkerChannel>> (*bind)(const SocketPlace&);
};

// The name under which the library exports its ChannelModule, with C linkage.
inline constexpr const char* kChannelModuleName = "sluice_channel_module";

}  // namespace sluice::workers
