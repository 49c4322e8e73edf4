#include "engine/runtime/event_reader.hpp"

namespace sluice {
namespace {
constexpr std::size_t kMostKnown = 20'000;

// The stage that a fact is about; none if it is about none.
std::optional<Index> stage_of(const Fact& fact) {
  return std::visit(
      [](const auto& f) -> std::optional<Index> {
        if constexpr (requires { f.stage + 1; })
          return f.stage;
        else
          return std::nullopt;
      },
      fact);
}
}  // namespace

void EventReader::Known::note(const StoredFact& fact) {
  const auto* resumed = std::get_if<StageResumed>(&fact.fact);
  if (resumed == nullptr) return;
  ++attempt;
  retried[resumed->stage] = fact.at;
}

Result<EventReader::Known*> EventReader::know(const StoredFact& stored, ExecutionNumber number) {
  const auto key = std::make_pair(stored.pipeline, number);
  auto at = known_.find(key);
  if (at != known_.end() && at->second.seen <= stored.sequence) return &at->second;

  auto row = store_.execution(stored.pipeline, number);
  if (!row) return row.error();
  auto declaration = store_.declaration(stored.pipeline, row->version);
  if (!declaration) return declaration.error();
  // The attempt counts the retries before this fact.
  auto facts = store_.execution_facts(stored.pipeline, number);
  if (!facts) return facts.error();
  if (known_.size() > kMostKnown) known_.clear();
  Known& known = known_[key];
  known = {std::move(*row), std::move(*declaration), 1, {}, stored.sequence};
  for (const StoredFact& earlier : *facts)
    if (earlier.sequence < stored.sequence) known.note(earlier);
  return &known;
}

Result<std::vector<Event>> EventReader::tell(std::span<const StoredFact> facts) {
  std::vector<Event> events;
  for (const StoredFact& stored : facts) {
    const ExecutionNumber number = execution_of(stored.fact);
    if (number == 0) {
      // Whoever takes the name next begins with execution 1 again.
      if (std::holds_alternative<PipelineRemoved>(stored.fact))
        std::erase_if(known_, [name = plain_name(stored.pipeline)](const auto& entry) {
          return entry.first.first == name;
        });
      if (auto event = event_of_pipeline(stored, realm_)) events.push_back(std::move(*event));
      continue;
    }
    auto known = know(stored, number);
    if (!known && known.error().kind == ErrorKind::kNotFound) continue;
    if (!known) return known.error();
    (*known)->note(stored);
    (*known)->seen = stored.sequence;
    // The pipeline's RESUMED comes before the stage's and is of the new attempt already.
    const bool resumes = std::holds_alternative<ExecutionResumed>(stored.fact);
    const auto attempt = static_cast<std::uint16_t>((*known)->attempt + (resumes ? 1 : 0));
    const auto stage = stage_of(stored.fact);
    const auto retried = stage ? (*known)->retried.find(*stage) : (*known)->retried.end();
    const Instant at = retried == (*known)->retried.end() ? Instant{} : retried->second;
    if (auto event = event_of(stored, (*known)->row, *(*known)->declaration, attempt, at, realm_))
      events.push_back(std::move(*event));
  }
  return events;
}

Result<std::vector<Event>> EventReader::read(Sequence after, std::uint32_t limit, Sequence& upto) {
  auto facts = store_.facts_after(after, limit);
  if (!facts) return facts.error();
  auto events = tell(*facts);
  if (events) upto = facts->empty() ? after : facts->back().sequence;
  return events;
}

Sequence EventReader::before(std::int64_t unix_ms) const {
  const auto last = store_.last_sequence();
  Sequence low = 0;  // known to be before
  Sequence high = last ? *last + 1 : 1;
  while (high - low > 1) {
    const Sequence middle = low + (high - low) / 2;
    const auto fact = store_.facts_after(middle - 1, 1);
    const bool earlier = fact && !fact->empty() && fact->front().at.ms < unix_ms;
    (earlier ? low : high) = middle;
  }
  return low;
}

}  // namespace sluice
