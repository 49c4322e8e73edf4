// Pipelines themselves: create, get, update, delete, list; and ours, apply and describe.
#include "engine/api/pipelines.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/api/declarations.hpp"
#include "engine/api/tags.hpp"
#include "engine/core/names.hpp"
#include "engine/runtime/random_id.hpp"

namespace sluice::api {
namespace {

constexpr Member kCreate[] = {{.name = "pipeline", .type = MemberType::kRaw, .required = true},
                              {.name = "tags", .type = MemberType::kList, .members = kTag}};
constexpr Member kUpdate[] = {{.name = "pipeline", .type = MemberType::kRaw, .required = true}};
constexpr Member kGet[] = {
    {.name = "name", .required = true, .min = 1, .max = 100, .charset = &kName},
    {.name = "version", .type = MemberType::kInteger, .min = 1}};
constexpr Member kDelete[] = {
    {.name = "name", .required = true, .min = 1, .max = 100, .charset = &kName}};
constexpr Member kList[] = {
    {.name = "nextToken", .min = 1, .max = 2048},
    {.name = "maxResults", .type = MemberType::kInteger, .min = 1, .max = 1000}};

struct Asked {
  PipelineDeclaration declaration;
  std::optional<Adoption> stored;
};

// The declaration of a request, with secrets as they are stored; answers and returns nothing if it
// is refused.
std::optional<Asked> read(const Ground& ground, const Json& in, const Answer& answer) {
  auto read = read_declaration(ground, in.at("pipeline"));
  if (!read.declaration) {
    answer.refuse(read.refusal);
    return std::nullopt;
  }
  Asked asked{std::move(*read.declaration), std::nullopt};
  auto stored = ground.parts.store.adoption(asked.declaration.name, 0);
  if (stored) {
    asked.stored = std::move(*stored);
  } else if (stored.error().kind != ErrorKind::kNotFound) {
    answer.fault(stored.error());
    return std::nullopt;
  }
  const std::string masked =
      restore_secrets(asked.declaration, asked.stored ? asked.stored->declaration.get() : nullptr);
  if (masked.empty()) return asked;
  answer.refuse("InvalidActionDeclarationException",
                masked + " is masked, and no value is stored for it: give the value itself.");
  return std::nullopt;
}

// The current version once it is committed, on the engine's thread.
PipelineDeclaration current(const Ground& ground, const std::string& name) {
  const Pipeline* state = ground.parts.engine.find(name);
  if (state == nullptr) return {};
  const auto version = state->versions.find(state->version);
  return version == state->versions.end() ? PipelineDeclaration{} : *version->second;
}

void create_with(const Ground& ground, PipelineDeclaration declaration, const Caller& caller,
                 const Answer& answer, std::function<void(const Answer&)> made) {
  const std::string name = declaration.name;
  StartExecution first;
  first.id = random_id();
  first.trigger = {"CreatePipeline", caller.arn};
  std::vector<Input> inputs;
  inputs.emplace_back(AdoptDefinition{std::move(declaration)});
  inputs.emplace_back(std::move(first));
  const bool taken = ground.parts.engine.create(
      name, std::move(inputs), [answer, made = std::move(made)](const Reply& reply) {
        if (const auto* rejected = std::get_if<Rejected>(&reply)) return answer.refuse(*rejected);
        made(answer);
      });
  if (!taken) answer.refuse_load();
}

void create(const Ground& ground, const Json& in, const Caller& caller, Answer answer) {
  auto tags = with_tags({}, in);
  if (!tags.tags) return answer.refuse(tags.refusal);
  auto asked = read(ground, in, answer);
  if (!asked) return;
  const std::string name = asked->declaration.name;
  if (asked->stored)
    return answer.refuse("PipelineNameInUseException",
                         "There is a pipeline named " + name + " already.");
  create_with(ground, std::move(asked->declaration), caller, answer,
              [&ground, name, tags = std::move(*tags.tags)](const Answer& to) {
                Json reply{{"pipeline", declaration_json(ground, current(ground, name), false)}};
                if (!tags.empty()) {
                  // The engine's thread: nobody else writes tags now.
                  if (const auto kept = ground.parts.store.set_tags(name, tags); !kept)
                    return to.fault(kept.error());
                  reply["tags"] = tags_json(tags);
                }
                to.send(reply);
              });
}

void update(const Ground& ground, const Json& in, const Caller&, Answer answer) {
  auto asked = read(ground, in, answer);
  if (!asked) return;
  const std::string name = asked->declaration.name;
  // PipelineNotFoundException is not among this operation's errors (facts 7).
  if (!asked->stored)
    return answer.refuse("InvalidStructureException",
                         "There is no pipeline named " + name + ": create it first.");
  keep_own_options(asked->declaration, *asked->stored->declaration);
  put_in(ground, name, AdoptDefinition{std::move(asked->declaration)}, answer,
         [&ground, name](const Accepted&, const Answer& to) {
           to.send({{"pipeline", declaration_json(ground, current(ground, name), false)}});
         });
}

Json metadata(const Ground& ground, const std::string& name) {
  Json json{{"pipelineArn", pipeline_arn(ground.parts.realm, name)}};
  if (const auto first = ground.parts.store.adoption(name, 1)) json["created"] = seconds(first->at);
  if (const auto last = ground.parts.store.adoption(name, 0)) json["updated"] = seconds(last->at);
  return json;
}

void get_as(const Ground& ground, const Json& in, bool whole, const Answer& answer) {
  const std::string name = text_of(in, "name");
  const auto found = find_pipeline(
      ground, name, answer,
      static_cast<std::uint32_t>(std::min<std::int64_t>(number_of(in, "version", 0), UINT32_MAX)));
  if (!found) return;
  answer.send({{"pipeline", declaration_json(ground, *found->declaration, whole)},
               {"metadata", metadata(ground, name)}});
}
void get(const Ground& ground, const Json& in, const Caller&, Answer answer) {
  get_as(ground, in, false, answer);
}

// Succeeds for a pipeline that is not there (facts 7).
void remove(const Ground& ground, const Json& in, const Caller& caller, Answer answer) {
  const bool taken = ground.parts.engine.submit(
      text_of(in, "name"), RemovePipeline{caller.arn}, [answer](const Reply& reply) {
        const auto* rejected = std::get_if<Rejected>(&reply);
        if (rejected != nullptr && rejected->code != "PipelineNotFoundException")
          return answer.refuse(*rejected);
        answer.send_nothing();
      });
  if (!taken) answer.refuse_load();
}

void list(const Ground& ground, const Json& in, const Caller&, Answer answer) {
  const auto names = ground.parts.store.pipelines();
  if (!names) return answer.fault(names.error());
  std::size_t from = 0;
  if (const std::string token = text_of(in, "nextToken"); !token.empty()) {
    const auto position = page_position("pipelines", token);
    if (!position)
      return answer.refuse("InvalidNextTokenException", "The nextToken is not one of this list.");
    from = *position;
  }
  const auto most = static_cast<std::size_t>(number_of(in, "maxResults", 1000));
  Json reply{{"pipelines", Json::array()}};
  for (std::size_t i = from; i < names->size(); ++i) {
    if (reply["pipelines"].size() == most) {
      reply["nextToken"] = page_token("pipelines", i);
      break;
    }
    const auto last = ground.parts.store.adoption((*names)[i], 0);
    const auto first = ground.parts.store.adoption((*names)[i], 1);
    if (!last || !first) continue;  // removed meanwhile
    reply["pipelines"].push_back({{"name", (*names)[i]},
                                  {"version", last->declaration->version},
                                  {"pipelineType", to_text(last->declaration->type)},
                                  {"executionMode", to_text(last->declaration->mode)},
                                  {"created", seconds(first->at)},
                                  {"updated", seconds(last->at)}});
  }
  answer.send(reply);
}

constexpr OperationRow kRows[] = {{"CreatePipeline", create, kCreate},
                                  {"GetPipeline", get, kGet},
                                  {"UpdatePipeline", update, kUpdate},
                                  {"DeletePipeline", remove, kDelete},
                                  {"ListPipelines", list, kList}};

}  // namespace

std::span<const OperationRow> pipeline_operations() {
  return kRows;
}

// Creates or updates with everything that a workflow file can say. A declaration that is the
// current one already is no new version.
void apply_pipeline(const Ground& ground, const Json& in, const Caller& caller, Answer answer) {
  auto asked = read(ground, in, answer);
  if (!asked) return;
  const std::string name = asked->declaration.name;
  const auto reply = [&ground, name](bool created, bool changed) {
    return Json{{"pipeline", declaration_json(ground, current(ground, name), true)},
                {"created", created},
                {"changed", changed}};
  };
  if (!asked->stored)
    return create_with(ground, std::move(asked->declaration), caller, answer,
                       [reply](const Answer& to) { to.send(reply(true, true)); });
  asked->declaration.version = asked->stored->declaration->version;
  if (asked->declaration == *asked->stored->declaration)
    return answer.send({{"pipeline", declaration_json(ground, asked->declaration, true)},
                        {"created", false},
                        {"changed", false}});
  put_in(ground, name, AdoptDefinition{std::move(asked->declaration)}, answer,
         [reply](const Accepted&, const Answer& to) { to.send(reply(false, true)); });
}

void describe_pipeline(const Ground& ground, const Json& in, const Caller&, Answer answer) {
  get_as(ground, in, true, answer);
}

}  // namespace sluice::api
