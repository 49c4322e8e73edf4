// Triggers: facts/codepipeline.md 1.4.
#include <array>

#include "engine/definition/shape_formats.hpp"

namespace sluice::definition {
namespace {

constexpr std::array<std::string_view, 1> kProviders{"CodeStarSourceConnection"};
constexpr std::array<std::string_view, 3> kPullRequestEvents{"OPEN", "UPDATED", "CLOSED"};

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

constexpr Field kTriggerFields[] = {
    {.key = "providerType",
     .type = kChoice,
     .choices = kProviders,
     .description = "Default CodeStarSourceConnection."},
    {.key = "gitConfiguration",
     .type = kObject,
     .required = true,
     .shape = &kGitShape,
     .description = "What to watch."},
};

}  // namespace

constinit const Shape kTriggerShape{"trigger", kTriggerFields};
}  // namespace sluice::definition
