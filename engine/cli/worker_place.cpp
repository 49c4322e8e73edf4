#include "engine/cli/worker_place.hpp"

#include <filesystem>
#include <string>

#include "engine/runtime/random_id.hpp"

namespace sluice {
namespace {

// This program's file; the one that has taken its place if it has been replaced.
std::string own_program() {
  std::error_code failed;
  std::string path = std::filesystem::read_symlink("/proc/self/exe", failed).string();
  constexpr std::string_view kReplaced = " (deleted)";
  if (path.ends_with(kReplaced)) path.erase(path.size() - kReplaced.size());
  return path;
}

}  // namespace

workers::SocketPlace worker_socket(const DataDirectory& data) {
  return {data.worker().string(), "socket"};
}

WorkerHostsOptions worker_hosts_options(const DataDirectory& data, unsigned slots) {
  WorkerHostsOptions options;
  options.engine = random_id();
  options.place = worker_socket(data);
  options.files.directory = data.worker();
  options.leases = data.leases();
  options.program = SLUICE_VERSION;
  options.command = {own_program(), "worker", "--data", data.root.string()};
  if (slots > 0) {
    options.command.emplace_back("--slots");
    options.command.push_back(std::to_string(slots));
  }
  return options;
}

}  // namespace sluice
