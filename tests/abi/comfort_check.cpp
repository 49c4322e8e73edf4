// The C++ comfort compiles by itself and twice in one unit, with every member an author may name.
#include <sluice/action.hpp>

static sluice::Outcome first(sluice::Run& run) {
  run.progress(1);
  if (!run.mask("secret")) return sluice::misconfigured("this host hides nothing");
  return run.cancelled() ? sluice::misconfigured("no") : sluice::continue_later("t", -1);
}
static sluice::Outcome second(sluice::Run&) {
  return sluice::failed("f", SLUICE_FAILURE_TRANSIENT, "Code");
}
static constexpr const char* kVariables[] = {"A", nullptr};

SLUICE_PLUGIN("check", "1", nullptr,
              SLUICE_ACTION(first, .category = SLUICE_CATEGORY_BUILD, .provider = "First",
                            .version = "2", .uses = "build/first", .summary = "s",
                            .configuration_schema = "{}", .min_inputs = 1, .max_inputs = 2,
                            .min_outputs = 1, .max_outputs = 2, .output_variables = kVariables,
                            .flags = SLUICE_ACTION_IDEMPOTENT, .default_timeout_ms = 1000),
              SLUICE_ACTION(second, .provider = "Second"))
