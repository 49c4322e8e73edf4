#include <algorithm>
#include <array>
#include <bit>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "events/pattern/access_keys.hpp"
#include "events/pattern/array_match.hpp"
#include "events/pattern/event_scan.hpp"
#include "events/pattern/letter_case.hpp"
#include "events/pattern/matcher_core.hpp"
#include "events/pattern/pattern.hpp"

namespace sluice::pattern {

struct ReaderCore {
  explicit ReaderCore(MatcherCore& matcher_in)
      : matcher(matcher_in), epoch(matcher_in.enter_reader()) {}
  ~ReaderCore() { matcher.leave_reader(epoch); }
  ReaderCore(const ReaderCore&) = delete;
  ReaderCore& operator=(const ReaderCore&) = delete;

  std::optional<Refusal> match(std::string_view event_json);

  std::vector<std::string_view> names;

 private:
  // What a test said of this event, remembered for the other clauses that have it.
  enum Verdict : std::uint32_t { kUnknown, kUnmet, kMet, kMetIfAbsent };

  void begin(const RuleSet& current);
  void follow(std::uint32_t path, KeyKind kind, unsigned detail, std::uint64_t payload);
  void consider(std::uint32_t clause_id);
  Verdict verdict_of(std::uint32_t test_id);
  Verdict evaluate(const SetTest& test);
  void try_path(std::uint32_t path, const PathAccess& access);
  void try_string(std::uint32_t path, const PathAccess& access, std::uint32_t kinds, Value& value);
  void try_affixes(std::uint32_t path, KeyKind kind, std::uint64_t lengths, std::string_view text);
  void try_grams(std::uint32_t path, std::uint32_t sizes, std::string_view text);
  void try_address(std::uint32_t path, const PathAccess& access, Value& value);
  void try_number(std::uint32_t path, const PathAccess& access, std::uint32_t kinds, Value& value);
  void try_absent_paths();
  void collect_names();

