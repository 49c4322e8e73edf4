#include "engine/api/operations.hpp"

#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_map>
#include <utility>

#include "engine/api/desk.hpp"
#include "engine/api/log_waits.hpp"
#include "engine/api/room.hpp"

namespace sluice::api {
namespace {

constexpr std::size_t kMostBodyBytes = 4 * 1024 * 1024;
constexpr int kMostDepth = 40;

// The body as an object; none for text that is no JSON object, or one nested too deeply.
std::optional<Json> parse(const std::string& body) {
  if (body.empty()) return Json::object();
  bool too_deep = false;
  Json json = Json::parse(
      body,
      [&](int depth, Json::parse_event_t, Json&) {
        too_deep = too_deep || depth > kMostDepth;
        return !too_deep;
      },
      false);
  if (too_deep || !json.is_object()) return std::nullopt;
  return json;
}

}  // namespace

class Operations::Room {
 public:
  explicit Room(Parts parts)
      : parts_(std::move(parts)), log_waits_(parts_.logs), ground_{parts_, log_waits_, desk_} {
    for (const auto table :
         {pipeline_operations(), state_operations(), execution_operations(), stage_operations(),
          history_operations(), type_operations(), tag_operations()})
      add(kCodePipeline, table);
    add(kSluice, own_operations());
  }

  void call(Request request, Done done) {
    const Answer answer(std::move(done));
    const auto row = rows_.find(request.target);
    if (row == rows_.end())
      return answer.refuse(Rejected{"UnsupportedOperation", unknown(request.target)});
    if (request.body.size() > kMostBodyBytes)
      return answer.refuse("SerializationException", "The request is larger than 4 MiB.");
    const auto in = parse(request.body);
    if (!in) return answer.refuse("SerializationException", "The request is not a JSON object.");
    if (auto wrong = check_request(*in, row->second.input)) return answer.refuse(*wrong);
    row->second.run(ground_, *in, request.caller, answer);
  }

 private:
  void add(const char* service, std::span<const OperationRow> table) {
    for (const OperationRow& row : table)
      rows_.emplace(std::string(service) + "." + std::string(row.name), row);
  }
  static std::string unknown(const std::string& target) {
    return target.empty() ? "The request names no operation: set X-Amz-Target."
                          : "There is no operation " + target + " here.";
  }

  const Parts parts_;
  LogWaits log_waits_;
  Desk desk_;
  const Ground ground_;
  std::unordered_map<std::string, OperationRow> rows_;
};

Operations::Operations(Parts parts) : room_(std::make_unique<Room>(std::move(parts))) {}
Operations::~Operations() = default;

void Operations::call(Request request, Done done) {
  room_->call(std::move(request), std::move(done));
}

}  // namespace sluice::api
