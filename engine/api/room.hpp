// What every operation is given, and how it is found. Private to engine/api.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/api/answer.hpp"
#include "engine/api/request_check.hpp"

namespace sluice::api {

class Desk;
class LogWaits;

// The operations' common ground; lives as long as Operations.
struct Ground {
  const Parts& parts;
  LogWaits& log_waits;
  Desk& desk;
};

// One operation: `in` has passed the check of its shape. Answers exactly once, now or later.
using Operation = void (*)(const Ground& ground, const Json& in, const Caller& caller,
                           Answer answer);

struct OperationRow {
  std::string_view name;
  Operation run;
  std::span<const Member> input;
};

// The tables: CodePipeline's, and ours.
[[nodiscard]] std::span<const OperationRow> pipeline_operations();
[[nodiscard]] std::span<const OperationRow> state_operations();
[[nodiscard]] std::span<const OperationRow> execution_operations();
[[nodiscard]] std::span<const OperationRow> stage_operations();
[[nodiscard]] std::span<const OperationRow> history_operations();
[[nodiscard]] std::span<const OperationRow> type_operations();
[[nodiscard]] std::span<const OperationRow> tag_operations();
[[nodiscard]] std::span<const OperationRow> own_operations();

// Members of a checked request.
[[nodiscard]] std::string text_of(const Json& in, const char* key);
[[nodiscard]] bool flag_of(const Json& in, const char* key);
[[nodiscard]] std::int64_t number_of(const Json& in, const char* key, std::int64_t absent);
[[nodiscard]] Uuid id_of(const Json& in, const char* key);

// Epoch seconds with a fraction, as the wire has times (facts/wire.md 1.1).
[[nodiscard]] double seconds(Instant at);
[[nodiscard]] std::string pipeline_arn(const Realm& realm, const std::string& pipeline);

// nextToken: opaque to clients, a position to us. `kind` keeps tokens of different lists apart.
[[nodiscard]] std::string page_token(std::string_view kind, std::uint64_t position);
// None if it is not one of page_token's; the operation answers InvalidNextTokenException.
[[nodiscard]] std::optional<std::uint64_t> page_position(std::string_view kind,
                                                         const std::string& token);

// Puts an input in and answers with what `sent` makes of an accepted one.
void put_in(const Ground& ground, const std::string& pipeline, Input input, const Answer& answer,
            std::function<void(const Accepted&, const Answer&)> sent);

// The current version of a pipeline, or version `version` of it. Answers
// PipelineNotFoundException or PipelineVersionNotFoundException and returns nothing if there is
// none.
[[nodiscard]] std::optional<Adoption> find_pipeline(const Ground& ground, const std::string& name,
                                                    const Answer& answer,
                                                    std::uint32_t version = 0);
// An execution of the pipeline by its id; kNotFound, too, if it is another pipeline's.
[[nodiscard]] Result<ExecutionRow> look_up_run(const Ground& ground, const std::string& pipeline,
                                               const std::string& id);
// The same of a request's pipelineExecutionId; PipelineExecutionNotFoundException.
[[nodiscard]] std::optional<ExecutionRow> find_run(const Ground& ground,
                                                   const std::string& pipeline, const Json& in,
                                                   const Answer& answer);

}  // namespace sluice::api
