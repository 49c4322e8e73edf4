#include "engine/cli/server_session.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <limits>
#include <shared_mutex>
#include <thread>

#include "engine/api/http_listener.hpp"
#include "engine/api/operations.hpp"
#include "engine/artifacts/log_store.hpp"
#include "engine/cli/held_hosts.hpp"
#include "engine/cli/open_store.hpp"
#include "engine/cli/run_bus.hpp"
#include "engine/cli/server_triggers.hpp"
#include "engine/cli/worker_place.hpp"
#include "engine/retention/collector.hpp"
#include "engine/runtime/engine.hpp"
#include "engine/server/listen_address.hpp"
#include "engine/store/lease.hpp"
#include "engine/store/sqlite_store.hpp"

namespace sluice {
namespace {

using server::LogLevel;

constexpr std::int64_t kDrainStepMs = 100;

// The job that a report ends; null if it goes on.
const ActionKey* ended_job(const Input& report) {
  if (const auto* success = std::get_if<ReportSuccess>(&report)) return &success->key;
  if (const auto* failure = std::get_if<ReportFailure>(&report)) return &failure->key;
  if (const auto* waiting = std::get_if<ReportContinue>(&report)) return &waiting->key;
  return nullptr;
}

template <class Find>
Result<std::vector<std::uint32_t>> numbers_of(const std::vector<std::string>& names,
                                              const char* where, const Find& find) {
  std::vector<std::uint32_t> numbers;
  for (const std::string& name : names) {
    std::uint32_t number = 0;
    const auto read = std::from_chars(name.data(), name.data() + name.size(), number);
    if (read.ec != std::errc() || read.ptr != name.data() + name.size()) {
      const auto found = find(name);
      if (!found) return Error{ErrorKind::kBadInput, where, "there is no " + name + " here"};
      number = *found;
    }
    numbers.push_back(number);
  }
  return numbers;
}

std::optional<std::uint32_t> user_number(const std::string& name) {
  const passwd* entry = getpwnam(name.c_str());
  return entry ? std::optional(static_cast<std::uint32_t>(entry->pw_uid)) : std::nullopt;
}
std::optional<std::uint32_t> group_number(const std::string& name) {
  const group* entry = getgrnam(name.c_str());
  return entry ? std::optional(static_cast<std::uint32_t>(entry->gr_gid)) : std::nullopt;
}

// What the server takes: nothing yet, everything, what changes nothing, nothing any more.
enum class Opening { kStarting, kServing, kDraining, kEnded };

api::Response unavailable(const char* why) {
  return {503, "ServiceUnavailableException",
          std::string(R"({"__type":"ServiceUnavailableException","message":")") + why + "\"}"};
}

// By its name, as the cloud's and ours have them.
bool changes_nothing(const std::string& target) {
  const std::string name = target.substr(target.find('.') + 1);
  return name.starts_with("Get") || name.starts_with("List") || name.starts_with("Describe") ||
         name == "Explain";
}

}  // namespace

struct ServerSession::Rooms {
  Setup setup;
  server::ServerLog& log;
  std::optional<Lease> lease;
  SystemClock clock;
  std::unique_ptr<Store> store;
  LogStore logs;
  ArtifactStore artifacts;
  HeldHosts hosts;
  std::unique_ptr<RunBus> bus;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<ServerTriggers> triggers;
  std::unique_ptr<api::Operations> operations;
  std::unique_ptr<api::HttpListener> listener;
  std::atomic<Opening> opening = Opening::kStarting;
  std::shared_mutex gate;  // held while a request is handed over; set_opening() waits for them
  std::unique_ptr<retention::Collector> collector;
  int ended_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  Result<void> outcome;
  std::thread loop;

  Rooms(Setup given, server::ServerLog& to)
      : setup(std::move(given)),
        log(to),
        logs(setup.data.logs()),
        artifacts(setup.data.artifacts()) {}

