// Explain: the engine says how things stand, history says what the state does not remember.
#include <memory>
#include <nlohmann/json.hpp>

#include "engine/api/desk.hpp"
#include "engine/api/explained.hpp"
#include "engine/api/room.hpp"

namespace sluice::api {
namespace {

constexpr int kMostLooks = 3;  // at an execution that moves while it is looked at

struct Asked {
  const Ground& ground;
  std::string pipeline;
  Focus focus;
  Answer answer;
};
using AskedPtr = std::shared_ptr<const Asked>;

void look(const AskedPtr& asked, ExecutionNumber number, int looks);

// On the desk, so that the engine's thread reads no history.
void later(const AskedPtr& asked, std::function<void()> work) {
  if (!asked->ground.desk.post(std::move(work))) asked->answer.refuse_load();
}

// On the engine's thread.
void answer_from(const AskedPtr& asked, ExecutionNumber number, const Recollection& history,
                 const Pipeline& state, int looks) {
  auto explanation = std::make_shared<Explanation>();
  if (explain(state, number, &history, asked->focus, *explanation)) {
    return later(asked, [asked, explanation] {
      const Parts& parts = asked->ground.parts;
      asked->answer.send(
          explanation_json(parts.store, asked->pipeline, *explanation, parts.clock.now()));
    });
  }
  // It ended between the look at history and this one.
  if (looks >= kMostLooks) return asked->answer.refuse_load();
  later(asked, [asked, number, looks] { look(asked, number, looks + 1); });
}

void refuse_missing(const AskedPtr& asked, const std::string& missing) {
  const bool stage = missing.starts_with("stage");
  asked->answer.refuse(
      stage ? "StageNotFoundException" : "ActionNotFoundException",
      "The pipeline " + asked->pipeline + ", as this execution runs it, has no " + missing + ".");
}

// History first, on the caller's thread or the desk's, then the state.
void look(const AskedPtr& asked, ExecutionNumber number, int looks) {
  const Parts& parts = asked->ground.parts;
  const auto row = parts.store.execution(asked->pipeline, number);
  if (!row) return asked->answer.fault(row.error());
  auto recalled = recall_execution(parts.store, *row);
  if (!recalled) return asked->answer.fault(recalled.error());
  const auto history = std::make_shared<const Recollection>(std::move(*recalled));
  const std::string missing = missing_part(*history->declaration, asked->focus);
  if (!missing.empty()) return refuse_missing(asked, missing);
  const bool taken =
      parts.engine.ask(asked->pipeline, [asked, number, history, looks](const Pipeline* state) {
        if (state == nullptr)
          return asked->answer.refuse("PipelineNotFoundException",
                                      "The pipeline " + asked->pipeline + " is gone.");
        answer_from(asked, number, *history, *state, looks);
      });
  if (!taken) asked->answer.refuse_load();
}

// The execution is not named: the state says which one is meant.
void choose(const AskedPtr& asked) {
  const bool taken =
      asked->ground.parts.engine.ask(asked->pipeline, [asked](const Pipeline* state) {
        const ExecutionNumber number = state == nullptr ? 0 : meant(*state, asked->focus.stage);
        if (number == 0)
          return asked->answer.refuse("PipelineExecutionNotFoundException",
                                      "The pipeline " + asked->pipeline + " has not run yet.");
        later(asked, [asked, number] { look(asked, number, 1); });
      });
  if (!taken) asked->answer.refuse_load();
}

}  // namespace

void explain_execution(const Ground& ground, const Json& in, const Caller&, Answer answer) {
  const std::string pipeline = text_of(in, "pipelineName");
  if (!find_pipeline(ground, pipeline, answer)) return;
  const Focus focus{text_of(in, "stageName"), text_of(in, "actionName")};
  if (focus.stage.empty() && !focus.action.empty())
    return answer.refuse("ValidationException", "An actionName needs its stageName.");
  const auto asked = std::make_shared<const Asked>(Asked{ground, pipeline, focus, answer});
  if (!in.contains("pipelineExecutionId")) return choose(asked);
  const auto row = find_run(ground, pipeline, in, answer);
  if (row) look(asked, row->number, 1);
}

}  // namespace sluice::api
