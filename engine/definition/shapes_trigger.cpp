// Triggers: facts/codepipeline.md 1.4.
#include <array>

#include "engine/definition/shape_formats.hpp"

namespace sluice::definition {
namespace {

constexpr std::array<std::string_view, 1> kProviders{"CodeStarSourceConnection"};
constexpr std::array<std::string_view, 3> kPullRequestEvents{"OPEN", "UPDATED", "CLOSED"};
constexpr std::array<std::string_view, 3> kWebhookForms{"GITHUB", "GITEA", "HMAC"};
constexpr std::array<std::string_view, 8> kExecutionStates{
    "STARTED", "SUCCEEDED", "RESUMED", "FAILED", "CANCELED", "SUPERSEDED", "STOPPING", "STOPPED"};

using enum FieldType;

constexpr Field kPatternsFields[] = {
    {.key = "includes",
     .type = kTextList,
     .min = 1,
     .max = 8,
     .item_min = 1,
     .item_max = 255,
     .description = "Patterns that match."},
    {.key = "excludes",
     .type = kTextList,
     .min = 1,
     .max = 8,
     .item_min = 1,
     .item_max = 255,
     .description = "Patterns that do not; they win."},
};
constexpr Shape kPatternsShape{"patterns", kPatternsFields};

constexpr Field kPushFields[] = {
    {.key = "tags",
     .type = kObject,
     .shape = &kPatternsShape,
     .description = "Tags; not together with branches or files."},
    {.key = "branches", .type = kObject, .shape = &kPatternsShape, .description = "Branches."},
    {.key = "filePaths",
     .type = kObject,
     .shape = &kPatternsShape,
     .description = "Changed files; together with branches."},
};
constexpr Shape kPushShape{"push", kPushFields};

constexpr Field kPullRequestFields[] = {
    {.key = "events",
     .type = kTextList,
     .min = 1,
     .max = 3,
     .choices = kPullRequestEvents,
     .description = "Which events."},
    {.key = "branches",
     .type = kObject,
     .shape = &kPatternsShape,
     .description = "Destination branches."},
    {.key = "filePaths",
     .type = kObject,
     .shape = &kPatternsShape,
     .description = "Changed files; together with branches."},
};
constexpr Shape kPullRequestShape{"pullRequest", kPullRequestFields};

constexpr Field kGitFields[] = {
    {.key = "sourceActionName",
     .required = true,
     .min = 1,
     .max = 100,
     .format = &kNameFormat,
     .description = "A source action of the first stage."},
    {.key = "push",
     .type = kObjectList,
     .min = 1,
     .max = 3,
     .shape = &kPushShape,
     .description = "Pushes that start the pipeline."},
    {.key = "pullRequest",
     .type = kObjectList,
     .min = 1,
     .max = 3,
     .shape = &kPullRequestShape,
     .description = "Pull requests that start the pipeline."},
};
constexpr Shape kGitShape{"gitConfiguration", kGitFields};

constexpr Field kWebhookFields[] = {
    {.key = "name",
     .required = true,
     .min = 1,
     .max = 100,
     .format = &kNameFormat,
     .description = "Name of the webhook, unique in the pipeline: the last part of its address."},
    {.key = "form",
     .type = kChoice,
     .choices = kWebhookForms,
     .description = "How it is signed and what it says: GITHUB (default), GITEA, or HMAC."},
    {.key = "secretVariable",
     .min = 1,
     .max = 128,
     .format = &kEnvironmentNameFormat,
     .description = "Environment variable of the server that holds the secret."},
    {.key = "secretFile", .min = 1, .max = 4096, .description = "File that holds the secret."},
};
constexpr Shape kWebhookShape{"webhook", kWebhookFields};

constexpr Field kPipelineTriggerFields[] = {
    {.key = "name",
     .required = true,
     .min = 1,
     .max = 100,
     .format = &kNameFormat,
     .description = "The other pipeline."},
    {.key = "states",
     .type = kTextList,
     .min = 1,
     .max = 8,
     .choices = kExecutionStates,
     .description = "States of its executions that start this one. Default SUCCEEDED."},
};
constexpr Shape kPipelineTriggerShape{"pipelineTrigger", kPipelineTriggerFields};

constexpr Field kTriggerFields[] = {
    {.key = "providerType",
     .type = kChoice,
     .choices = kProviders,
     .description = "Default CodeStarSourceConnection."},
    {.key = "gitConfiguration",
     .type = kObject,
     .shape = &kGitShape,
     .description = "Pushes and pull requests of a git source action."},
    {.key = "pollInterval",
     .type = kDuration,
     .description = "How often a git repository elsewhere is asked for news. Default 1m."},
    {.key = "schedule",
     .min = 1,
     .max = 256,
     .description = "When to start: rate(5 minutes) or cron(0 2 * * ? *)."},
    {.key = "timeZone",
     .min = 1,
     .max = 64,
     .description = "Time zone of a cron schedule. Default UTC."},
    {.key = "pipeline",
     .type = kObject,
     .shape = &kPipelineTriggerShape,
     .description = "Another pipeline whose executions start this one."},
    {.key = "eventPattern",
     .type = kIgnored,
     .description = "Events that start the pipeline: an event pattern, as an object or as JSON."},
    {.key = "webhook",
     .type = kObject,
     .shape = &kWebhookShape,
     .description = "Signed calls from outside: news for a git trigger, or a trigger of its own."},
};

}  // namespace

constinit const Shape kTriggerShape{"trigger", kTriggerFields};
}  // namespace sluice::definition
