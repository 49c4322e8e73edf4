// All rules of a matcher in one index: one writer appends, any number of readers look things up
// meanwhile without a lock. Nothing that was published changes afterwards, except that rules die;
// when a block is full, the matcher copies what lives into a larger set and swaps it in.
//
// Each clause hangs at the keys of ONE of its tests, the one that the fewest events should meet
// given what the other rules look for. A reader goes from an event's values to keys to candidate
// clauses and evaluates the other tests of those; each distinct test at most once an event.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "events/pattern/access_keys.hpp"
#include "events/pattern/pool.hpp"
#include "events/pattern/predicate.hpp"
#include "events/pattern/rule.hpp"

namespace sluice::pattern {

// Which keys hang at a path, so that a reader tries no others.
struct PathAccess {
  std::atomic<std::uint32_t> kinds{0};     // bit per KeyKind
  std::atomic<std::uint32_t> grams{0};     // bit per gram size
  std::atomic<std::uint64_t> prefixes{0};  // bit length - 1
  std::atomic<std::uint64_t> prefixes_ignore_case{0};
  std::atomic<std::uint64_t> suffixes{0};
  std::atomic<std::uint64_t> suffixes_ignore_case{0};
  std::atomic<std::uint64_t> range_levels{0};
  std::atomic<std::uint64_t> v4_bits{0};
  std::atomic<std::uint64_t> v6_bits[3]{};
};

// One step of a path: the names between the dots form a tree.
struct PathNode {
  std::uint64_t step = 0;  // offset of the name in the text
  std::uint32_t parent = 0;
  std::uint32_t step_size = 0;
  std::atomic<std::uint64_t> children{0};  // a bit for each child's name; 0: a leaf
  std::atomic<std::uint32_t> access{0};    // index of its PathAccess, 0: no clause hangs here
  std::atomic<bool> is_tested{false};
  std::uint32_t clause_count = 0;  // the writer's: clauses with a test here
};

struct SetTest {
  std::uint32_t path = 0;
  std::uint32_t first_predicate = 0;
  std::uint32_t predicate_count = 0;
  std::uint32_t exact_count = 0;
};

// In memory one run of words: the rule, the number of tests, the tests; so that looking at a
// candidate touches one cache line.
struct SetClause {
  std::uint32_t rule = 0;
  std::span<const std::uint32_t> tests;  // the most selective one first
};

struct SetRule {
  std::uint64_t name = 0;  // offset in the text
  std::uint32_t name_size = 0;
  std::uint32_t first_clause = 0;  // its clauses follow each other
  std::uint32_t clause_count = 0;
  std::atomic<std::uint32_t> birth{UINT32_MAX};  // visible from this change on,
  std::atomic<std::uint32_t> death{UINT32_MAX};  // and before this one
};

struct Posting {
  std::uint32_t clause = 0;
  std::uint32_t next = 0;  // 0: the last one
};

struct KeySlot {
  std::uint32_t tag;
  std::atomic<std::uint32_t> head;  // index of the first posting, 0: empty slot
};
struct IdSlot {
  std::atomic<std::uint32_t> id;
};

struct SetSizes {
  std::size_t text = 4096;
  std::size_t predicates = 64;
  std::size_t tests = 64;
  std::size_t clause_words = 256;
  std::size_t rules = 64;
  std::size_t postings = 128;
  std::size_t nodes = 64;

  [[nodiscard]] std::size_t bytes() const;
};

class RuleSet {
 public:
  explicit RuleSet(const SetSizes& capacity);

  // --- the writer's side; one thread at a time ---

  // Adds a rule, invisible until `publish`. Nothing: no room left; make a larger set.
  [[nodiscard]] std::optional<std::uint32_t> add(std::string_view name, const RuleData& data);
  // Copies every living rule of `other`; false: no room.
  [[nodiscard]] bool add_all(const RuleSet& other);
  // Makes `born` visible and `dying` invisible in one step; either may be missing (0).
  void publish(std::uint32_t born, std::uint32_t dying);
  [[nodiscard]] std::uint32_t find_rule(std::string_view name) const;  // 0: none
  [[nodiscard]] std::size_t living() const { return living_; }
  [[nodiscard]] std::size_t dead() const { return rules_.size() - 1 - living_; }
  [[nodiscard]] SetSizes used() const;
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

  // --- the readers' side; any thread ---

