// sluice.yml: how a server is set up (docs/server.md). Every key has a default; no file is needed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/definition/diagnostic.hpp"
#include "engine/retention/rules.hpp"

namespace sluice::server {

struct Configuration {
  std::string data_directory;  // "" for the command's default
  std::string socket;          // "" for DATA/sluice.sock
  std::string region = "local", account = "000000000000";
  std::string base_directory;  // where relative paths of pipelines start; "" for DATA
  // Who may use the socket beside root and the server's own user.
  std::vector<std::string> users, groups;

  std::string webhooks_listen;  // listen_address.hpp; "": on the local socket alone
  std::uint32_t webhooks_most_body_bytes = 25u << 20;
  bool watch_files = true;  // notice pushes to local repositories by inotify

  std::string log_level = "info", log_format = "text", log_file;  // "" for standard error

  std::uint32_t most_hosts = 64;   // action processes at once
  std::uint32_t idle_hosts = 0;    // kept warm; 0: twice the number of cores
  std::int64_t drain_ms = 30'000;  // how long running actions may take after SIGTERM
  retention::Rules retention;

  bool operator==(const Configuration&) const = default;
};

struct ParsedConfiguration {
  std::optional<Configuration> configuration;       // none if any diagnostic is an error
  std::vector<definition::Diagnostic> diagnostics;  // by position
  std::string text;                                 // what was read, for excerpts
};

// Relative paths in it start at the file's folder. Any thread; never throws.
[[nodiscard]] ParsedConfiguration parse_configuration(std::string_view text,
                                                      const std::filesystem::path& file);
// A file that cannot be read is a diagnostic like any other.
[[nodiscard]] ParsedConfiguration load_configuration(const std::filesystem::path& file);

// "500MiB", "10GiB" in bytes; 0 if it is none. Units are KiB, MiB, GiB and TiB.
[[nodiscard]] std::uint64_t size_bytes(std::string_view text);

// Keys in which `after` differs and that a running server cannot change.
[[nodiscard]] std::vector<std::string> needs_restart(const Configuration& before,
                                                     const Configuration& after);

}  // namespace sluice::server
