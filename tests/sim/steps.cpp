// What a single step of a simulation may do.
#include <algorithm>

#include "tests/sim/inputs.hpp"
#include "tests/sim/simulation.hpp"

namespace sluice::sim {

void Simulation::step(unsigned number) {
  Dice dice(plan_.seed, number);
  ++outcome_.steps;
  act(dice);
  if (!outcome_.broken.empty() || dice.chance(25)) return;
  turn();
}

void Simulation::act(Dice& dice) {
  const std::uint32_t kind = dice.roll(100);
  if (kind < 25) {
    request(dice);
  } else if (kind < 55) {
    work(dice);
  } else if (kind < 85) {
    deliver(dice);
  } else if (kind < 92) {
    // Clocks jump, and back.
    const std::int64_t ms = dice.chance(70)   ? 1 + dice.roll(20'000)
                            : dice.chance(20) ? -static_cast<std::int64_t>(dice.roll(7'200'000))
                                              : dice.roll(4'000'000);
    say("> time " + std::to_string(ms) + " ms");
    clock_.advance(ms);
  } else if (kind < 96) {
    fault(dice);
  } else if (publishes_) {
    publish();
  }
}

void Simulation::request(Dice& dice) {
  const std::size_t pipeline = dice.roll(names_.size());
  if (dice.chance(10)) {
    engine_->report(names_[pipeline], random_nudge(dice, auditors_[pipeline].folded()));
    return;
  }
  submit(pipeline, random_request(dice, auditors_[pipeline], Uuid{0xe, ++last_id_}));
}

void Simulation::submit(std::size_t pipeline, Input input) {
  if (auto* adopt = std::get_if<AdoptDefinition>(&input))
    adopt->declaration.name = names_[pipeline];
  const auto* start = std::get_if<StartExecution>(&input);
  ReplyFunction reply;
  const std::size_t index = starts_.size();
  if (start != nullptr) {
    starts_.push_back(
        {pipeline, start->id, start->client_token, false, false, 0, removed_[pipeline].size()});
    reply = [this, index](const Reply& answer) { take_reply(index, answer); };
  }
  say("> " + describe(input));
  const bool creates =
      std::holds_alternative<AdoptDefinition>(input) && auditors_[pipeline].folded().version == 0;
  const bool taken = creates ? engine_->create(names_[pipeline], {std::move(input)}, reply)
                             : engine_->submit(names_[pipeline], std::move(input), reply);
  if (!taken) {
    say("    ! the inbox is full");
    if (index < starts_.size()) starts_[index].refused = true;
  }
}

// An answer means: it is on the disk, whatever happens next.
void Simulation::take_reply(std::size_t index, const Reply& reply) {
  Start& start = starts_[index];
  if (std::holds_alternative<Rejected>(reply)) {
    say("    ! " + std::get<Rejected>(reply).code);
    start.refused = true;
    return;
  }
  start.acknowledged = true;
  start.number = std::get<Accepted>(reply).execution;
  acknowledged_.push_back(index);
}

void Simulation::work(Dice& dice) {
  const auto& running = hosts_.running();
  if (running.empty()) return;
  auto at = running.begin();
  std::advance(at, dice.roll(running.size()));
  const CallKey call = at->first;
  const Pipeline& state = auditors_[index_of(call.first)].folded();
  if (dice.chance(4)) {
    say("> the worker of " + to_text(call) + " is lost");
    return hosts_.lose(call);
  }
  if (dice.chance(8)) return hosts_.tell(call.first, ReportProgress{call.second, 50, {}});
  Input outcome = random_outcome(dice, at->second, state, calm_);
  say("> " + describe(outcome) + " (not sent yet)");
  hosts_.finish(call, std::move(outcome));
}

// One of the reports on their way arrives, not always in order, and sometimes twice; or one that
// crossed a cancel.
void Simulation::deliver(Dice& dice) {
  if (!hosts_.late().empty() && dice.chance(10)) {
    const SimHosts::Report& late = hosts_.late()[dice.roll(hosts_.late().size())];
    say("> late " + describe(late.input));
    engine_->report(late.pipeline, late.input);
    return;
  }
  auto& outbox = hosts_.outbox();
  if (outbox.empty()) return;
  SimHosts::Report& report = outbox[dice.roll(outbox.size())];
  if (report.sent && !dice.chance(20)) return;
  if (dice.chance(10)) {
    say("> lost on the way: " + describe(report.input));
    report.sent = true;
    return;
  }
  send(report);
  if (dice.chance(10)) send(report);
}

void Simulation::send(SimHosts::Report& report) {
  report.sent = true;
  say("> " + describe(report.input));
  engine_->report(report.pipeline, report.input,
                  [this, number = report.number, epoch = epoch_](const Reply&) {
                    if (epoch == epoch_) hosts_.settled(number);
                  });
}

void Simulation::fault(Dice& dice) {
  const unsigned nth = 1 + dice.roll(3);
  const std::uint32_t kind = dice.roll(12);
  say("* fault " + std::to_string(kind) + " at call " + std::to_string(nth));
  switch (kind) {
    case 0:
      return crash("between two inputs");
    case 1:
      store_.faults.crash_before_commit = nth;
      return;
    case 2:
      store_.faults.crash_after_commit = nth;
      return;
    case 3:
    case 4:
      hosts_.crash_at_effect = nth;
      hosts_.crash_after_effect = kind == 3;
      return;
    case 5:
      store_.faults.fail_commit = nth;
      return disk_.fail_call(static_cast<int>(nth * 3));
    case 6:
      store_.faults.fail_read = nth;
      return;
    case 7:
      store_.faults.full = true;
      return;
    case 8:
      // The workers' connection comes back: they say again what was not settled.
      return hosts_.disconnect();
    default:
      store_.faults.full = false;
      return;
  }
}

// As the bus does it: reads after its cursor, and writes the cursor down now and then.
void Simulation::publish() {
  Sequence upto = published_;
  auto events = reader_->read(published_, 64, upto);
  if (!events) return;
  for (const Event& event : *events) {
    if (event.sequence > published_most_) {
      events_.emplace_back(event.sequence, to_json(event));
      published_most_ = event.sequence;
    } else {
      const auto before = std::lower_bound(events_.begin(), events_.end(),
                                           std::pair(event.sequence, std::string()));
      if (before == events_.end() || before->second != to_json(event)) {
        complain("an event was published again and says something else");
      }
    }
  }
  published_ = upto;
  if (upto % 3 == 0) static_cast<void>(store_.set_cursor("publisher", upto));
}

}  // namespace sluice::sim
