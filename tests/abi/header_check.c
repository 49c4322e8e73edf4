/* The plugin interface, measured. What stands here is promised within major version 1: a member may
 * be appended, none may move. Compiled as C and as C++, by every compiler at hand. */
#include <sluice/plugin.h>
#include <stddef.h>

#ifdef __cplusplus
#define CHECK(condition) static_assert(condition, #condition)
#else
#define CHECK(condition) _Static_assert(condition, #condition)
#endif
#define AT(type, member, offset) CHECK(offsetof(type, member) == (offset))

CHECK(SLUICE_ABI_MINOR == 0);
CHECK(sizeof(void*) == 8);

CHECK(sizeof(sluice_plugin_entry) == 40);
AT(sluice_plugin_entry, struct_size, 0);
AT(sluice_plugin_entry, abi_minor_needed, 4);
AT(sluice_plugin_entry, name, 8);
AT(sluice_plugin_entry, version, 16);
AT(sluice_plugin_entry, description, 24);
AT(sluice_plugin_entry, actions, 32);

CHECK(sizeof(sluice_action_type) == 96);
AT(sluice_action_type, struct_size, 0);
AT(sluice_action_type, category, 4);
AT(sluice_action_type, provider, 8);
AT(sluice_action_type, version, 16);
AT(sluice_action_type, uses, 24);
AT(sluice_action_type, summary, 32);
AT(sluice_action_type, configuration_schema, 40);
AT(sluice_action_type, min_inputs, 48);
AT(sluice_action_type, max_inputs, 52);
AT(sluice_action_type, min_outputs, 56);
AT(sluice_action_type, max_outputs, 60);
AT(sluice_action_type, output_variables, 64);
AT(sluice_action_type, flags, 72);
AT(sluice_action_type, default_timeout_ms, 80);
AT(sluice_action_type, run, 88);

CHECK(sizeof(sluice_host) == 112);
AT(sluice_host, struct_size, 0);
AT(sluice_host, abi_minor, 4);
AT(sluice_host, text, 8);
AT(sluice_host, list, 16);
AT(sluice_host, configuration, 24);
AT(sluice_host, set_output, 32);
AT(sluice_host, set_revision, 40);
AT(sluice_host, set_detail, 48);
AT(sluice_host, set_external, 56);
AT(sluice_host, fail, 64);
AT(sluice_host, continue_later, 72);
AT(sluice_host, log, 80);
AT(sluice_host, progress, 88);
AT(sluice_host, cancelled, 96);
AT(sluice_host, extension, 104);

CHECK(sizeof(sluice_secrets) == 16);
AT(sluice_secrets, struct_size, 0);
AT(sluice_secrets, mask, 8);
CHECK(sizeof(SLUICE_SECRETS_ID) == sizeof("sluice.secrets/1"));

CHECK(SLUICE_SUCCEEDED == 0 && SLUICE_FAILED == 1 && SLUICE_CONTINUE == 2);
CHECK(SLUICE_FAILURE_CONFIGURATION == 1 && SLUICE_FAILURE_PERMANENT == 2);
CHECK(SLUICE_FAILURE_TRANSIENT == 3 && SLUICE_FAILURE_CANCELLED == 4);
CHECK(SLUICE_LOG_DEBUG == 0 && SLUICE_LOG_ERROR == 3);
CHECK(SLUICE_TEXT_PIPELINE == 1 && SLUICE_TEXT_JOB == 14);
CHECK(SLUICE_LIST_CONFIGURATION == 1 && SLUICE_LIST_OUTPUT_FILES == 7);
CHECK(SLUICE_CATEGORY_SOURCE == 1 && SLUICE_CATEGORY_RULE == 8);
CHECK(SLUICE_ACTION_IDEMPOTENT == 1u && SLUICE_ACTION_LEAVES_PROCESSES == 2u);
