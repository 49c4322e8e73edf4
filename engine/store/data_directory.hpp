// Where one installation keeps everything, and where in there what lies. Several processes may use
// one data directory at once; what must not be done twice is kept apart by leases (lease.hpp).
#pragma once

#include <filesystem>

#include "engine/core/result.hpp"

namespace sluice {

struct DataDirectory {
  std::filesystem::path root;

  [[nodiscard]] std::filesystem::path database() const { return root / "sluice.db"; }
  [[nodiscard]] std::filesystem::path leases() const { return root / "leases"; }
  [[nodiscard]] std::filesystem::path artifacts() const { return root / "artifacts"; }
  [[nodiscard]] std::filesystem::path logs() const { return root / "logs"; }
  // Directories of running actions; whatever no process holds may be deleted.
  [[nodiscard]] std::filesystem::path work() const { return root / "work"; }
  // What actions keep from one execution to the next.
  [[nodiscard]] std::filesystem::path state() const { return root / "state"; }
  // What the plugins said of themselves, so that a start need not ask them again.
  [[nodiscard]] std::filesystem::path plugin_catalog() const { return root / "plugins.json"; }
  // Where a server and its worker meet, and what outlives both.
  [[nodiscard]] std::filesystem::path worker() const { return root / "worker"; }
  // Sockets of running processes.
  [[nodiscard]] std::filesystem::path bus() const { return root / "bus"; }
  // Where `sluice serve` listens for the commands.
  [[nodiscard]] std::filesystem::path server_socket() const { return root / "sluice.sock"; }
};

// $SLUICE_DATA, else $XDG_STATE_HOME/sluice, else ~/.local/state/sluice. An empty variable is none,
// and so is a relative XDG_STATE_HOME (XDG Base Directory Specification). kBadInput without a home.
Result<std::filesystem::path> default_data_directory();

// Makes what is missing, readable by nobody else (0700); an existing directory keeps its mode.
// kUnavailable: cannot be made. kBadInput: not a directory. The paths are absolute.
Result<DataDirectory> open_data_directory(const std::filesystem::path& root);

}  // namespace sluice
