#include "plugins/source/directory_source.hpp"

namespace {

constexpr const char* kSchema = R"json({
  "type": "object",
  "properties": {
    "path": {
      "type": "string", "default": ".", "minLength": 1,
      "description": "The directory; a relative path starts at the workflow file's folder.",
      "x-aliases": ["Path", "directory", "Directory"]
    }
  },
  "additionalProperties": false
})json";

constexpr const char* kVariables[] = {"BranchName", "CommitId", "Dirty",
                                      "Path",       "Revision", nullptr};

}  // namespace

SLUICE_PLUGIN("source-directory", "1.0.0", "Takes a working tree as it is",
              SLUICE_ACTION(sluice::source::directory_source, .category = SLUICE_CATEGORY_SOURCE,
                            .provider = "Directory", .version = "1", .uses = "source/directory",
                            .summary = "A directory as it is, without what .gitignore names.",
                            .configuration_schema = kSchema, .min_inputs = 0, .max_inputs = 0,
                            .min_outputs = 1, .max_outputs = 1, .output_variables = kVariables,
                            .flags = SLUICE_ACTION_IDEMPOTENT))
