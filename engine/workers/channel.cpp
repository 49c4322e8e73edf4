#include "engine/workers/channel.hpp"

#include <dlfcn.h>

#include <filesystem>

#include "engine/hosts/installation.hpp"
#include "engine/workers/channel_module.hpp"

namespace sluice::workers {
namespace {

Result<const ChannelModule*> load() {
  const std::string path =
      std::filesystem::path(action_host_program()).parent_path() / "sluice-channel.so";
  // Never unloaded: its threads may outlive any use of it.
  void* const library = dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
  const void* const found = library ? dlsym(library, kChannelModuleName) : nullptr;
  if (found) return static_cast<const ChannelModule*>(found);
  const char* const why = dlerror();
  return Error{ErrorKind::kUnavailable, path,
               std::string("the connection to workers cannot be loaded: ") +
                   (why ? why : "unknown reason") + ". Install sluice anew."};
}

const Result<const ChannelModule*>& channel_module() {
  static const Result<const ChannelModule*> module = load();
  return module;
}

}  // namespace

Result<std::unique_ptr<EngineChannel>> EngineChannel::connect(const SocketPlace& place) {
  const auto& module = channel_module();
  if (!module) return module.error();
  return (*module)->connect(place);
}

Result<std::unique_ptr<WorkerChannel>> WorkerChannel::bind(const SocketPlace& place) {
  const auto& module = channel_module();
  if (!module) return module.error();
  return (*module)->bind(place);
}

}  // namespace sluice::workers
