// Facts as events: EventBridge's envelope and CodePipeline's detail, field by field
// (facts/codepipeline.md 6.1).
#pragma once

#include <optional>

#include "engine/store/store.hpp"
#include "events/event/event.hpp"

namespace sluice {

// The event that tells of a fact, or nothing for a fact that is told to nobody. `execution` is the
// read model of the fact's execution, `declaration` the version it runs on; attempt is
// pipeline-execution-attempt, 1 for the first run; stage_retried is when the fact's stage was
// last retried before it, none if it never was. Facts that the cloud service has no event for go
// out under source "sluice" (docs/events.md). Pure.
[[nodiscard]] std::optional<Event> event_of(const StoredFact& stored, const ExecutionRow& execution,
                                            const PipelineDeclaration& declaration,
                                            std::uint16_t attempt, Instant stage_retried,
                                            const Realm& realm);

// The same for facts about the pipeline itself, of no execution: transitions, definitions. Pure.
[[nodiscard]] std::optional<Event> event_of_pipeline(const StoredFact& stored, const Realm& realm);

}  // namespace sluice
