// The end of a simulation: nothing fails any more, everybody answers, and so everything must end.
#include <algorithm>

#include "engine/core/approval.hpp"
#include "tests/core/world.hpp"
#include "tests/sim/inputs.hpp"
#include "tests/sim/simulation.hpp"

namespace sluice::sim {
namespace {

constexpr int kMostRounds = 4000;
constexpr std::uint32_t kEverything = 1'000'000'000;

}  // namespace

void Simulation::drain() {
  say("* from here on everything goes well");
  store_.faults = {};
  disk_.fail_call(0);
  hosts_.crash_at_effect = 0;
  options_.inbox_limit = 65536;
  options_.batch_limit = 4096;
  crash("once more");
  for (int round = 0; round < kMostRounds && outcome_.broken.empty(); ++round) {
    if (!drain_round()) break;
  }
  if (outcome_.broken.empty()) check_end();
}

// Whether anything is left to do.
bool Simulation::drain_round() {
  bool busy = false;
  for (SimHosts::Report& report : hosts_.outbox()) {
    busy = true;
    if (!report.sent) send(report);
  }
  while (!hosts_.running().empty()) {
    const auto& [call, job] = *hosts_.running().begin();
    const CallKey key = call;
    hosts_.finish(key, good_outcome(job, auditors_[index_of(key.first)].folded()));
    busy = true;
  }
  busy |= open_transitions();
  if (!busy) busy = answer_approvals();
  if (!busy) busy = pass_time();
  clock_.advance(1000);  // what could not be committed is tried again
  turn();
  return busy;
}

bool Simulation::open_transitions() {
  bool any = false;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    for (const Transition& closed : auditors_[i].folded().disabled_transitions) {
      submit(i, ChangeTransition{closed.stage, closed.inbound, true, "", "ann"});
      any = true;
    }
  }
  return any;
}

bool Simulation::answer_approvals() {
  bool any = false;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const Pipeline& state = auditors_[i].folded();
    for (const auto& [number, e] : state.executions) {
      const StageDeclaration& stage = state.versions.at(e.version)->stages.at(e.stage);
      for (std::size_t a = 0; a < e.actions.size(); ++a) {
        if (e.actions[a].status != ActionStatus::kWaiting) continue;
        if (stage.actions[a].type.category != Category::kApproval) continue;
        for (const char* person : {"ann", "bob", "eve"}) {
          submit(i, AnswerApproval{stage.name, stage.actions[a].name, approval_token(e.actions[a]),
                                   true, "", person});
        }
        any = true;
      }
    }
  }
  return any;
}

// To the next deadline that is wanted. False if none is.
bool Simulation::pass_time() {
  Instant next;
  for (const Auditor& auditor : auditors_) {
    for (const Want& want : wants(auditor.folded())) {
      if (want.kind == WantKind::kDeadline && (next.ms == 0 || want.at < next)) next = want.at;
    }
  }
  if (next.ms == 0) return false;
  clock_.advance(std::max<std::int64_t>(0, next.ms - clock_.now().ms));
  return true;
}

void Simulation::check_end() {
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const Auditor& auditor = auditors_[i];
    for (const auto& [number, e] : auditor.folded().executions) {
      complain("execution " + std::to_string(number) + " of " + names_[i] +
               " never ends: nothing more is wanted");
    }
    // All facts from the first, and snapshot plus facts, both give the live state.
    Pipeline again;
    const auto facts = store_.inner().pipeline_facts(names_[i], 0, kEverything);
    if (!facts) return complain(facts.error().text());
    for (const StoredFact& stored : *facts) apply(again, stored.fact, stored.at);
    if (!test::same(again, auditor.folded())) complain("the stored facts fold to another state");
    for (const auto& [number, book] : auditor.books()) {
      if (!book.ended && auditor.folded().executions.empty()) {
        complain("execution " + std::to_string(number) + " vanished without an end");
      }
    }
    auditors_[i].look_at_all();
    audit_rows(names_[i], auditors_[i]);
  }
  if (!hosts_.running().empty()) complain("a call still runs at the end");
  crash("at the end");
  audit();
  check_starts();
  if (publishes_) check_events();
}

void Simulation::check_starts() {
  for (const Start& start : starts_) {
    const bool there = has_execution(start.pipeline, start.id);
    if (start.refused && there) complain("a start was refused and happened");
    if (!start.acknowledged) continue;
    if (start.token.empty() && !there) complain("an acknowledged start is not there");
    if (start.incarnation != removed_[start.pipeline].size()) continue;
    if (!auditors_[start.pipeline].books().contains(start.number)) {
      complain("a start was acknowledged as an execution that there is not");
    }
  }
}

void Simulation::check_events() {
  while (published_ < audited_) {
    const Sequence before = published_;
    publish();
    if (published_ == before) return complain("events cannot be read");
  }
  EventReader fresh(disk_.store(), Realm{});
  Sequence upto = 0;
  std::size_t place = 0;
  while (upto < audited_) {
    const auto events = fresh.read(upto, 1000, upto);
    if (!events) return complain("events cannot be read again");
    for (const Event& event : *events) {
      if (place >= events_.size() || events_[place].first != event.sequence) {
        return complain("an event was never published");
      }
      if (events_[place].second != to_json(event)) {
        return complain("an event reads differently afterwards");
      }
      ++place;
    }
  }
  if (place != events_.size()) complain("an event was published that is not in the store");
}

}  // namespace sluice::sim
