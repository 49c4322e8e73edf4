// Pipeline and stages: facts/codepipeline.md 1.1 and 1.2.
#include <array>

#include "engine/definition/shape_formats.hpp"

namespace sluice::definition {
namespace {

constexpr std::array<std::string_view, 3> kModes{"SUPERSEDED", "QUEUED", "PARALLEL"};
constexpr std::array<std::string_view, 2> kTypes{"V1", "V2"};
constexpr std::array<std::string_view, 4> kResults{"ROLLBACK", "FAIL", "RETRY", "SKIP"};
constexpr std::array<std::string_view, 2> kFailureResults{"ROLLBACK", "RETRY"};
constexpr std::array<std::string_view, 2> kRetryModes{"FAILED_ACTIONS", "ALL_ACTIONS"};
constexpr std::array<std::string_view, 1> kStoreTypes{"S3"};
constexpr std::array<std::string_view, 1> kKeyTypes{"KMS"};
constexpr std::array<std::string_view, 1> kBlockerTypes{"Schedule"};

using enum FieldType;

constexpr Field kEncryptionKeyFields[] = {
    {.key = "id", .required = true, .min = 1, .max = 400, .description = "Key id or ARN."},
    {.key = "type",
     .type = kChoice,
     .required = true,
     .choices = kKeyTypes,
     .description = "Always KMS."},
};
constexpr Shape kEncryptionKey{"encryptionKey", kEncryptionKeyFields};

constexpr Field kArtifactStoreFields[] = {
    {.key = "type",
     .type = kChoice,
     .required = true,
     .choices = kStoreTypes,
     .description = "Always S3."},
    {.key = "location",
     .required = true,
     .min = 3,
     .max = 63,
     .format = &kBucketFormat,
     .description = "Bucket name."},
    {.key = "encryptionKey",
     .type = kObject,
     .shape = &kEncryptionKey,
     .description = "Key of the store."},
};
constexpr Shape kArtifactStoreShape{"artifactStore", kArtifactStoreFields};

constexpr Field kVariableFields[] = {
    {.key = "name",
     .required = true,
     .min = 1,
     .max = 128,
     .format = &kVariableNameFormat,
     .description = "Used as #{variables.NAME}."},
    {.key = "defaultValue",
     .min = 1,
     .max = 1000,
     .description = "Value of a run that gives none; without it every start must give one."},
    {.key = "description", .max = 200, .description = "What the variable is for."},
};
constexpr Shape kVariableShape{"variable", kVariableFields};

constexpr Field kConditionFields[] = {
    {.key = "result",
     .type = kChoice,
     .choices = kResults,
     .description = "What happens when the condition engages."},
    {.key = "rules",
     .type = kObjectList,
     .min = 1,
     .max = 5,
     .shape = &kRuleShape,
     .description = "1 to 5 rules."},
};
constexpr Shape kConditionShape{"condition", kConditionFields};

constexpr Field kConditionsFields[] = {
    {.key = "conditions",
     .type = kObjectList,
     .required = true,
     .min = 1,
     .max = 1,
     .shape = &kConditionShape,
     .description = "Exactly one condition."},
};
constexpr Shape kConditionsShape{"conditions", kConditionsFields};

constexpr Field kRetryFields[] = {
    {.key = "retryMode",
     .type = kChoice,
     .choices = kRetryModes,
     .description = "FAILED_ACTIONS (default) or ALL_ACTIONS."},
    {.key = "maxRetries",
     .type = kInteger,
     .min = 1,
     .max = 10,
     .description = "How often; 1 unless said otherwise, as in the cloud service."},
};
constexpr Shape kRetryShape{"retryConfiguration", kRetryFields};

constexpr Field kFailureFields[] = {
    {.key = "result",
     .type = kChoice,
     .choices = kFailureResults,
     .description = "ROLLBACK or RETRY."},
    {.key = "retryConfiguration",
     .type = kObject,
     .shape = &kRetryShape,
     .description = "How to retry."},
    {.key = "conditions",
     .type = kObjectList,
     .min = 1,
     .max = 1,
     .shape = &kConditionShape,
     .description = "Exactly one condition."},
};
constexpr Shape kFailureShape{"onFailure", kFailureFields};

constexpr Field kBlockerFields[] = {
    {.key = "name", .required = true, .min = 1, .max = 100, .description = "Reserved."},
    {.key = "type",
     .type = kChoice,
     .required = true,
     .choices = kBlockerTypes,
     .description = "Reserved."},
};
constexpr Shape kBlockerShape{"blocker", kBlockerFields};

constexpr Field kStageFields[] = {
    {.key = "name",
     .required = true,
     .min = 1,
     .max = 100,
     .format = &kNameFormat,
     .description = "Stage name, unique in the pipeline."},
    {.key = "actions",
     .type = kObjectList,
     .required = true,
     .shape = &kActionShape,
     .description = "What the stage does."},
    {.key = "blockers",
     .type = kObjectList,
     .shape = &kBlockerShape,
     .description = "Reserved by the cloud service; accepted."},
    {.key = "beforeEntry",
     .type = kObject,
     .shape = &kConditionsShape,
     .description = "Condition checked before the stage starts."},
    {.key = "onSuccess",
     .type = kObject,
     .shape = &kConditionsShape,
     .description = "Condition checked after its actions succeeded."},
    {.key = "onFailure",
     .type = kObject,
     .shape = &kFailureShape,
     .description = "What to do when the stage failed."},
};

constexpr Field kPipelineFields[] = {
    {.key = "$schema", .type = kIgnored, .description = "Where an editor finds this schema."},
    {.key = "name",
     .required = true,
     .min = 1,
     .max = 100,
     .format = &kNameFormat,
     .description = "Pipeline name."},
    {.key = "roleArn", .max = 1024, .format = &kRoleArnFormat, .description = "Accepted and kept."},
    {.key = "artifactStore",
     .type = kObject,
     .shape = &kArtifactStoreShape,
     .description = "Accepted; artifacts are kept by the engine."},
    {.key = "artifactStores",
     .type = kObjectMap,
     .min = 1,
     .shape = &kArtifactStoreShape,
     .description = "Accepted; one store a region."},
    {.key = "stages",
     .type = kObjectList,
     .required = true,
     .shape = &kStageShape,
     .description = "2 to 50 stages, in order."},
    {.key = "version",
     .type = kInteger,
     .min = 1,
     .max = 2147483647,
     .description = "Given by the engine; what stands here is not trusted."},
    {.key = "executionMode",
     .type = kChoice,
     .choices = kModes,
     .description = "What happens when runs overlap. Default SUPERSEDED: the newest waiting run "
                    "replaces older ones."},
    {.key = "pipelineType",
     .type = kChoice,
     .choices = kTypes,
     .description = "Default V2 if the file uses anything that V1 has not, else V1."},
    {.key = "variables",
     .type = kObjectListOrMap,
     .min = 1,
     .max = 50,
     .shape = &kVariableShape,
     .main_key = "defaultValue",
     .description = "Pipeline variables: a list, or a map from name to default."},
    {.key = "triggers",
     .type = kObjectList,
     .min = 1,
     .max = 50,
     .shape = &kTriggerShape,
     .description = "What starts the pipeline."},
    {.key = "finishOnOwnVersion",
     .type = kBoolean,
     .description = "An update lets running executions finish on the version they started with. "
                    "Default false."},
    {.key = "supersedeWaitingApproval",
     .type = kBoolean,
     .description = "A newer execution replaces one that waits at an approval. Default false."},
    {.key = "maxExecutions",
     .type = kInteger,
     .min = 1,
     .max = 1000000,
     .description = "Executions at a time in QUEUED and PARALLEL mode. Default 50."},
    {.key = "maxParallelActions",
     .type = kInteger,
     .min = 1,
     .max = 1000000,
     .description = "Actions at a time of one execution in PARALLEL mode. Default 5."},
    {.key = "baseDirectory",
     .min = 1,
     .max = 4096,
     .description = "Where relative paths of actions start. Default: the directory of the file, or "
                    "the server's."},
};

}  // namespace

constinit const Shape kStageShape{"stage", kStageFields};
constinit const Shape kPipelineShape{"pipeline", kPipelineFields};
}  // namespace sluice::definition
