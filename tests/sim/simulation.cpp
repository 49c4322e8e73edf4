#include "tests/sim/simulation.hpp"

#include <algorithm>
#include <cstdio>

#include "engine/core/narration.hpp"
#include "tests/core/world.hpp"
#include "tests/sim/inputs.hpp"

namespace sluice::sim {
namespace {

constexpr std::uint64_t kHouse = 1'000'000'000;  // the place of the dice that furnish a seed
constexpr std::uint32_t kSqlitePercent = 2;
constexpr std::uint32_t kPage = 10'000;

}  // namespace

Outcome simulate(const Plan& plan) {
  return Simulation(plan).run();
}

Simulation::Simulation(const Plan& plan)
    : plan_(plan),
      house_(plan.seed, kHouse),
      names_(house_.chance(30) ? std::vector<std::string>{"left", "right"}
                               : std::vector<std::string>{"shop"}),
      auditors_(names_.size()),
      removed_(names_.size()),
      disk_(house_.chance(kSqlitePercent)),
      store_(disk_.store()) {
  workers_outlive_ = hosts_.outlive_engine = house_.chance(60);
  publishes_ = house_.chance(25);
  calm_ = house_.chance(50);
  if (house_.chance(10)) options_.inbox_limit = 1 + house_.roll(3);
  if (house_.chance(50)) options_.batch_limit = 1 + house_.roll(3);
  if (house_.chance(50)) options_.facts_per_snapshot = 1 + house_.roll(40);
  loads_all_ = house_.chance(50);
  if (loads_all_) options_.facts_to_recover = 1;
}

void Simulation::say(const std::string& line) {
  if (plan_.trace) std::printf("%s\n", line.c_str());
}

void Simulation::complain(const std::string& what) {
  if (outcome_.broken.empty()) outcome_.broken = what;
}

std::size_t Simulation::index_of(const std::string& pipeline) const {
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (names_[i] == plain_name(pipeline)) return i;
  }
  return 0;
}

Outcome Simulation::run() {
  say("seed " + std::to_string(plan_.seed) + (disk_.sqlite() ? ", SQLite" : ", memory") +
      (workers_outlive_ ? ", workers outlive the engine" : ", workers end with the engine"));
  open();
  for (unsigned i = 0; i < plan_.steps && outcome_.broken.empty(); ++i) {
    if (!plan_.only.empty() && !plan_.only.contains(i)) continue;
    outcome_.step = i;
    step(i);
  }
  if (outcome_.broken.empty()) {
    outcome_.step = plan_.steps;
    drain();
  }
  for (const Auditor& auditor : auditors_) outcome_.executions += auditor.books().size();
  outcome_.facts = audited_;
  return outcome_;
}

// A new program on the same disk, tried again while reading fails.
void Simulation::open() {
  for (;;) {
    ++epoch_;
    disk_.reopen();
    store_.reopened(disk_.store());
    hosts_.crash_at_effect = 0;
    engine_ = std::make_unique<Engine>(store_, hosts_, clock_, options_);
    bool loaded = !loads_all_ || bool(engine_->load_all());
    for (const std::string& pipeline : names_) {
      if (!engine_->load(pipeline, {})) loaded = false;
    }
    if (loaded) break;
    say("* the store cannot be read; again");
  }
  failed_at_ = {};
  for (const std::string& pipeline : names_) {
    if (!workers_outlive_) engine_->report_lost(pipeline);
  }
  reader_ = std::make_unique<EventReader>(disk_.store(), Realm{});
  if (const auto cursor = disk_.store().cursor("publisher")) published_ = *cursor;
  guarded([this] { engine_->resume(); });
}

void Simulation::crash(const char* how) {
  say(std::string("* CRASH ") + how);
  ++outcome_.crashes;
  engine_.reset();
  if (workers_outlive_) {
    hosts_.orphan();
  } else {
    hosts_.die();
  }
  store_.faults = {};
  open();
}

template <class Act>
void Simulation::guarded(Act act) {
  try {
    act();
  } catch (const Crash&) {
    crash("in a call to the outside");
  }
}

