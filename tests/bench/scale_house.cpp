#include "tests/bench/scale_house.hpp"

#include <malloc.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <unordered_map>

#include "engine/core/core.hpp"
#include "engine/runtime/random_id.hpp"
#include "engine/store/data_directory.hpp"
#include "engine/store/sqlite_store.hpp"
#include "tests/support/declarations.hpp"

namespace sluice::bench {
namespace {

constexpr int kSubmittedAtOnce = 1024;
constexpr int kHistoryBatch = 2048;  // executions of one commit

PipelineDeclaration declared(const std::string& name, bool approval) {
  PipelineDeclaration pipeline = approval ? grid(name, 3, 1) : grid(name, 3, 3);
  pipeline.mode = ExecutionMode::kParallel;
  pipeline.max_executions = kMostOfPipeline;
  if (approval) {
    ActionDeclaration& action = pipeline.stages[1].actions[0];
    action.type = {Category::kApproval, "AWS", "Manual", "1"};
    action.timeout_ms = 7LL * 24 * 3'600'000;
  }
  return pipeline;
}

}  // namespace

void give_up(const Error& error) {
  std::fprintf(stderr, "%s\n", error.text().c_str());
  std::exit(1);
}

void InstantHosts::start(Job job) {
  if (job.type.category == Category::kApproval && !job.has_continuation)
    engine_->report(job.pipeline, ReportContinue{job.key, "approval", -1, {}});
  else
    engine_->report(job.pipeline, ReportSuccess{job.key, {}, {}, {}});
}

ScaleHouse::ScaleHouse(const std::filesystem::path& directory) {
  auto opened = open_sqlite_store(DataDirectory{directory}.database());
  if (!opened) give_up(opened.error());
  store_ = std::move(*opened);
  engine_ = std::make_unique<Engine>(*store_, hosts_, clock_);
  hosts_.to(*engine_);
  engine_->listen([this](std::span<const StoredFact> facts) {
    for (const StoredFact& stored : facts) {
      if (std::holds_alternative<ExecutionSucceeded>(stored.fact)) --in_flight_;
      if (std::holds_alternative<ActionContinued>(stored.fact)) ++waiting_;
    }
  });
  if (auto loaded = engine_->load_all(); !loaded) give_up(loaded.error());
  engine_->resume();
}

std::vector<std::string> ScaleHouse::make(const std::string& prefix, int pipelines, bool approval) {
  std::vector<std::string> names;
  for (int i = 0; i < pipelines; ++i) {
    names.push_back(prefix + "-" + std::to_string(i));
    if (engine_->find(names.back()) != nullptr) continue;
    if (auto loaded = engine_->load(names.back(), {}); !loaded) give_up(loaded.error());
    if (!engine_->submit(names.back(), AdoptDefinition{declared(names.back(), approval)})) break;
  }
  engine_->step(false);
  while (engine_->find(names.back())->version == 0) engine_->step(false);
  return names;
}

void ScaleHouse::wait_at_approvals(const std::vector<std::string>& pipelines, int executions) {
  const int wanted = waiting_ + executions;
  for (int i = 0; i < executions; ++i) {
    const std::string& name = pipelines[static_cast<std::size_t>(i) % pipelines.size()];
    if (!engine_->submit(name, StartExecution{random_id(), {}, {}, {}, ""})) std::abort();
    ++in_flight_;
    if (i % kSubmittedAtOnce == 0) engine_->step(false);
  }
  while (waiting_ < wanted) engine_->step(true);
}

void ScaleHouse::signal_all(const std::vector<std::string>& pipelines) {
  std::vector<std::pair<std::string, ActionKey>> signals;
  for (const std::string& name : pipelines) {
    for (const auto& [number, e] : engine_->find(name)->executions) {
      for (Index i = 0; i < e.actions.size(); ++i) {
        if (e.actions[i].status != ActionStatus::kWaiting) continue;
        const ActionKey key{number, e.stage, i, e.actions[i].attempt, e.actions[i].turn};
        signals.emplace_back(name, key);
      }
    }
  }
  in_flight_ = static_cast<int>(signals.size());
  int sent = 0;
  for (const auto& [name, key] : signals) {
    if (!engine_->submit(name, SignalAction{key, R"({"status":"Approved"})"})) std::abort();
    if (++sent % kSubmittedAtOnce == 0) engine_->step(false);
  }
  while (in_flight_ > 0) engine_->step(true);
}

void ScaleHouse::run(const std::vector<std::string>& pipelines, int runs, int most_in_flight) {
  in_flight_ = 0;
  for (int started = 0; started < runs || in_flight_ > 0;) {
    while (started < runs && in_flight_ < most_in_flight) {
      const std::string& name = pipelines[static_cast<std::size_t>(started) % pipelines.size()];
      if (!engine_->submit(name, StartExecution{random_id(), {}, {}, {}, ""})) std::abort();
      ++started, ++in_flight_;
    }
    engine_->step(true);
  }
}

HistoryWriter::HistoryWriter(Store& store, int pipelines) : store_(store) {
  std::vector<Append> batch;
  for (int i = 0; i < pipelines; ++i) {
    names_.push_back("past-" + std::to_string(i));
    states_.emplace_back();
    const Instant at{1'700'000'000'000};
    Append append{names_.back(), at, {}, {}};
    append.facts =
        decide(states_.back(), AdoptDefinition{declared(names_.back(), false)}, at).facts;
    for (const Fact& fact : append.facts) apply(states_.back(), fact, at);
    batch.push_back(std::move(append));
  }
  if (auto done = store_.commit(batch); !done) give_up(done.error());
}

void HistoryWriter::run_one(Pipeline& state, Append& into, Instant at) {
  const auto take = [&](Input input) {
    Facts facts = decide(state, std::move(input), at).facts;
    for (Fact& fact : facts) {
      apply(state, fact, at);
      into.facts.push_back(std::move(fact));
    }
  };
  take(StartExecution{random_id(), {}, {}, {}, ""});
  const ExecutionNumber number = state.last_number;
  while (state.executions.contains(number)) {
    for (const Want& want : wants(state, number))
      if (want.kind == WantKind::kRun) take(ReportSuccess{want.key, {}, {}, {}});
  }
}

void HistoryWriter::write(int executions) {
  while (executions > 0) {
    std::vector<Append> batch;
    const int now = std::min(executions, kHistoryBatch);
    const Instant at{1'700'000'000'000 + static_cast<std::int64_t>(written_)};
    for (int i = 0; i < now; ++i, ++written_) {
      const std::size_t of = written_ % names_.size();
      Append& append = batch.emplace_back(Append{names_[of], at, {}, {}});
      run_one(states_[of], append, at);
      std::unordered_map<ExecutionNumber, ExecutionRow> rows;
      for (const Fact& fact : append.facts)
        static_cast<void>(update_row(rows, names_[of], fact, at));
      append.rows.push_back(rows.begin()->second);
    }
    if (auto done = store_.commit(batch); !done) give_up(done.error());
    executions -= now;
  }
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const auto last = store_.last_sequence();
    if (last) static_cast<void>(store_.save_snapshot(names_[i], {*last, states_[i]}));
  }
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double allocated_bytes() {
  const struct mallinfo2 info = mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd);
}

long voluntary_switches(int task) {
  std::ifstream file("/proc/self/task/" + std::to_string(task) + "/status");
  const std::string key = "voluntary_ctxt_switches:";
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(key)) return std::stol(line.substr(key.size()));
  return -1;
}

}  // namespace sluice::bench