  [[nodiscard]] std::uint32_t sequence() const { return sequence_.load(std::memory_order_acquire); }
  // The child of that name, 0: none. Most names of most events are nobody's: the bits of the parent
  // say so without a hash.
  [[nodiscard]] std::uint32_t child(std::uint32_t node, std::string_view step) const {
    const std::uint64_t bits = nodes_[node].children.load(std::memory_order_acquire);
    return (bits & name_bit(step)) == 0 ? 0 : find_child(node, step);
  }
  [[nodiscard]] const PathNode& node(std::uint32_t id) const { return nodes_[id]; }
  [[nodiscard]] const PathAccess& access(std::uint32_t id) const { return accesses_[id]; }
  [[nodiscard]] std::uint32_t first_posting(std::uint64_t hash) const;
  [[nodiscard]] const Posting& posting(std::uint32_t id) const { return postings_[id]; }
  [[nodiscard]] SetClause clause(std::uint32_t id) const {
    const std::uint32_t* const words = clause_words_.data() + id;
    return {words[0], {words + 2, words[1]}};
  }
  [[nodiscard]] const SetTest& test(std::uint32_t id) const { return tests_[id]; }
  [[nodiscard]] std::span<const Predicate> predicates_of(const SetTest& test) const {
    return {predicates_.data() + test.first_predicate, test.predicate_count};
  }
  [[nodiscard]] PredicateStore store() const { return {predicates_.data(), text_.data()}; }
  [[nodiscard]] bool is_visible(std::uint32_t rule, std::uint32_t at) const {
    return rules_[rule].birth.load(std::memory_order_relaxed) <= at &&
           rules_[rule].death.load(std::memory_order_relaxed) > at;
  }
  [[nodiscard]] std::string_view name_of(std::uint32_t rule) const {
    return {text_.data() + rules_[rule].name, rules_[rule].name_size};
  }
  // Paths at which kAbsent keys hang, newest first; 0 ends the list.
  [[nodiscard]] std::uint32_t first_absent() const {
    return absent_head_.load(std::memory_order_acquire);
  }
  [[nodiscard]] const Posting& absent_path(std::uint32_t id) const { return absent_[id]; }
  [[nodiscard]] std::size_t node_capacity() const { return nodes_.capacity(); }
  [[nodiscard]] std::size_t test_capacity() const { return tests_.capacity(); }

 private:
  [[nodiscard]] static std::uint64_t name_bit(std::string_view name) {
    if (name.empty()) return 1;
    const auto first = static_cast<unsigned char>(name.front());
    const auto last = static_cast<unsigned char>(name.back());
    return std::uint64_t{1} << ((first * 5U + last * 3U + name.size() * 7U) & 63U);
  }
  [[nodiscard]] std::uint32_t find_child(std::uint32_t node, std::string_view step) const;

  // What a rule comes from: a compiled pattern, or another set.
  struct Origin {
    std::span<const Predicate> predicates;
    PredicateStore store;
  };
  [[nodiscard]] bool has_room_for(std::string_view name, const RuleData& data) const;
  std::uint32_t intern_path(std::string_view path);
  std::uint32_t intern_step(std::uint32_t parent, std::string_view step);
  std::uint32_t intern_test(std::uint32_t path, std::uint32_t exact_count, const Origin& origin);
  void copy_predicates(const Origin& origin);
  [[nodiscard]] bool copy_test(const RuleSet& other, std::uint32_t id,
                               std::vector<std::uint32_t>& paths, std::uint32_t& copy);
  [[nodiscard]] bool same_test(const SetTest& test, std::uint32_t path, const Origin& origin) const;
  [[nodiscard]] std::uint32_t begin_rule(std::string_view name);
  void append_clause(std::uint32_t rule, std::span<const std::uint32_t> tests);
  void count_clause(const SetClause& clause);
  [[nodiscard]] bool post_clause(std::uint32_t id);
  float cost_of(std::uint32_t test);
  void chosen_keys(std::uint32_t test, std::vector<AccessKey>& out);
  float cost_of_option(std::uint32_t path, std::span<const AccessKey> keys) const;
  [[nodiscard]] static std::uint32_t clause_after(std::uint32_t id, const SetClause& clause) {
    return id + 2 + static_cast<std::uint32_t>(clause.tests.size());
  }
  [[nodiscard]] bool post(std::uint32_t path, AccessKey key, std::uint32_t clause);
  void note_access(std::uint32_t path, const AccessKey& key);
  [[nodiscard]] std::uint32_t& count_at(std::uint64_t hash) {
    return counts_.get()[hash >> 20U & count_mask_];
  }
  [[nodiscard]] std::uint32_t count_at(std::uint64_t hash) const {
    return counts_.get()[hash >> 20U & count_mask_];
  }

  Pool<char> text_;
  Pool<Predicate> predicates_;
  Pool<SetTest> tests_;
  Pool<std::uint32_t> clause_words_;
  Pool<SetRule> rules_;
  Pool<Posting> postings_;
  Pool<PathNode> nodes_;
  Pool<PathAccess> accesses_;
  Pool<Posting> absent_;  // clause: a path
  SlotTable<KeySlot> keys_;
  SlotTable<IdSlot> node_ids_;
  SlotTable<IdSlot> test_ids_;  // the writer's
  SlotTable<IdSlot> name_ids_;  // the writer's
  struct Free {
    void operator()(std::uint32_t* p) const { std::free(p); }
  };
  std::unique_ptr<std::uint32_t, Free> counts_;  // the writer's: clauses that have a key
  std::size_t count_mask_ = 0;
  std::size_t living_ = 0;
  std::size_t bytes_ = 0;
  std::atomic<std::uint32_t> absent_head_{0};
  std::atomic<std::uint32_t> sequence_{0};

  KeyOptions options_;
  std::vector<AccessKey> chosen_;
  std::vector<std::uint32_t> rule_tests_;
  std::vector<std::uint32_t> clause_tests_;
  std::vector<std::pair<float, std::uint32_t>> order_;
};

}  // namespace sluice::pattern
