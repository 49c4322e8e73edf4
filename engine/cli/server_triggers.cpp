#include "engine/cli/server_triggers.hpp"

#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/runtime/random_id.hpp"

namespace sluice {
namespace {

constexpr std::uint32_t kPage = 512;
constexpr Sequence kNobody = std::numeric_limits<Sequence>::max();

}  // namespace

ServerTriggers::ServerTriggers(Engine& engine, const Store& store, const Clock& clock, Setup setup)
    : engine_(engine),
      store_(store),
      clock_(clock),
      setup_(std::move(setup)),
      reader_(store, setup_.realm),
      service_({setup_.directory, setup_.base_directory, setup_.realm.region, setup_.realm.account,
                [this](const std::string& pipeline, StartExecution asked, auto done) {
                  start(pipeline, std::move(asked), std::move(done));
                },
                [this] { return clock_.now().ms; }, setup_.log, setup_.watch_files}) {
  add_stored_pipelines();
  thread_ = std::thread([this] { work(); });
}

ServerTriggers::~ServerTriggers() {
  stop();
}

void ServerTriggers::stop() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
  service_.stop();
}

void ServerTriggers::add_stored_pipelines() {
  const auto names = store_.pipelines();
  if (!names) return;
  for (const std::string& name : *names) {
    (void)engine_.ask(name, [this](const Pipeline* pipeline) {
      if (!pipeline || pipeline->version == 0) return;
      const std::lock_guard lock(mutex_);
      changes_.emplace_back(*pipeline->versions.at(pipeline->version));
      changed_.notify_all();
    });
  }
}

void ServerTriggers::committed(std::span<const StoredFact> facts) {
  const std::lock_guard lock(mutex_);
  for (const StoredFact& stored : facts) {
    if (const auto* adopted = std::get_if<DefinitionAdopted>(&stored.fact))
      changes_.emplace_back(adopted->declaration);
    if (std::holds_alternative<PipelineRemoved>(stored.fact))
      changes_.emplace_back(stored.pipeline);
  }
  news_ = true;
  changed_.notify_all();
}

void ServerTriggers::start(const std::string& pipeline, StartExecution asked,
                           std::function<void(triggers::Started, const std::string&)> done) {
  asked.id = random_id();
  const auto answer = [done](const Reply& reply) {
    const auto* rejected = std::get_if<Rejected>(&reply);
    if (!rejected) return done(triggers::Started::kYes, "");
    const bool passing = rejected->code == "ServiceUnavailableException" ||
                         rejected->code == "ConcurrentPipelineExecutionsLimitExceededException";
    done(passing ? triggers::Started::kLater : triggers::Started::kRefused, rejected->why);
  };
  if (!engine_.submit(pipeline, std::move(asked), answer))
    done(triggers::Started::kLater, "the engine takes nothing now");
}

void ServerTriggers::work() {
  service_.run();
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return news_ || ending_ || !changes_.empty(); });
    if (ending_) return;
    const std::vector<Change> changes = std::exchange(changes_, {});
    news_ = false;
    lock.unlock();
    for (const Change& change : changes) take(change);
    feed_events();
    lock.lock();
  }
}

void ServerTriggers::take(const Change& change) {
  if (const auto* gone = std::get_if<std::string>(&change)) return service_.remove(*gone);
  const auto& pipeline = std::get<PipelineDeclaration>(change);
  const auto last = store_.last_sequence();
  if (const auto set = service_.set(pipeline, last ? *last : 0); !set)
    setup_.log("the triggers of " + pipeline.name + " do not work: " + set.error().text());
}

// Nobody's events are read if no pipeline has a trigger for them.
void ServerTriggers::feed_events() {
  Sequence seen = service_.events_seen();
  seen_ = seen;
  while (seen != kNobody) {
    Sequence upto = seen;
    const auto events = reader_.read(seen, kPage, upto);
    if (!events || upto == seen) return;
    for (const Event& event : *events)
      service_.event(event.sequence, to_json(event), cause_of(event));
    seen_ = seen = upto;
  }
}

std::string ServerTriggers::cause_of(const Event& event) const {
  const auto detail = nlohmann::json::parse(event.detail, nullptr, false);
  if (!detail.is_object()) return "";
  const auto id = detail.find("execution-id");
  if (id == detail.end() || !id->is_string()) return "";
  const auto row = store_.find_execution(id->get<std::string>());
  return row ? row->trigger.detail : "";
}

}  // namespace sluice
