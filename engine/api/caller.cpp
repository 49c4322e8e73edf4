#include "engine/api/caller.hpp"

#include <pwd.h>

#include <array>

namespace sluice::api {

std::string caller_arn(std::uint32_t uid, const std::string& account) {
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> text{};
  const bool known = getpwuid_r(uid, &entry, text.data(), text.size(), &found) == 0 && found;
  return "arn:aws:iam::" + account + ":user/" +
         (known ? std::string(entry.pw_name) : std::to_string(uid));
}

}  // namespace sluice::api
