#include "events/bus/module.hpp"

#include <dlfcn.h>

#include <filesystem>
#include <utility>

namespace sluice {
namespace {

Result<const BusModule*> load() {
  std::error_code failed;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failed);
  const std::string path = program.parent_path().parent_path() / "libexec/sluice/sluice-bus.so";
  // Never unloaded: its threads may outlive any use of it.
  void* const library = dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
  const void* const found = library ? dlsym(library, kBusModuleName) : nullptr;
  if (found) return static_cast<const BusModule*>(found);
  const char* const why = dlerror();
  return Error{ErrorKind::kUnavailable, path,
               std::string("the event bus cannot be loaded: ") + (why ? why : "unknown reason") +
                   ". Install sluice anew."};
}

}  // namespace

Result<const BusModule*> bus_module() {
  static const Result<const BusModule*> module = load();
  return module;
}

Result<std::unique_ptr<Publisher>> Publisher::start(const BusAddresses& addresses, EventSource live,
                                                    EventSource past, std::uint64_t cursor) {
  auto module = bus_module();
  if (!module) return module.error();
  return (*module)->publisher(addresses, std::move(live), std::move(past), cursor);
}

Result<std::unique_ptr<BusWatcher>> BusWatcher::connect(const BusAddresses& addresses) {
  auto module = bus_module();
  if (!module) return module.error();
  return (*module)->watcher(addresses);
}

}  // namespace sluice
