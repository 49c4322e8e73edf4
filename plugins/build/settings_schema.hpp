// JSON Schema of the configuration of build/buildspec and test/buildspec. In a header, since the
// constant entry of a plugin needs it at compile time.
#ifndef SLUICE_PLUGINS_BUILD_SETTINGS_SCHEMA_HPP
#define SLUICE_PLUGINS_BUILD_SETTINGS_SCHEMA_HPP

namespace sluice::build {

inline constexpr char kSettingsSchema[] = R"({
  "type": "object",
  "properties": {
    "buildspec": {"type": "string", "default": "buildspec.yml", "x-aliases": ["Buildspec", "BuildSpec"],
      "description": "Path of the buildspec in the primary input artifact, or the YAML itself if it has a line break"},
    "projectName": {"type": "string", "x-aliases": ["ProjectName"],
      "description": "Name for build ids, build numbers, report groups and the cache; default PIPELINE-ACTION"},
    "primarySource": {"type": "string", "x-aliases": ["PrimarySource"],
      "description": "Input artifact that is CODEBUILD_SRC_DIR; required with more than one input"},
    "environmentVariables": {"type": "string", "x-aliases": ["EnvironmentVariables"],
      "description": "JSON list of {\"name\", \"value\", \"type\"}; type is PLAINTEXT (default), PARAMETER_STORE or SECRETS_MANAGER"},
    "timeoutInMinutes": {"type": "string", "default": "60", "x-aliases": ["TimeoutInMinutes"],
      "description": "The build is TIMED_OUT after so many minutes, at most 2160"},
    "cache": {"type": "string", "enum": ["LOCAL", "NO_CACHE"], "default": "LOCAL", "x-aliases": ["Cache"],
      "description": "LOCAL keeps what the buildspec's cache section names on this machine"},
    "parameterStoreFile": {"type": "string",
      "description": "JSON file {\"name\": \"value\"} that answers parameter-store look-ups; default $SLUICE_PARAMETER_STORE"},
    "secretsManagerFile": {"type": "string",
      "description": "JSON file {\"secret-id\": \"text\" or {\"json-key\": \"value\"}} that answers secrets-manager look-ups; default $SLUICE_SECRETS_MANAGER"},
    "batchEnabled": {"type": "string", "enum": ["false"], "x-aliases": ["BatchEnabled"],
      "description": "Batch builds are not offered"},
    "combineArtifacts": {"type": "string", "enum": ["true", "false"], "x-aliases": ["CombineArtifacts"],
      "description": "Accepted for compatibility: it concerns batch builds alone"}
  },
  "additionalProperties": false
})";

}  // namespace sluice::build

#endif
