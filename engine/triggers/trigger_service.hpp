// Starts pipelines by itself: the one object that a server makes for triggers (docs/triggers.md).
// It remembers in one file a pipeline, decides by memory.hpp, and hands out starts under tokens
// that outlive it. Three threads: one for schedules and starts, one that asks git about
// repositories of this machine, one about others, which may be slow to answer. They sleep until
// something is due, and where nothing is declared they sleep for ever. A fourth one waits for the
// kernel's news of local repositories, where there are any.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/declaration.hpp"
#include "engine/core/input.hpp"
#include "engine/triggers/trigger_state.hpp"
#include "engine/triggers/webhook.hpp"

namespace sluice::triggers {

// What became of a start: acknowledged, refused for good, or to be tried again.
enum class Started : std::uint8_t { kYes, kRefused, kLater };

struct TriggerParts {
  std::string directory;       // memories and mirrors; made if it is not there
  std::string base_directory;  // where relative paths begin of pipelines that say nothing else
  std::string region, account;
  // Puts a start into the engine; `start.id` is empty and is the callee's to give. `done` is called
  // once, on any thread, or never if the engine stops.
  std::function<void(const std::string& pipeline, StartExecution start,
                     std::function<void(Started, const std::string& why)> done)>
      start;
  std::function<std::int64_t()> now_ms;
  std::function<void(const std::string& line)> log;  // any thread
  bool watch_files = false;  // notice pushes to repositories of this machine by inotify
};

class TriggerService {
 public:
  explicit TriggerService(TriggerParts parts);
  ~TriggerService();  // as stop()
  TriggerService(const TriggerService&) = delete;
  TriggerService& operator=(const TriggerService&) = delete;

  // All below: any thread.

  // A pipeline is there, or has changed. events: the sequence of the newest event; a pipeline whose
  // events were never looked at begins behind it. Refuses a memory that cannot be read or written.
  Result<void> set(const PipelineDeclaration& pipeline, std::uint64_t events);
  void remove(const std::string& pipeline);  // and forgets it

  // Begins to work, and ends: a start in hand is finished, a question to git is given up, a webhook
  // is answered 503 from then on.
  void run();
  void stop();

  // Somebody pushed to this repository (a path or URL; a path as a source action writes it, or the
  // directory itself): looks at once. pipeline: only that one's triggers; "" for all. The number of
  // triggers that watch it.
  std::size_t look_now(const std::string& repository, const std::string& pipeline = "");

  // The triggers of a pipeline, or of all of them for "", in the order of their declarations.
  [[nodiscard]] std::vector<TriggerState> list(const std::string& pipeline) const;

  // An event, each under its sequence, in order; again after a restart from events_seen() on.
  // cause_detail: triggerDetail of the execution that the event is about, or "".
  void event(std::uint64_t sequence, std::string_view event_json, std::string_view cause_detail);
  // All events up to here were looked at by every pipeline that has a trigger for them; the largest
  // number if none has.
  [[nodiscard]] std::uint64_t events_seen() const;

  // POST /webhooks/PIPELINE/NAME: checks the signature, then does what the call says. Blocks: what
  // it decides is durable when it returns, and git may be asked for the files of a pull request.
  WebhookAnswer webhook(const std::string& pipeline, const std::string& name,
                        const WebhookCall& call);

  // One turn of each thread, for tests: what is due is done, and when the next is due is returned
  // in milliseconds since 1970; the largest number if never.
  std::int64_t turn();
  std::int64_t look();

 private:
  class Room;
  std::unique_ptr<Room> room_;
};

}  // namespace sluice::triggers
