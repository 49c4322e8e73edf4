// The environment of a build's shell, as a list of NAME=value.
#ifndef SLUICE_PLUGINS_BUILD_ENVIRONMENT_HPP
#define SLUICE_PLUGINS_BUILD_ENVIRONMENT_HPP

#include <string>
#include <utility>
#include <vector>

namespace sluice::build {

class Environment {
 public:
  // Starts from the environment of this process.
  Environment();
  // Later settings replace earlier ones of the same name.
  void set(const std::string& name, const std::string& value);
  void set(const std::vector<std::pair<std::string, std::string>>& pairs) {
    for (const auto& [name, value] : pairs) set(name, value);
  }
  const std::vector<std::string>& list() const { return list_; }

 private:
  std::vector<std::string> list_;
};

}  // namespace sluice::build

#endif
