#include "engine/api/room.hpp"

#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

namespace sluice::api {

std::string text_of(const Json& in, const char* key) {
  const auto found = in.find(key);
  return found == in.end() || !found->is_string() ? std::string() : found->get<std::string>();
}

bool flag_of(const Json& in, const char* key) {
  const auto found = in.find(key);
  return found != in.end() && found->is_boolean() && found->get<bool>();
}

std::int64_t number_of(const Json& in, const char* key, std::int64_t absent) {
  const auto found = in.find(key);
  return found == in.end() || !found->is_number() ? absent : found->get<std::int64_t>();
}

Uuid id_of(const Json& in, const char* key) {
  return parse_uuid(text_of(in, key));
}

double seconds(Instant at) {
  return static_cast<double>(at.ms) / 1000.0;
}

std::string pipeline_arn(const Realm& realm, const std::string& pipeline) {
  return "arn:aws:codepipeline:" + realm.region + ":" + realm.account + ":" + pipeline;
}

std::string page_token(std::string_view kind, std::uint64_t position) {
  return std::string(kind) + "-" + std::to_string(position);
}

std::optional<std::uint64_t> page_position(std::string_view kind, const std::string& token) {
  if (token.size() <= kind.size() + 1 || !token.starts_with(kind) || token[kind.size()] != '-')
    return std::nullopt;
  std::uint64_t position = 0;
  const char* end = token.data() + token.size();
  const auto [at, error] = std::from_chars(token.data() + kind.size() + 1, end, position);
  if (error != std::errc() || at != end) return std::nullopt;
  return position;
}

void put_in(const Ground& ground, const std::string& pipeline, Input input, const Answer& answer,
            std::function<void(const Accepted&, const Answer&)> sent) {
  const bool taken = ground.parts.engine.submit(
      pipeline, std::move(input), [answer, sent = std::move(sent)](const Reply& reply) {
        if (const auto* rejected = std::get_if<Rejected>(&reply)) return answer.refuse(*rejected);
        sent(std::get<Accepted>(reply), answer);
      });
  if (!taken) answer.refuse_load();
}

std::optional<Adoption> find_pipeline(const Ground& ground, const std::string& name,
                                      const Answer& answer, std::uint32_t version) {
  auto found = ground.parts.store.adoption(name, version);
  if (found) return std::move(*found);
  if (found.error().kind != ErrorKind::kNotFound) {
    answer.fault(found.error());
  } else if (version != 0 && ground.parts.store.adoption(name, 0)) {
    answer.refuse("PipelineVersionNotFoundException",
                  "The pipeline " + name + " has no version " + std::to_string(version) + ".");
  } else {
    answer.refuse("PipelineNotFoundException", "Account '" + ground.parts.realm.account +
                                                   "' does not have a pipeline with name '" + name +
                                                   "'");
  }
  return std::nullopt;
}

Result<ExecutionRow> look_up_run(const Ground& ground, const std::string& pipeline,
                                 const std::string& id) {
  auto row = ground.parts.store.find_execution(id);
  if (row && row->pipeline != pipeline) return Error{ErrorKind::kNotFound, id, "is another's"};
  return row;
}

std::optional<ExecutionRow> find_run(const Ground& ground, const std::string& pipeline,
                                     const Json& in, const Answer& answer) {
  const std::string id = text_of(in, "pipelineExecutionId");
  auto row = look_up_run(ground, pipeline, id);
  if (row) return std::move(*row);
  if (row.error().kind != ErrorKind::kNotFound) {
    answer.fault(row.error());
  } else {
    answer.refuse("PipelineExecutionNotFoundException",
                  "The pipeline " + pipeline + " has no execution with the id " + id + ".");
  }
  return std::nullopt;
}

}  // namespace sluice::api