  MatcherCore& matcher;
  ReaderEpoch* epoch;
  EventScan scan;
  const RuleSet* set = nullptr;
  std::uint32_t visible_at = 0;
  std::uint32_t event = 0;              // numbers events, for `verdicts`
  std::vector<std::uint32_t> verdicts;  // by test: event * 4 + Verdict
  std::vector<std::uint32_t> matched;   // rules
  std::string folded;
  std::string name_bytes;
};

namespace {

constexpr bool has(std::uint32_t kinds, KeyKind kind) {
  return (kinds >> static_cast<unsigned>(kind) & 1U) != 0;
}

}  // namespace

std::optional<Refusal> ReaderCore::match(std::string_view event_json) {
  names.clear();
  if (event_json.size() > matcher.limits.max_event_bytes) {
    Refusal refusal;
    refusal.kind = Refusal::Kind::kTooLarge;
    refusal.offset = matcher.limits.max_event_bytes;
    refusal.reason = "an event of " + std::to_string(event_json.size()) + " bytes";
    refusal.allowed = "at most " + std::to_string(matcher.limits.max_event_bytes) + " bytes";
    return refusal;
  }
  // The announcement first, then the look at what is current (matcher_core.hpp).
  epoch->reading.store(matcher.epoch.load());
  begin(*matcher.current.load());
  auto refusal = scan.read(event_json, *set, matcher.limits.max_depth);
  if (!refusal) {
    for (const std::uint32_t path : scan.paths()) {
      const std::uint32_t access = set->node(path).access.load(std::memory_order_acquire);
      if (access != 0) try_path(path, set->access(access));
    }
    try_absent_paths();
    collect_names();
  }
  epoch->reading.store(0, std::memory_order_release);
  return refusal;
}

void ReaderCore::begin(const RuleSet& current) {
  set = &current;
  visible_at = current.sequence();
  matched.clear();
  constexpr std::uint32_t kLastEvent = UINT32_MAX / 4;
  if (verdicts.size() != current.test_capacity() || ++event >= kLastEvent) {
    verdicts.assign(current.test_capacity(), 0);
    event = 1;
  }
}

void ReaderCore::follow(std::uint32_t path, KeyKind kind, unsigned detail, std::uint64_t payload) {
  std::uint32_t id = set->first_posting(key_hash(path, kind, detail, payload));
  while (id != 0) {
    const Posting& posting = set->posting(id);
    consider(posting.clause);
    id = posting.next;
  }
}

void ReaderCore::consider(std::uint32_t clause_id) {
  const SetClause clause = set->clause(clause_id);
  const auto tests = clause.tests;
  bool needs_absence = false;
  // The first test led here and is all but certain; the others are shared by more clauses, so
  // their verdicts are likely known and near.
  for (std::size_t i = tests.size(); i-- > 0;) {
    const Verdict verdict = verdict_of(tests[i]);
    if (verdict == kUnmet) return;
    needs_absence = needs_absence || verdict == kMetIfAbsent;
  }
  if (!set->is_visible(clause.rule, visible_at)) return;
  if (scan.has_elements()) {
    const auto inside = std::count_if(tests.begin(), tests.end(), [&](std::uint32_t test) {
      return scan.in_elements(set->test(test).path);
    });
    if ((inside > 1 || needs_absence) && !is_consistent(tests, *set, scan)) return;
  }
  matched.push_back(clause.rule);
}

ReaderCore::Verdict ReaderCore::verdict_of(std::uint32_t test_id) {
  std::uint32_t& known = verdicts[test_id];
  if (known / 4 != event) known = event * 4 + evaluate(set->test(test_id));
  return static_cast<Verdict>(known % 4);
}

ReaderCore::Verdict ReaderCore::evaluate(const SetTest& test) {
  const auto predicates = set->predicates_of(test);
  std::uint32_t id = scan.first_value(test.path);
  if (id == 0) return accepts_absence(predicates) ? kMet : kUnmet;
  for (; id != 0; id = scan.value(id).next) {
    if (meets_any(predicates, test.exact_count, scan.value(id), set->store())) return kMet;
  }
  // There are leaves, but perhaps none in the array elements that the other fields choose.
  return scan.in_elements(test.path) && accepts_absence(predicates) ? kMetIfAbsent : kUnmet;
}

void ReaderCore::try_path(std::uint32_t path, const PathAccess& access) {
  const std::uint32_t kinds = access.kinds.load(std::memory_order_relaxed);
  if (has(kinds, KeyKind::kAnyLeaf)) follow(path, KeyKind::kAnyLeaf, 0, 0);
  for (std::uint32_t id = scan.first_value(path); id != 0; id = scan.value(id).next) {
    Value& value = scan.value(id);
    switch (value.type) {
      case ValueType::kString:
        try_string(path, access, kinds, value);
        break;
      case ValueType::kNumber:
        try_number(path, access, kinds, value);
        break;
      case ValueType::kTrue:
        if (has(kinds, KeyKind::kTrue)) follow(path, KeyKind::kTrue, 0, 0);
        break;
      case ValueType::kFalse:
        if (has(kinds, KeyKind::kFalse)) follow(path, KeyKind::kFalse, 0, 0);
        break;
      case ValueType::kNull:
        if (has(kinds, KeyKind::kNull)) follow(path, KeyKind::kNull, 0, 0);
        break;
    }
  }
}

void ReaderCore::try_string(std::uint32_t path, const PathAccess& access, std::uint32_t kinds,
                            Value& value) {
  constexpr auto kOrder = std::memory_order_relaxed;
  if (has(kinds, KeyKind::kExact)) follow(path, KeyKind::kExact, 0, value.hash);
  if (has(kinds, KeyKind::kAnyString)) follow(path, KeyKind::kAnyString, 0, 0);
  try_affixes(path, KeyKind::kPrefix, access.prefixes.load(kOrder), value.text);
  try_affixes(path, KeyKind::kSuffix, access.suffixes.load(kOrder), value.text);
  try_grams(path, access.grams.load(kOrder), value.text);
  const std::uint64_t prefixes = access.prefixes_ignore_case.load(kOrder);
  const std::uint64_t suffixes = access.suffixes_ignore_case.load(kOrder);
  if (has(kinds, KeyKind::kIgnoreCase) || prefixes != 0 || suffixes != 0) {
    folded.clear();
    fold_case(value.text, folded);
    if (has(kinds, KeyKind::kIgnoreCase)) {
      follow(path, KeyKind::kIgnoreCase, 0, hash_text(folded));
    }
    try_affixes(path, KeyKind::kPrefixIgnoreCase, prefixes, folded);
    try_affixes(path, KeyKind::kSuffixIgnoreCase, suffixes, folded);
  }
  if (has(kinds, KeyKind::kAddressV4) || has(kinds, KeyKind::kAddressV6)) {
    try_address(path, access, value);
  }
}

// `lengths` has a bit for each length that some rule has; one pass hashes all of them.
void ReaderCore::try_affixes(std::uint32_t path, KeyKind kind, std::uint64_t lengths,
                             std::string_view text) {
  if (lengths == 0) return;
  const bool from_end = kind == KeyKind::kSuffix || kind == KeyKind::kSuffixIgnoreCase;
  const auto longest = static_cast<std::size_t>(64 - std::countl_zero(lengths));
  const std::size_t length = std::min(text.size(), longest);
  std::uint64_t h = kHashStart;
  for (std::size_t i = 0; i < length; ++i) {
    h = hash_step(h, from_end ? text[text.size() - 1 - i] : text[i]);
    if ((lengths >> i & 1U) != 0) follow(path, kind, static_cast<unsigned>(i + 1), h);
  }
}

void ReaderCore::try_grams(std::uint32_t path, std::uint32_t sizes, std::string_view text) {
  for (std::size_t size = 1; size <= kMaxGram && sizes != 0; ++size) {
    if ((sizes >> size & 1U) == 0 || text.size() < size) continue;
    for (std::size_t i = 0; i + size <= text.size(); ++i) {
      follow(path, KeyKind::kGram, static_cast<unsigned>(size), load_bytes(text.data() + i, size));
    }
  }
}

void ReaderCore::try_address(std::uint32_t path, const PathAccess& access, Value& value) {
  value.read();
  if (!value.is_address) return;
  constexpr auto kOrder = std::memory_order_relaxed;
  const auto try_bits = [&](KeyKind kind, unsigned base, std::uint64_t bits) {
    for (; bits != 0; bits &= bits - 1) {
      const unsigned length = base + static_cast<unsigned>(std::countr_zero(bits));
      const Address network = masked(value.address, length);
      follow(path, kind, length, network.high ^ mix(network.low));
    }
  };
  if (!value.address.is_v6) return try_bits(KeyKind::kAddressV4, 0, access.v4_bits.load(kOrder));
  for (unsigned i = 0; i < 3; ++i) {
    try_bits(KeyKind::kAddressV6, i * 64, access.v6_bits[i].load(kOrder));
  }
}

void ReaderCore::try_number(std::uint32_t path, const PathAccess& access, std::uint32_t kinds,
                            Value& value) {
  if (has(kinds, KeyKind::kNumberText)) {
    follow(path, KeyKind::kNumberText, 0, hash_text(value.text));
  }
  if (!has(kinds, KeyKind::kNumber) && !has(kinds, KeyKind::kRange)) return;
  value.read();
  if (!value.is_finite) return;
  if (has(kinds, KeyKind::kNumber)) {
    follow(path, KeyKind::kNumber, 0, std::bit_cast<std::uint64_t>(value.number));
  }
  const std::uint64_t ordered = ordered_bits(value.number);
  for (std::uint64_t levels = access.range_levels.load(std::memory_order_relaxed); levels != 0;
       levels &= levels - 1) {
    const auto level = static_cast<unsigned>(std::countr_zero(levels));
    follow(path, KeyKind::kRange, level, ordered >> level);
  }
}

void ReaderCore::try_absent_paths() {
  for (std::uint32_t id = set->first_absent(); id != 0; id = set->absent_path(id).next) {
    const std::uint32_t path = set->absent_path(id).clause;
    if (scan.first_value(path) == 0 || scan.in_elements(path)) {
      follow(path, KeyKind::kAbsent, 0, 0);
    }
  }
}

void ReaderCore::collect_names() {
  std::sort(matched.begin(), matched.end());
  matched.erase(std::unique(matched.begin(), matched.end()), matched.end());
  // Copied: the set may be gone when the caller looks at them.
  name_bytes.clear();
  for (const std::uint32_t rule : matched) name_bytes += set->name_of(rule);
  std::size_t at = 0;
  for (const std::uint32_t rule : matched) {
    const std::size_t size = set->name_of(rule).size();
    names.push_back(std::string_view(name_bytes).substr(at, size));
    at += size;
  }
}

Reader::Reader(const Matcher& matcher) : core_(std::make_unique<ReaderCore>(*matcher.core_)) {}
Reader::~Reader() = default;

Outcome<std::span<const std::string_view>> Reader::match(std::string_view event_json) {
  if (auto refusal = core_->match(event_json)) return *std::move(refusal);
  return std::span<const std::string_view>(core_->names);
}

}  // namespace sluice::pattern
