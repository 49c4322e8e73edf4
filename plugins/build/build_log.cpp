#include "plugins/build/build_log.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <ctime>
#include <string>

namespace sluice::build {

void log_line(std::string_view text) {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  tm utc{};
  gmtime_r(&now.tv_sec, &utc);
  char head[64];
  const int size = std::snprintf(
      head, sizeof head, "[Container] %04d/%02d/%02d %02d:%02d:%02d.%06ld ", utc.tm_year + 1900,
      utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, now.tv_nsec / 1000);
  std::string line(head, static_cast<std::size_t>(size));
  line.append(text).push_back('\n');
  for (std::size_t written = 0; written < line.size();) {
    const ssize_t n = write(STDOUT_FILENO, line.data() + written, line.size() - written);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;  // nobody reads the log any more; the build itself goes on
    written += static_cast<std::size_t>(n);
  }
}

}  // namespace sluice::build
