#include "engine/core/timeout.hpp"

#include <array>
#include <string_view>

namespace sluice {
namespace {

constexpr std::int64_t kMinute = 60'000, kHour = 60 * kMinute, kDay = 24 * kHour;

struct DefaultTimeout {
  Category category;
  std::string_view owner, provider;  // "": any
  std::int64_t ms;
};

// The first row that fits. Providers of ours stand beside the cloud's that do the same work.
constexpr std::array kDefaults = {
    DefaultTimeout{Category::kApproval, "", "", 7 * kDay},
    DefaultTimeout{Category::kDeploy, "", "CloudFormation", 3 * kDay},
    DefaultTimeout{Category::kDeploy, "", "CodeDeploy", 5 * kDay},
    DefaultTimeout{Category::kDeploy, "", "CodeDeployToECS", 5 * kDay},
    DefaultTimeout{Category::kDeploy, "", "AppSpec", 5 * kDay},
    DefaultTimeout{Category::kDeploy, "", "Appspec", 5 * kDay},
    DefaultTimeout{Category::kDeploy, "", "S3", 90 * kMinute},
    DefaultTimeout{Category::kInvoke, "", "Lambda", kDay},
    DefaultTimeout{Category::kInvoke, "", "StepFunctions", 7 * kDay},
    DefaultTimeout{Category::kBuild, "", "CodeBuild", 36 * kHour},
    DefaultTimeout{Category::kTest, "", "", 8 * kHour},
    DefaultTimeout{Category::kBuild, "", "Buildspec", 36 * kHour},
    DefaultTimeout{Category::kCompute, "", "", 55 * kMinute},
    DefaultTimeout{Category::kRule, "", "Commands", 55 * kMinute},
};

std::int64_t default_ms(const ActionTypeId& type) {
  for (const DefaultTimeout& row : kDefaults) {
    if (row.category == type.category && (row.owner.empty() || row.owner == type.owner) &&
        (row.provider.empty() || row.provider == type.provider)) {
      return row.ms;
    }
  }
  return type.owner == "Custom" ? kDay : kHour;
}

}  // namespace

std::int64_t timeout_ms(const ActionDeclaration& action) {
  return action.timeout_ms > 0 ? action.timeout_ms : default_ms(action.type);
}

std::int64_t timeout_ms(const RuleDeclaration& rule) {
  return rule.timeout_ms > 0 ? rule.timeout_ms : default_ms(rule.type);
}

}  // namespace sluice
