// What starts pipelines by itself under `sluice serve`: tells the trigger service which pipelines
// there are and which events there were, on a thread of its own, and puts its starts into the
// engine.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "engine/runtime/engine.hpp"
#include "engine/runtime/event_reader.hpp"
#include "engine/triggers/trigger_service.hpp"

namespace sluice {

class ServerTriggers {
 public:
  struct Setup {
    std::string directory, base_directory;
    Realm realm;
    bool watch_files = true;
    std::function<void(const std::string& line)> log;  // any thread
  };
  // Engine, store and clock outlive it. Begins with the pipelines that the store has now.
  ServerTriggers(Engine& engine, const Store& store, const Clock& clock, Setup setup);
  ~ServerTriggers();  // as stop()
  ServerTriggers(const ServerTriggers&) = delete;
  ServerTriggers& operator=(const ServerTriggers&) = delete;

  // Any thread: the service, for what the server is asked about it.
  [[nodiscard]] triggers::TriggerService& service() { return service_; }
  // Finishes what is in hand; a webhook is answered 503 from then on.
  void stop();

  // The engine's thread: facts have become durable.
  void committed(std::span<const StoredFact> facts);
  // Any thread: the last fact whose event no trigger has still to see.
  [[nodiscard]] Sequence seen() const { return seen_; }

 private:
  // A pipeline that has a definition now, or the name of one that is gone.
  using Change = std::variant<PipelineDeclaration, std::string>;

  void start(const std::string& pipeline, StartExecution start,
             std::function<void(triggers::Started, const std::string&)> done);
  void add_stored_pipelines();
  void work();
  void take(const Change& change);
  void feed_events();
  [[nodiscard]] std::string cause_of(const Event& event) const;

  Engine& engine_;
  const Store& store_;
  const Clock& clock_;
  Setup setup_;
  EventReader reader_;
  triggers::TriggerService service_;
  std::atomic<Sequence> seen_{0};

  std::mutex mutex_;  // of what follows
  std::condition_variable changed_;
  std::vector<Change> changes_;
  bool news_ = true, ending_ = false;
  std::thread thread_;
};

}  // namespace sluice
