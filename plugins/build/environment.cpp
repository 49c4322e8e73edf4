#include "plugins/build/environment.hpp"

#include <unistd.h>

namespace sluice::build {

Environment::Environment() {
  for (char** at = environ; at && *at; ++at) list_.emplace_back(*at);
}

void Environment::set(const std::string& name, const std::string& value) {
  const std::string head = name + '=';
  for (auto& entry : list_) {
    if (!entry.starts_with(head)) continue;
    entry = head + value;
    return;
  }
  list_.push_back(head + value);
}

}  // namespace sluice::build