  // Ends in the opposite order: the loop, so that every call is answered, then who listens.
  ~Rooms() {
    set_opening(Opening::kEnded);
    collector.reset();
    if (engine) engine->stop();
    if (loop.joinable()) loop.join();
    if (triggers) triggers->stop();
    operations.reset();
    listener.reset();
    triggers.reset();
    hosts.set(nullptr);
    bus.reset();
    if (ended_fd >= 0) close(ended_fd);
  }

  void set_opening(Opening to);
  void take_call(api::Request request, const api::Done& done);
  Result<void> take_data_directory();
  Result<void> open_store();
  Result<void> open_hosts();
  Result<void> open_engine();
  void open_operations();
  Result<void> listen();
  api::TriggerQuestions trigger_questions();
  triggers::WebhookAnswer receive(const std::string& pipeline, const std::string& name,
                                  const triggers::WebhookCall& call);
  void tell(std::span<const StoredFact> facts);
  void run_loop();
  void collect_garbage();
  [[nodiscard]] Sequence read_upto();
};

Result<void> ServerSession::Rooms::take_data_directory() {
  auto taken = Lease::acquire(setup.data.leases(), kServerLease, "", 0);
  if (!taken) {
    const auto holder = Lease::holder(setup.data.leases(), kServerLease);
    if (!holder || !*holder) return taken.error();  // nobody has it: it cannot be had
    return Error{ErrorKind::kUnavailable, setup.data.root.string(),
                 "another server has this data directory: " + process_text(*holder)};
  }
  lease.emplace(std::move(*taken));
  return {};
}

Result<void> ServerSession::Rooms::open_store() {
  auto opened = open_sqlite_store(setup.data.database());
  if (!opened) return opened.error();
  store = std::move(*opened);
  // A `sluice run` that began before we did; one that begins later finds our lease.
  const auto running = Lease::any_holder(setup.data.leases(), "pipeline");
  if (!running) return running.error();
  if (*running)
    return Error{ErrorKind::kUnavailable, setup.data.root.string(),
                 process_text(*running) +
                     " runs a pipeline here (sluice run); wait until it has ended, or stop it"};
  return {};
}

// The worker outlives us: what it runs goes on, and the next server takes it up.
Result<void> ServerSession::Rooms::open_hosts() {
  WorkerHostsOptions options = worker_hosts_options(setup.data, setup.configuration.most_hosts);
  options.say = [this](const std::string& line) {
    log.write(LogLevel::kInfo, "worker", {{"says", line}});
  };
  auto opened = WorkerHosts::open(
      std::move(options),
      [this](const std::string& pipeline, Input report, std::function<void()> settled) {
        if (const ActionKey* key = ended_job(report)) hosts.ended(pipeline, *key);
        engine->report(pipeline, std::move(report), [settled](const Reply&) { settled(); });
      });
  if (!opened) return opened.error();
  hosts.set(std::move(*opened));
  return {};
}

Result<void> ServerSession::Rooms::open_engine() {
  const server::Configuration& configuration = setup.configuration;
  EngineOptions options;
  options.settings = {configuration.base_directory.empty() ? setup.data.root.string()
                                                           : configuration.base_directory,
                      configuration.region, configuration.account};
  engine = std::make_unique<Engine>(*store, hosts, clock, options);
  if (auto loaded = engine->load_all(); !loaded) return loaded;
  bus = std::make_unique<RunBus>(setup.data, Realm{configuration.region, configuration.account});
  engine->listen([this](std::span<const StoredFact> facts) {
    bus->committed();
    triggers->committed(facts);
    tell(facts);
  });
  ServerTriggers::Setup starts;
  starts.directory = (setup.data.root / "triggers").string();
  starts.base_directory = options.settings.base_directory;
  starts.realm = {configuration.region, configuration.account};
  starts.watch_files = configuration.watch_files;
  starts.log = [this](const std::string& line) {
    log.write(LogLevel::kWarning, "triggers", {{"say", line}});
  };
  triggers = std::make_unique<ServerTriggers>(*engine, *store, clock, std::move(starts));
  return {};
}

void ServerSession::Rooms::open_operations() {
  const server::Configuration& configuration = setup.configuration;
  operations = std::make_unique<api::Operations>(
      api::Parts{*engine,
                 *store,
                 clock,
                 logs,
                 setup.catalogue,
                 {configuration.region, configuration.account},
                 configuration.base_directory.empty() ? setup.data.root.string()
                                                      : configuration.base_directory,
                 setup.data.root.string(),
                 setup.version,
                 clock.now(),
                 trigger_questions(),
                 &artifacts,
                 [this](bool dry_run, std::function<void(const retention::Report&)> done) {
                   return collector && collector->collect(dry_run, std::move(done));
                 }});
}

void ServerSession::Rooms::set_opening(Opening to) {
  if (listener) listener->set_ready(to == Opening::kServing);
  opening = to;
  const std::unique_lock lock(gate);
}

void ServerSession::Rooms::take_call(api::Request request, const api::Done& done) {
  log.write(LogLevel::kDebug, "request",
            {{"operation", request.target}, {"caller", request.caller.arn}});
  const Opening now = opening;
  if (now == Opening::kStarting)
    return done(unavailable("The server is starting; try again in a moment."));
  const char* const stopping = "The server is stopping; try again when the next one runs.";
  if (now == Opening::kEnded || (now == Opening::kDraining && !changes_nothing(request.target)))
    return done(unavailable(stopping));
  const std::shared_lock lock(gate);
  if (opening == Opening::kEnded) return done(unavailable(stopping));
  operations->call(std::move(request), done);
}

// Before anything is recovered: whoever asks meanwhile is told so, not refused.
Result<void> ServerSession::Rooms::listen() {
  const server::Configuration& configuration = setup.configuration;
  api::ListenerOptions options;
  options.socket = configuration.socket.empty() ? setup.data.server_socket()
                                                : std::filesystem::path(configuration.socket);
  options.account = configuration.account;
  auto users = numbers_of(configuration.users, "allow.users", user_number);
  if (!users) return users.error();
  auto groups = numbers_of(configuration.groups, "allow.groups", group_number);
  if (!groups) return groups.error();
  options.users = std::move(*users);
  options.groups = std::move(*groups);
  options.webhooks.most_body_bytes = configuration.webhooks_most_body_bytes;
  if (const auto address = server::listen_address(configuration.webhooks_listen)) {
    options.webhooks.host = address->host;
    options.webhooks.port = address->port;
  }
  auto started = api::HttpListener::start(
      options,
      [this](api::Request request, api::Done done) { take_call(std::move(request), done); },
      [this](const std::string& pipeline, const std::string& name,
             const triggers::WebhookCall& call) { return receive(pipeline, name, call); });
  if (!started) return started.error();
  listener = std::move(*started);
  setup.configuration.socket = options.socket.string();
  return {};
}

api::TriggerQuestions ServerSession::Rooms::trigger_questions() {
  return {[this](const std::string& repository, const std::string& pipeline) {
            return triggers->service().look_now(repository, pipeline);
          },
          [this](const std::string& pipeline) { return triggers->service().list(pipeline); },
          [this] { return listener->webhook_address(); }};
}

triggers::WebhookAnswer ServerSession::Rooms::receive(const std::string& pipeline,
                                                      const std::string& name,
                                                      const triggers::WebhookCall& call) {
  auto answer = triggers->service().webhook(pipeline, name, call);
  // Anybody can call what is not there.
  const auto level = answer.status < 400    ? LogLevel::kInfo
                     : answer.status == 404 ? LogLevel::kDebug
                                            : LogLevel::kWarning;
  log.write(level, "webhook",
            {{"pipeline", pipeline},
             {"name", name},
             {"status", std::to_string(answer.status)},
             {"says", answer.text}});
  return answer;
}

// What an operator follows; everything else is an event on the bus.
void ServerSession::Rooms::tell(std::span<const StoredFact> facts) {
  for (const StoredFact& stored : facts) {
    const auto say = [&](LogLevel level, const char* what, const std::string& why = "") {
      log.write(level, what,
                {{"pipeline", stored.pipeline},
                 {"execution", std::to_string(execution_of(stored.fact))},
                 {"why", why}});
    };
    if (std::holds_alternative<ExecutionStarted>(stored.fact))
      say(LogLevel::kInfo, "execution started");
    if (std::holds_alternative<ExecutionSucceeded>(stored.fact))
      say(LogLevel::kInfo, "execution succeeded");
    if (const auto* failed = std::get_if<ExecutionFailed>(&stored.fact))
      say(LogLevel::kWarning, "execution failed", failed->summary);
    if (std::holds_alternative<ExecutionStopped>(stored.fact))
      say(LogLevel::kInfo, "execution stopped");
    if (const auto* adopted = std::get_if<DefinitionAdopted>(&stored.fact))
      log.write(LogLevel::kInfo, "pipeline applied",
                {{"pipeline", stored.pipeline},
                 {"version", std::to_string(adopted->declaration.version)}});
    if (std::holds_alternative<PipelineRemoved>(stored.fact))
      log.write(LogLevel::kInfo, "pipeline deleted", {{"pipeline", stored.pipeline}});
  }
}

void ServerSession::Rooms::run_loop() {
  loop = std::thread([this] {
    outcome = engine->run();
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(ended_fd, &one, sizeof one);
  });
}

void ServerSession::Rooms::collect_garbage() {
  retention::Collector::Setup with{
      *engine,
      [this] { return open_sqlite_store(setup.data.database()); },
      setup.data.artifacts(),
      setup.data.logs(),
      clock,
      [this] { return read_upto(); },
      [this](const retention::Report& report) {
        log.write(LogLevel::kInfo, "garbage collected", {{"what", retention::to_text(report)}});
        for (const std::string& trouble : report.troubles)
          log.write(LogLevel::kWarning, "garbage collection", {{"why", trouble}});
      }};
  collector =
      std::make_unique<retention::Collector>(std::move(with), setup.configuration.retention);
}

// What the bus and the triggers have read. Whoever else publishes notes how far it is when it ends.
Sequence ServerSession::Rooms::read_upto() {
  std::optional<Sequence> published = bus->published();
  if (!published && bus->is_missing()) published = std::numeric_limits<Sequence>::max();
  if (!published) {
    const auto noted = store->cursor(RunBus::kCursor);
    published = noted ? *noted : 0;
  }
  return std::min(*published, triggers->seen());
}

Result<std::unique_ptr<ServerSession>> ServerSession::open(Setup setup, server::ServerLog& log) {
  auto rooms = std::make_unique<Rooms>(std::move(setup), log);
  if (auto done = rooms->take_data_directory(); !done) return done.error();
  if (auto done = rooms->listen(); !done) return done.error();
  if (auto done = rooms->open_store(); !done) return done.error();
  if (auto done = rooms->open_engine(); !done) return done.error();
  if (auto done = rooms->open_hosts(); !done) return done.error();
  rooms->open_operations();
  rooms->run_loop();
  rooms->collect_garbage();
  rooms->set_opening(Opening::kServing);
  return std::unique_ptr<ServerSession>(new ServerSession(std::move(rooms)));
}

ServerSession::ServerSession(std::unique_ptr<Rooms> rooms) : rooms_(std::move(rooms)) {}
ServerSession::~ServerSession() = default;

void ServerSession::drain(std::int64_t wait_ms, const std::function<bool()>& interrupted) {
  rooms_->set_opening(Opening::kDraining);
  rooms_->collector->stop();
  rooms_->hosts.hold();
  while (wait_ms > 0 && !interrupted()) {
    if (rooms_->hosts.wait_until_idle(std::min(wait_ms, kDrainStepMs)) == 0) return;
    wait_ms -= kDrainStepMs;
  }
}

void ServerSession::retain(const retention::Rules& rules) {
  rooms_->collector->set(rules);
}

int ServerSession::ended_fd() const {
  return rooms_->ended_fd;
}
Result<void> ServerSession::outcome() const {
  return rooms_->outcome;
}
std::string ServerSession::webhook_address() const {
  return rooms_->listener->webhook_address();
}
std::string ServerSession::socket() const {
  return rooms_->setup.configuration.socket;
}

}  // namespace sluice
