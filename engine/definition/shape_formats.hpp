// The forms that names and ARNs take (facts/codepipeline.md 1.1-1.4), shared by the shape tables.
#pragma once

#include "engine/definition/shapes.hpp"

namespace sluice::definition {

extern const Format kNameFormat, kVariableNameFormat, kWordFormat, kEnvironmentNameFormat,
    kBucketFormat, kRoleArnFormat;

}  // namespace sluice::definition