void Simulation::turn() {
  guarded([this] {
    store_.failed = false;
    const bool goes_on = engine_->step(false);
    if (store_.failed) failed_at_ = clock_.now();
    if (!goes_on) crash("the engine gave up");
  });
  audit();
}

void Simulation::read_fact(const StoredFact& stored) {
  const std::size_t pipeline = index_of(stored.pipeline);
  Auditor& auditor = auditors_[pipeline];
  if (plan_.trace) {
    say("    " + (names_.size() > 1 ? names_[pipeline] + ": " : "") +
        narrate(auditor.folded(), stored.fact));
  }
  if (stored.sequence != audited_ + 1) complain("the sequence has a gap");
  auditor.read(stored);
  audited_ = stored.sequence;
  ++outcome_.kinds[stored.fact.index()];
  if (!std::holds_alternative<PipelineRemoved>(stored.fact)) return;
  const std::string& broken = auditor.check_rest();
  if (!broken.empty()) complain(broken);
  if (!auditor.folded().executions.empty()) complain("a removed pipeline has executions");
  if (!wants(auditor.folded()).empty()) complain("a removed pipeline wants");
  audit_rows(stored.pipeline, auditor);
  removed_[pipeline].push_back(std::exchange(auditor, {}));
  hosts_.forget(names_[pipeline]);
}

void Simulation::audit() {
  auto facts = store_.inner().facts_after(audited_, kPage);
  if (!facts) return complain("the store cannot be read: " + facts.error().text());
  for (const StoredFact& stored : *facts) read_fact(stored);
  for (std::size_t i = 0; i < auditors_.size(); ++i) {
    Auditor& auditor = auditors_[i];
    if (!facts->empty()) {
      const std::string& broken = auditor.check_rest();
      if (!broken.empty()) complain(broken);
      audit_rows(names_[i], auditor);
    }
    const Pipeline* live = engine_->find(names_[i]);
    if (live == nullptr ? auditor.folded().version != 0 : !test::same(*live, auditor.folded())) {
      complain("the live state is not what the committed facts fold to");
    }
  }
  for (const std::size_t start : std::exchange(acknowledged_, {})) {
    if (starts_[start].token.empty() &&
        !has_execution(starts_[start].pipeline, starts_[start].id)) {
      complain("a start was acknowledged before it was stored");
    }
  }
  if (!hosts_.complaint().empty()) complain(hosts_.complaint());
  audit_effects();
}

bool Simulation::has_execution(std::size_t pipeline, Uuid id) const {
  const auto holds = [&](const Auditor& auditor) {
    return std::any_of(auditor.books().begin(), auditor.books().end(),
                       [&](const auto& entry) { return entry.second.id == id; });
  };
  return holds(auditors_[pipeline]) ||
         std::any_of(removed_[pipeline].begin(), removed_[pipeline].end(), holds);
}

void Simulation::audit_rows(const std::string& pipeline, Auditor& auditor) {
  for (const ExecutionNumber number : auditor.take_changed()) {
    const auto row = store_.inner().execution(pipeline, number);
    const Auditor::Book& book = auditor.books().at(number);
    if (!row) {
      complain("execution " + std::to_string(number) + " has facts and no row");
    } else if (row->status != book.status || row->id != book.id || row->version != book.version) {
      complain("the row of execution " + std::to_string(number) + " is not what its facts say");
    }
  }
}

// What runs is what is wanted, unless the store has just failed and the engine waits to try again.
void Simulation::audit_effects() {
  if (failed_at_.ms != 0 || !outcome_.broken.empty()) return;
  std::set<CallKey> wanted;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    for (const Want& want : wants(auditors_[i].folded())) {
      if (want.kind == WantKind::kRun) wanted.insert({names_[i], want.key});
    }
  }
  for (const auto& [call, job] : hosts_.running()) {
    if (!wanted.contains(call)) complain("runs and is not wanted: " + to_text(call));
  }
  const std::set<CallKey> in_hand = hosts_.in_hand();
  for (const CallKey& call : wanted) {
    if (!in_hand.contains(call) && workers_outlive_) {
      complain("is wanted and nobody has it: " + to_text(call));
    }
  }
}

}  // namespace sluice::sim
