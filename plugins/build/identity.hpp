// What a build is called, and the variables that tell its commands (facts/build_deploy.md A6).
#ifndef SLUICE_PLUGINS_BUILD_IDENTITY_HPP
#define SLUICE_PLUGINS_BUILD_IDENTITY_HPP

#include <cstdint>
#include <sluice/action.hpp>
#include <string>

#include "plugins/build/environment.hpp"
#include "plugins/build/settings.hpp"

namespace sluice::build {

struct Identity {
  std::string id;   // project:uuid
  std::string arn;  // arn:aws:codebuild:REGION:ACCOUNT:build/project:uuid
  std::string uuid;
  std::int64_t number = 0;  // rising, per project on this machine
  std::int64_t start_ms = 0;
};

// Counts the build in the state directory.
Identity identify(const Run& run, const Settings& settings);

// AWS_* and CODEBUILD_*.
void set_service_variables(const Run& run, const Settings& settings, const Identity& identity,
                           Environment& environment);

}  // namespace sluice::build

#endif
