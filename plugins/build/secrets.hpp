// Look-ups of parameter-store and secrets-manager variables, from JSON files on this machine
// (facts/build_deploy.md A3). Without such a file every look-up fails and says what to do.
#ifndef SLUICE_PLUGINS_BUILD_SECRETS_HPP
#define SLUICE_PLUGINS_BUILD_SECRETS_HPP

#include <string>

namespace sluice::build {

struct Lookup {
  std::string value;
  std::string error;  // not empty: there is no value
};

// file: {"/name/of/parameter": "value", ...}
Lookup look_up_parameter(const std::string& file, const std::string& name);

// reference: secret-id[:json-key[:version-stage[:version-id]]]; an ARN as secret-id keeps its own
// colons. file: {"secret-id": "text", "another": {"json-key": "value"}}. The file holds the current
// version of each secret and no other.
Lookup look_up_secret(const std::string& file, const std::string& reference);

}  // namespace sluice::build

#endif
