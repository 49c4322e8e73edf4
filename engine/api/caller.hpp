// Who asks, named as history and events show it.
#pragma once

#include <cstdint>
#include <string>

namespace sluice::api {

// "arn:aws:iam::ACCOUNT:user/NAME"; the number of a user without a name.
[[nodiscard]] std::string caller_arn(std::uint32_t uid, const std::string& account);

}  // namespace sluice::api
