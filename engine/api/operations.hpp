// The one way in: every request of a client, whoever it is and however it came, is a call of one
// operation here. Names, members, errors and idempotency are CodePipeline's (facts/codepipeline.md
// 7, facts/wire.md); what the cloud service has no operation for stands under a prefix of ours.
// A transport adds ports, authentication and framing, and no rule.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/artifacts/artifact_store.hpp"
#include "engine/artifacts/log_store.hpp"
#include "engine/core/action_type.hpp"
#include "engine/retention/report.hpp"
#include "engine/runtime/engine.hpp"
#include "engine/triggers/trigger_state.hpp"
#include "events/event/event.hpp"

namespace sluice::api {

// Who asks, as the transport knows it; `arn` is what history shows.
struct Caller {
  std::string arn;
  std::uint32_t uid = 0;
  std::int32_t pid = 0;
};

struct Request {
  std::string target;  // X-Amz-Target: "CodePipeline_20150709.StartPipelineExecution"
  std::string body;    // JSON; "" is {}
  Caller caller;
};

// `body` is what goes out as application/x-amz-json-1.1: "" for operations without an output. Of a
// refusal it is {"__type","message"}, and `error_type` belongs into x-amzn-ErrorType.
struct Response {
  int status =
      200;  // 400 refusals, 500 faults of ours, 501 unknown operations, 503 try again later
  std::string error_type;  // "" if none
  std::string body;
};
using Done = std::function<void(Response)>;

inline constexpr const char* kCodePipeline = "CodePipeline_20150709";
inline constexpr const char* kSluice = "Sluice_20261101";  // docs/api.md lists its operations

// What triggers are asked; empty where none are served. Any thread.
struct TriggerQuestions {
  // Looks at a repository now, for one pipeline or, for "", for all: how many triggers watch it.
  std::function<std::size_t(const std::string& repository, const std::string& pipeline)> look_now;
  // The triggers of one pipeline, or of all for "".
  std::function<std::vector<triggers::TriggerState>(const std::string& pipeline)> list;
  std::function<std::string()> webhook_address;  // "127.0.0.1:8091"; "" if there is no port
};

// What the operations stand on; everything referred to outlives them.
struct Parts {
  Engine& engine;
  Store& store;
  const Clock& clock;
  const LogStore& logs;
  const std::vector<ActionTypeDescription>& catalogue;
  Realm realm;
  std::string base_directory;  // where relative paths of a pipeline without baseDirectory start
  std::string data_directory, version;  // for DescribeServer
  Instant since;                        // when the server began
  TriggerQuestions triggers = {};
  // Where a rollback's artifacts must still be; null: nobody looks.
  const ArtifactStore* artifacts = nullptr;
  // CollectGarbage; called back once on any thread. False: not now. Empty: there is no collector.
  std::function<bool(bool dry_run, std::function<void(const retention::Report&)> done)> collect =
      {};
};

class Operations {
 public:
  explicit Operations(Parts parts);
  // Calls that wait (GetLog) are answered with what is there.
  ~Operations();
  Operations(const Operations&) = delete;
  Operations& operator=(const Operations&) = delete;

  // Any thread. `done` is called exactly once: on the caller's thread before this returns, or later
  // on the engine's or a thread of ours; it must not block. Reading history may take milliseconds
  // on the caller's thread. Calls that the engine has not answered when it stops are answered with
  // ServiceUnavailableException.
  void call(Request request, Done done);

 private:
  class Room;
  std::unique_ptr<Room> room_;
};

}  // namespace sluice::api
