// The plugin library of test/buildspec.
#include <sluice/action.hpp>

#include "plugins/build/settings_schema.hpp"
#include "plugins/test/report_step.hpp"

SLUICE_PLUGIN("test-buildspec", "0.1.0", "Tests that a buildspec.yml describes, with their reports",
              SLUICE_ACTION(sluice::reports::run_test_action, .category = SLUICE_CATEGORY_TEST,
                            .provider = "Buildspec", .version = "1", .uses = "test/buildspec",
                            .summary = "Runs a buildspec.yml and fails if its test reports do",
                            .configuration_schema = sluice::build::kSettingsSchema, .min_inputs = 1,
                            .max_inputs = 5, .min_outputs = 0, .max_outputs = 5,
                            .default_timeout_ms = 8LL * 60 * 60 * 1000))
