// The server's own log: lines of text or of JSON, to standard error or to a file that may be
// rotated away. Any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/server/configuration.hpp"

namespace sluice::server {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

class ServerLog {
 public:
  // kUnavailable: the file cannot be opened.
  static Result<std::unique_ptr<ServerLog>> open(const Configuration& configuration);
  ~ServerLog();
  ServerLog(const ServerLog&) = delete;
  ServerLog& operator=(const ServerLog&) = delete;

  using Fields = std::vector<std::pair<std::string_view, std::string>>;
  // One line: what happened, and what it was about. Never give it a secret.
  void write(LogLevel level, std::string_view what, const Fields& fields = {});
  // The same file name again, with the level and format of a configuration: after a rotation, or
  // SIGHUP.
  Result<void> reopen(const Configuration& configuration);

 private:
  struct Sink;
  explicit ServerLog(std::unique_ptr<Sink> sink);
  std::unique_ptr<Sink> sink_;
};

}  // namespace sluice::server
