#include "plugins/source/git_source.hpp"

namespace {

constexpr const char* kSchema = R"json({
  "type": "object",
  "required": ["repository"],
  "properties": {
    "repository": {
      "type": "string", "minLength": 1,
      "description": "A path (relative ones start at the workflow file's folder) or a URL that git can fetch.",
      "x-aliases": ["Repository", "RepositoryName", "FullRepositoryId"]
    },
    "branch": {
      "type": "string",
      "description": "The branch whose newest commit is taken. Default: the branch that the repository's HEAD names.",
      "x-aliases": ["BranchName", "Branch"]
    },
    "tag": {
      "type": "string",
      "description": "A tag, instead of a branch.",
      "x-aliases": ["TagName"]
    },
    "commit": {
      "type": "string",
      "description": "A commit id, whole or its first digits; it may lie on any branch.",
      "x-aliases": ["CommitId"]
    },
    "outputArtifactFormat": {
      "type": "string", "enum": ["CODE_ZIP", "CODEBUILD_CLONE_REF", "fullClone"], "default": "CODE_ZIP",
      "description": "CODE_ZIP: the files alone. CODEBUILD_CLONE_REF or fullClone: with .git and the whole history.",
      "x-aliases": ["OutputArtifactFormat"]
    },
    "submodules": {
      "type": "boolean", "default": "false",
      "description": "Whether submodules are fetched too, at every depth.",
      "x-aliases": ["Submodules", "FetchSubmodules"]
    }
  },
  "additionalProperties": false
})json";

constexpr const char* kVariables[] = {"AuthorDate",    "BranchName",    "CommitId",
                                      "CommitMessage", "CommitterDate", "RepositoryName",
                                      "TagName",       nullptr};

}  // namespace

SLUICE_PLUGIN("source-git", "1.0.0", "Takes a commit of a git repository",
              SLUICE_ACTION(sluice::source::git_source, .category = SLUICE_CATEGORY_SOURCE,
                            .provider = "Git", .version = "1", .uses = "source/git",
                            .summary = "A commit of a git repository, as files or as a clone.",
                            .configuration_schema = kSchema, .min_inputs = 0, .max_inputs = 0,
                            .min_outputs = 1, .max_outputs = 1, .output_variables = kVariables,
                            .flags = SLUICE_ACTION_IDEMPOTENT))
