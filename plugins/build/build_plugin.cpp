// The plugin library of build/buildspec, and of the same as a stage rule.
#include <sluice/action.hpp>

#include "plugins/build/settings_schema.hpp"
#include "plugins/test/report_step.hpp"

SLUICE_PLUGIN(
    "buildspec", "0.1.0", "Builds that a buildspec.yml describes",
    SLUICE_ACTION(sluice::reports::run_build_action, .category = SLUICE_CATEGORY_BUILD,
                  .provider = "Buildspec", .version = "1", .uses = "build/buildspec",
                  .summary = "Runs the phases of a buildspec.yml on this machine",
                  .configuration_schema = sluice::build::kSettingsSchema, .min_inputs = 1,
                  .max_inputs = 5, .min_outputs = 0, .max_outputs = 5,
                  .default_timeout_ms = 36LL * 60 * 60 * 1000),
    SLUICE_ACTION(sluice::reports::run_build_action, .category = SLUICE_CATEGORY_RULE,
                  .provider = "CodeBuild", .version = "1", .uses = "rule/buildspec",
                  .summary = "Passes when a build that a buildspec.yml describes succeeds",
                  .configuration_schema = sluice::build::kSettingsSchema, .min_inputs = 1,
                  .max_inputs = 5, .min_outputs = 0, .max_outputs = 0,
                  .default_timeout_ms = 36LL * 60 * 60 * 1000))
