#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "events/pattern/matcher_core.hpp"
#include "events/pattern/pattern.hpp"
#include "events/pattern/rule.hpp"

namespace sluice::pattern {
namespace {

// Ids are 32 bits wide; blocks stay well below.
constexpr std::size_t kMaxEntries = std::size_t{1} << 31U;

std::size_t scaled(std::size_t used, double share, double slack, std::size_t needed) {
  constexpr std::size_t kLeast = 64;
  return static_cast<std::size_t>(static_cast<double>(used) * share * slack) + needed + kLeast;
}

SetSizes larger(const SetSizes& used, double share, double slack, const SetSizes& needed) {
  SetSizes sizes;
  sizes.text = scaled(used.text, share, slack, needed.text + 4096);
  sizes.predicates = scaled(used.predicates, share, slack, needed.predicates);
  sizes.tests = scaled(used.tests, share, slack, needed.tests);
  sizes.clause_words = scaled(used.clause_words, share, slack, needed.clause_words);
  sizes.rules = scaled(used.rules, share, slack, needed.rules);
  sizes.postings = scaled(used.postings, share, slack, needed.postings);
  sizes.nodes = scaled(used.nodes, share, slack, needed.nodes);
  return sizes;
}

bool is_addressable(const SetSizes& sizes) {
  const std::array counts = {sizes.predicates, sizes.tests,    sizes.clause_words,
                             sizes.rules,      sizes.postings, sizes.nodes};
  return *std::max_element(counts.begin(), counts.end()) < kMaxEntries;
}

SetSizes sizes_of(std::string_view name, const RuleData& data) {
  SetSizes sizes;
  sizes.text = data.text.size() + name.size();
  for (const auto& path : data.paths) {
    sizes.text += path.size();
    sizes.nodes += 1 + static_cast<std::size_t>(std::count(path.begin(), path.end(), '.'));
  }
  sizes.predicates = data.predicates.size();
  sizes.tests = data.tests.size();
  sizes.clause_words = 0;
  for (const auto& clause : data.clauses) sizes.clause_words += 2 + clause.size();
  sizes.rules = 1;
  // Of each clause one test is hung up; 16 keys at most for a predicate (access_keys.cpp).
  sizes.postings = 16 * data.predicates.size();
  if (data.clauses.size() > 1) sizes.postings += 16 * data.clauses.size();
  return sizes;
}

}  // namespace

MatcherCore::MatcherCore(const Limits& limits_in)
    : limits(limits_in), current(new RuleSet(SetSizes{})) {}

MatcherCore::~MatcherCore() {
  delete current.load();
}

ReaderEpoch* MatcherCore::enter_reader() {
  const std::lock_guard lock(writing);
  return readers.emplace_back(std::make_unique<ReaderEpoch>()).get();
}

void MatcherCore::leave_reader(ReaderEpoch* reader) {
  const std::lock_guard lock(writing);
  std::erase_if(readers, [&](const auto& other) { return other.get() == reader; });
}

bool MatcherCore::rebuild(const SetSizes& needed) {
  RuleSet* const old = current.load();
  const auto total = static_cast<double>(std::max<std::size_t>(old->living() + old->dead(), 1));
  const double share = static_cast<double>(old->living()) / total;
  // Living rules may be larger than the dead ones were: then the copy does not fit at first.
  for (double slack = 2.0;; slack *= 2.0) {
    SetSizes sizes = larger(old->used(), std::min(share + 0.02, 1.0), slack, needed);
    if (sizes.bytes() > limits.max_matcher_bytes || !is_addressable(sizes)) {
      sizes = larger(old->used(), 1.0, 1.1, needed);
      if (sizes.bytes() > limits.max_matcher_bytes || !is_addressable(sizes)) return false;
      slack = 1e9;
    }
    auto fresh = std::make_unique<RuleSet>(sizes);
    if (fresh->add_all(*old)) {
      current.store(fresh.release());
      retired.push_back({std::unique_ptr<RuleSet>(old), epoch.fetch_add(1) + 1});
      free_retired();
      return true;
    }
    if (slack > 1e6) return false;
  }
}

// A reader that announced an epoch before a set was retired may still look at that set.
void MatcherCore::free_retired() {
  std::uint64_t oldest = UINT64_MAX;
  for (const auto& reader : readers) {
    const std::uint64_t reading = reader->reading.load();
    if (reading != 0) oldest = std::min(oldest, reading);
  }
  std::erase_if(retired, [&](const Retired& entry) { return entry.epoch <= oldest; });
}

std::optional<Refusal> MatcherCore::add(std::string_view name, const RuleData& data) {
  const std::lock_guard lock(writing);
  if (!retired.empty()) free_retired();
  SetSizes needed = sizes_of(name, data);
  for (int attempt = 0; attempt < 4; ++attempt) {
    RuleSet& set = *current.load();
    if (const auto born = set.add(name, data)) {
      set.publish(*born, set.find_rule(name));
      return std::nullopt;
    }
    if (!rebuild(needed)) break;
    needed.postings *= 4;
  }
  Refusal refusal;
  refusal.kind = Refusal::Kind::kFull;
  refusal.value = std::string(name);
  refusal.reason = "no room for another rule in the matcher";
  refusal.allowed = std::to_string(limits.max_matcher_bytes) +
                    " bytes for all rules: remove rules or raise the bound";
  return refusal;
}

Matcher::Matcher(const Limits& limits) : core_(std::make_unique<MatcherCore>(limits)) {}
Matcher::~Matcher() = default;

std::optional<Refusal> Matcher::add(std::string_view name, const Rule& rule) {
  return core_->add(name, rule.data());
}

bool Matcher::remove(std::string_view name) {
  const std::lock_guard lock(core_->writing);
  RuleSet& set = *core_->current.load();
  const std::uint32_t dying = set.find_rule(name);
  if (dying == 0) return false;
  set.publish(0, dying);
  constexpr std::size_t kWorthACopy = 1024;
  if (set.dead() > 3 * set.living() + kWorthACopy) static_cast<void>(core_->rebuild({}));
  return true;
}

Matcher::Stats Matcher::stats() const {
  const std::lock_guard lock(core_->writing);
  const RuleSet& set = *core_->current.load();
  return {set.living(), set.bytes()};
}

}  // namespace sluice::pattern
