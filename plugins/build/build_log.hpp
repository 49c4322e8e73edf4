// Log lines of a build in the cloud's form: "[Container] <date> Running command make"
// (facts/build_deploy.md A4.3). They are written to stdout, not through the host's log(), so that
// they stand in one order with what the commands print.
#ifndef SLUICE_PLUGINS_BUILD_BUILD_LOG_HPP
#define SLUICE_PLUGINS_BUILD_BUILD_LOG_HPP

#include <string_view>

namespace sluice::build {

// One line, written with one system call. A line break within text stays.
void log_line(std::string_view text);

}  // namespace sluice::build

#endif
