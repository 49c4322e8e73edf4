/* A plugin in plain C: one action that greets. */
#include <sluice/plugin.h>
#include <stdio.h>

static sluice_outcome greet(const sluice_host* host, sluice_run* run) {
  char greeting[200];
  const char* name = host->configuration(run, "name");
  if (!name) {
    host->fail(run, SLUICE_FAILURE_CONFIGURATION, "ConfigurationError", "name is missing");
    return SLUICE_FAILED;
  }
  snprintf(greeting, sizeof greeting, "hello %s", name);
  host->log(run, SLUICE_LOG_INFO, greeting);
  return host->set_output(run, "greeting", greeting) == 0 ? SLUICE_SUCCEEDED : SLUICE_FAILED;
}

static const char* const variables[] = {"greeting", 0};

static const sluice_action_type greet_type = {
    .struct_size = sizeof(sluice_action_type),
    .category = SLUICE_CATEGORY_INVOKE,
    .provider = "HelloC",
    .version = "1",
    .uses = "invoke/hello-c",
    .summary = "Greets somebody",
    .configuration_schema =
        "{\"type\": \"object\", \"required\": [\"name\"], \"properties\": {"
        "\"name\": {\"type\": \"string\", \"description\": \"whom to greet\"}}}",
    .output_variables = variables,
    .flags = SLUICE_ACTION_IDEMPOTENT,
    .run = greet,
};
static const sluice_action_type* const types[] = {&greet_type, 0};

const sluice_plugin_entry sluice_plugin_entry_v1 = {
    .struct_size = sizeof(sluice_plugin_entry),
    .abi_minor_needed = SLUICE_ABI_MINOR,
    .name = "hello-c",
    .version = "1.0.0",
    .description = "A plugin in plain C",
    .actions = types,
};
