// What asks a pipeline to change, and may be refused: a caller, a worker's report, a deadline. Ids
// come in with it.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "engine/core/fact.hpp"

namespace sluice {

// clang-format off
// Adopts a declaration as the next version; the number is the core's to give (facts 1.1 version).
struct AdoptDefinition   { PipelineDeclaration declaration; };
struct StartExecution    { Uuid id; Texts variables; Trigger trigger; std::vector<SourceRevision> source_revisions; std::string client_token; };
struct StopExecution     { Uuid execution; bool abandon{}; std::string reason, by; };
struct AnswerApproval    { std::string stage, action; Uuid token; bool approved{}; std::string summary, by; };

// A worker's words on one call of one attempt. Stale ones are refused and harmless.
struct ReportProgress    { ActionKey key; std::int32_t percent = -1; Account account; };
struct ReportSuccess     { ActionKey key; Account account; Texts variables; std::vector<ArtifactRef> outputs; };
struct ReportContinue    { ActionKey key; std::string token; std::int64_t delay_ms = -1; Account account; };
struct ReportFailure     { ActionKey key; Account account; Failure failure; };

// A callback for an action that waits after CONTINUE; payload is JSON.
struct SignalAction      { ActionKey key; std::string payload; };
// The time of a Want of kind kDeadline has come.
struct DeadlinePassed    { ActionKey key; };

struct RetryStage        { Uuid execution; std::string stage; RetryMode mode{}; std::string by; };
// id is the new execution's. record: the target as history tells it, for targets that the live state no longer keeps
// (Pipeline::finished); number 0 if it is not given.
struct RollbackRecord    { ExecutionNumber number{}; Uuid id; std::uint32_t version{}; ExecutionType type{}; bool succeeded_in_stage{};
                           Texts variables; std::vector<SourceRevision> source_revisions; std::vector<ActionOutput> outputs; };
struct RollbackStage     { Uuid id; std::string stage; Uuid target; std::string by; RollbackRecord record; };
struct ChangeTransition  { std::string stage; bool inbound = true, enable = true; std::string reason, by; };
struct OverrideCondition { Uuid execution; std::string stage; Hook hook{}; std::string by; };
struct RemovePipeline    { std::string by; };
// clang-format on

using Input =
    std::variant<AdoptDefinition, StartExecution, StopExecution, AnswerApproval, ReportProgress,
                 ReportSuccess, ReportContinue, ReportFailure, SignalAction, DeadlinePassed,
                 RetryStage, RollbackStage, ChangeTransition, OverrideCondition, RemovePipeline>;

// Why an input was refused. code is the API's error name where it has one (facts/codepipeline.md
// 7), such as "InvalidApprovalTokenException", else a name of ours such as "StaleReport".
struct Rejected {
  std::string code, why;
};

}  // namespace sluice
