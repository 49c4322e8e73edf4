#include "engine/cli/run_session.hpp"

#include <algorithm>
#include <cstdio>

#include "engine/cli/open_store.hpp"
#include "engine/hosts/installation.hpp"
#include "engine/store/sqlite_store.hpp"

namespace sluice {
namespace {

constexpr std::int64_t kLongestWaitMs = std::int64_t{7} * 24 * 3600 * 1000;  // an approval's
constexpr std::size_t kStagesAhead = 2;
// Every run begins with what the last ones left: the facts since the last snapshot.
constexpr std::uint32_t kFactsPerSnapshot = 256;

// The types that the first stages need, in the order in which they need them.
std::vector<ActionTypeId> first_types(const PipelineDeclaration& declaration) {
  std::vector<ActionTypeId> types;
  for (std::size_t i = 0; i < std::min(kStagesAhead, declaration.stages.size()); ++i) {
    for (const RuleDeclaration& rule : declaration.stages[i].before_entry.rules)
      types.push_back(rule.type);
    for (const ActionDeclaration& action : declaration.stages[i].actions)
      types.push_back(action.type);
  }
  return types;
}

}  // namespace

RunSession::RunSession(const DataDirectory& data, std::string pipeline, UiQueue& ui)
    : data_(data),
      pipeline_(std::move(pipeline)),
      ui_(ui),
      artifacts_(data.artifacts()),
      logs_(data.logs()),
      log_(logs_) {}

Result<std::unique_ptr<RunSession>> RunSession::open(const DataDirectory& data,
                                                     const RunRequest& request,
                                                     std::vector<ActionTypeDescription> catalogue,
                                                     UiQueue& ui) {
  const std::string& pipeline = request.declaration.name;
  std::unique_ptr<RunSession> session(new RunSession(data, pipeline, ui));
  if (auto taken = session->take_lease(); !taken) return taken.error();

  // Hosts first: they start while the store is being opened.
  RunSession* self = session.get();
  HostPoolOptions options = session->host_options(std::move(catalogue));
  options.start_ahead = first_types(request.declaration);
  auto hosts = HostPool::open(std::move(options), [self](const std::string& name, Input report) {
    self->engine_->report(name, std::move(report));
  });
  if (!hosts) return hosts.error();
  session->hosts_ = std::move(*hosts);

  auto store = open_sqlite_store(data.database());
  if (!store) return store.error();
  session->store_ = std::move(*store);
  EngineOptions engine;
  engine.facts_per_snapshot = kFactsPerSnapshot;
  session->engine_ =
      std::make_unique<Engine>(*session->store_, *session->hosts_, session->clock_, engine);
  if (auto loaded =
          session->engine_->load(pipeline, {request.base_directory, "local", "000000000000"});
      !loaded)
    return loaded.error();
  session->bus_ = std::make_unique<RunBus>(data);
  session->engine_->listen([self](std::span<const StoredFact> facts) {
    self->bus_->committed();
    self->ui_.add_facts(facts);
  });
  return session;
}

// A second run of the same pipeline waits for the first, and says for whom.
Result<void> RunSession::take_lease() {
  const std::string what = "pipeline " + pipeline_;
  const auto take = [&](std::int64_t wait_ms) {
    return Lease::acquire(data_.leases(), what, "", wait_ms);
  };
  auto lease = take(0);
  if (!lease) {
    const auto holder = Lease::holder(data_.leases(), what);
    if (!holder) return lease.error();
    if (*holder)
      std::fprintf(stderr, "Waiting: %s is being run by %s on the same data directory.\n",
                   what.c_str(), process_text(*holder).c_str());
    lease = take(kLongestWaitMs);
  }
  if (!lease) return lease.error();
  lease_.emplace(std::move(*lease));
  // Now that we have ours: a server that starts later finds it.
  return refuse_if_served(data_);
}

HostPoolOptions RunSession::host_options(std::vector<ActionTypeDescription> catalogue) {
  HostPoolOptions options;
  options.host_program = action_host_program();
  options.work_directory = data_.work().string();
  options.state_directory = data_.state().string();
  options.types = std::move(catalogue);
  options.artifacts.unpack = [this](const ArtifactRef& artifact, const std::string& directory) {
    return artifacts_.unpack(artifact.digest, directory);
  };
  options.artifacts.pack = [this](const Job&, const std::string&, const std::string& directory) {
    return artifacts_.pack(directory);
  };
  options.log = &log_;
  options.observer = [this](const Job& job, std::string_view line) {
    ui_.set_line(job.key, std::string(line));
  };
  return options;
}

// Executions that another `sluice run` left behind when it was killed: their workers are gone with
// it, and nobody waits for them.
void RunSession::abandon_orphans(const std::string& by) {
  for (const auto& [number, execution] : engine_->find(pipeline_)->executions)
    (void)engine_->submit(
        pipeline_,
        StopExecution{execution.id, true, "the sluice run that it belonged to was killed", by});
  engine_->report_lost(pipeline_);
}

void RunSession::start(const RunRequest& request, Uuid id) {
  abandon_orphans(request.by);
  const Pipeline& state = *engine_->find(pipeline_);
  PipelineDeclaration declaration = request.declaration;
  declaration.version = state.version;
  const auto current = state.versions.find(state.version);
  const ReplyFunction refused = [this](const Reply& reply) {
    tell_refusal(reply);
    if (std::holds_alternative<Rejected>(reply)) ui_.end();
  };
  if (current == state.versions.end() || *current->second != declaration)
    (void)engine_->submit(pipeline_, AdoptDefinition{std::move(declaration)}, refused);
  StartExecution start{
      id, request.variables, {"StartPipelineExecution", request.by}, request.source_revisions, ""};
  (void)engine_->submit(pipeline_, std::move(start), refused);
  loop_ = std::thread([this] {
    outcome_ = engine_->run();
    ui_.end();
  });
}

void RunSession::tell_refusal(const Reply& reply) {
  if (const auto* rejected = std::get_if<Rejected>(&reply))
    ui_.add_notice("Refused (" + rejected->code + "): " + rejected->why);
}

void RunSession::stop_execution(Uuid id, bool abandon, const std::string& by) {
  const std::string reason =
      abandon ? "interrupted twice at the terminal" : "interrupted at the terminal";
  (void)engine_->submit(pipeline_, StopExecution{id, abandon, reason, by},
                        [this](const Reply& reply) { tell_refusal(reply); });
}

void RunSession::answer(const std::string& stage, const std::string& action, Uuid token,
                        bool approved, const std::string& summary, const std::string& by) {
  (void)engine_->submit(pipeline_, AnswerApproval{stage, action, token, approved, summary, by},
                        [this](const Reply& reply) { tell_refusal(reply); });
}

Result<void> RunSession::finish() {
  engine_->stop();
  if (loop_.joinable()) loop_.join();
  return outcome_;
}

RunSession::~RunSession() {
  if (engine_) (void)finish();
  // The hosts end while the bus and the store do.
  if (hosts_) hosts_->stop();
  bus_.reset();
  store_.reset();
  hosts_.reset();  // before the engine that it reports to
}

}  // namespace sluice
