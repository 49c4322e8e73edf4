#include "events/pattern/rule_set.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <new>
#include <utility>

#include "events/pattern/text_hash.hpp"

namespace sluice::pattern {
namespace {

// Counters of keys: sharing one makes a count too high, which only misleads the choice of a key.
std::size_t counters_for(std::size_t tests) {
  return std::bit_ceil(std::max<std::size_t>(tests * 2, 64));
}

std::uint64_t step_hash(std::uint32_t parent, std::string_view step) {
  return hash_text(step, mix(parent + 1));
}

std::uint64_t predicate_hash(const Predicate& p, const PredicateStore& store) {
  std::uint64_t h = mix(static_cast<std::uint64_t>(p.kind) << 40U |
                        static_cast<std::uint64_t>(p.flags) << 32U | p.size);
  if (has_text(p.kind)) return mix(h ^ p.b);
  if (p.kind != PredicateKind::kAnythingBut) return mix(h ^ mix(p.a) ^ p.b);
  for (std::uint32_t i = 0; i < p.size; ++i) {
    h = mix(h * 31 + predicate_hash(store.predicates[p.a + i], store));
  }
  return h;
}

bool same_predicate(const Predicate& x, const PredicateStore& xs, const Predicate& y,
                    const PredicateStore& ys) {
  if (x.kind != y.kind || x.flags != y.flags || x.size != y.size) return false;
  if (has_text(x.kind)) return x.b == y.b && xs.text_of(x) == ys.text_of(y);
  if (x.kind != PredicateKind::kAnythingBut) return x.a == y.a && x.b == y.b;
  for (std::uint32_t i = 0; i < x.size; ++i) {
    if (!same_predicate(xs.predicates[x.a + i], xs, ys.predicates[y.a + i], ys)) return false;
  }
  return true;
}

}  // namespace

std::size_t SetSizes::bytes() const {
  const std::size_t nodes_and_root = nodes + 1;
  return text + predicates * sizeof(Predicate) + tests * sizeof(SetTest) +
         clause_words * sizeof(std::uint32_t) + (rules + 1) * sizeof(SetRule) +
         (postings + 1) * sizeof(Posting) +
         nodes_and_root * (sizeof(PathNode) + sizeof(PathAccess) + sizeof(Posting)) +
         SlotTable<KeySlot>::bytes_for(postings) + SlotTable<IdSlot>::bytes_for(nodes) +
         SlotTable<IdSlot>::bytes_for(tests) + SlotTable<IdSlot>::bytes_for(rules) +
         counters_for(tests) * sizeof(std::uint32_t);
}

RuleSet::RuleSet(const SetSizes& capacity)
    : text_(capacity.text),
      predicates_(capacity.predicates),
      tests_(capacity.tests),
      clause_words_(capacity.clause_words),
      rules_(capacity.rules + 1),
      postings_(capacity.postings + 1),
      nodes_(capacity.nodes + 1),
      accesses_(capacity.nodes + 1),
      absent_(capacity.nodes + 1),
      keys_(capacity.postings),
      node_ids_(capacity.nodes),
      test_ids_(capacity.tests),
      name_ids_(capacity.rules),
      count_mask_(counters_for(capacity.tests) - 1),
      bytes_(capacity.bytes()) {
  counts_.reset(static_cast<std::uint32_t*>(std::calloc(count_mask_ + 1, sizeof(std::uint32_t))));
  if (!counts_) throw std::bad_alloc();
  rules_.append();  // id 0 means none everywhere; node 0 is the root
  postings_.append();
  nodes_.append();
  accesses_.append();
  absent_.append();
}

SetSizes RuleSet::used() const {
  SetSizes sizes;
  sizes.text = text_.size();
  sizes.predicates = predicates_.size();
  sizes.tests = tests_.size();
  sizes.clause_words = clause_words_.size();
  sizes.rules = rules_.size();
  sizes.postings = postings_.size();
  sizes.nodes = nodes_.size();
  return sizes;
}

bool RuleSet::has_room_for(std::string_view name, const RuleData& data) const {
  std::size_t words = 0;
  for (const auto& clause : data.clauses) words += 2 + clause.size();
  std::size_t path_bytes = 0;
  std::size_t steps = 0;
  for (const auto& path : data.paths) {
    path_bytes += path.size();
    steps += 1 + static_cast<std::size_t>(std::count(path.begin(), path.end(), '.'));
  }
  return text_.has_room(data.text.size() + path_bytes + name.size()) &&
         predicates_.has_room(data.predicates.size()) && tests_.has_room(data.tests.size()) &&
         clause_words_.has_room(words) && rules_.has_room(1) && nodes_.has_room(steps);
}

std::optional<std::uint32_t> RuleSet::add(std::string_view name, const RuleData& data) {
  if (!has_room_for(name, data)) return std::nullopt;
  rule_tests_.clear();
  std::vector<std::uint32_t> paths;
  paths.reserve(data.paths.size());
  for (const auto& path : data.paths) paths.push_back(intern_path(path));
  for (const RuleTest& test : data.tests) {
    rule_tests_.push_back(
        intern_test(paths[test.path], test.exact_count, {data.predicates_of(test), data.store()}));
  }
  const std::uint32_t rule = begin_rule(name);
  for (const auto& clause : data.clauses) {
    clause_tests_.clear();
    for (const std::uint32_t test : clause) clause_tests_.push_back(rule_tests_[test]);
    append_clause(rule, clause_tests_);
  }
  const std::uint32_t first = rules_[rule].first_clause;
  const auto end = static_cast<std::uint32_t>(clause_words_.size());
  for (std::uint32_t id = first; id < end; id = clause_after(id, clause(id))) {
    count_clause(clause(id));
  }
  for (std::uint32_t id = first; id < end; id = clause_after(id, clause(id))) {
    if (!post_clause(id)) return std::nullopt;
  }
  return rule;
}

bool RuleSet::add_all(const RuleSet& other) {
  // Paths and tests are renumbered when they are first met.
  std::vector<std::uint32_t> paths(other.nodes_.size(), 0);
  std::vector<std::uint32_t> tests(other.tests_.size(), UINT32_MAX);
  const std::uint32_t now = other.sequence();
  for (std::uint32_t old = 1; old < other.rules_.size(); ++old) {
    if (!other.is_visible(old, now)) continue;
    const std::string_view name = other.name_of(old);
    if (!rules_.has_room(1) || !text_.has_room(name.size())) return false;
    const std::uint32_t rule = begin_rule(name);
    std::uint32_t at = other.rules_[old].first_clause;
    for (std::uint32_t i = 0; i < other.rules_[old].clause_count; ++i) {
      const SetClause copied = other.clause(at);
      at = clause_after(at, copied);
      clause_tests_.clear();
      for (const std::uint32_t id : copied.tests) {
        if (tests[id] == UINT32_MAX && !copy_test(other, id, paths, tests[id])) return false;
        clause_tests_.push_back(tests[id]);
      }
      if (!clause_words_.has_room(2 + clause_tests_.size())) return false;
      append_clause(rule, clause_tests_);
    }
    rules_[rule].birth.store(0, std::memory_order_relaxed);
    ++living_;
  }
  // All is counted before anything is hung up, so that the choice knows every rule.
  const auto end = static_cast<std::uint32_t>(clause_words_.size());
  for (std::uint32_t id = 0; id < end; id = clause_after(id, clause(id))) count_clause(clause(id));
  for (std::uint32_t id = 0; id < end; id = clause_after(id, clause(id))) {
    if (!post_clause(id)) return false;
  }
  return true;
}

// Copies test `id` of another set, and its path; `copy` becomes its number here. False: no room.
bool RuleSet::copy_test(const RuleSet& other, std::uint32_t id, std::vector<std::uint32_t>& paths,
                        std::uint32_t& copy) {
  const SetTest& test = other.tests_[id];
  const Origin origin = {other.predicates_of(test), other.store()};
  std::size_t text = 0;
  std::size_t predicates = 0;
  const auto measure = [&](const Predicate& p) {
    ++predicates;
    if (has_text(p.kind)) text += p.size;
  };
  for (const Predicate& p : origin.predicates) {
    measure(p);
    if (p.kind != PredicateKind::kAnythingBut) continue;
    for (std::uint32_t i = 0; i < p.size; ++i) measure(origin.store.predicates[p.a + i]);
  }
  std::vector<std::uint32_t> missing;  // the steps of its path that are not here yet
  for (std::uint32_t node = test.path; node != 0 && paths[node] == 0;
       node = other.nodes_[node].parent) {
    missing.push_back(node);
    text += other.nodes_[node].step_size;
  }
  if (!text_.has_room(text) || !predicates_.has_room(predicates) || !tests_.has_room(1) ||
      !nodes_.has_room(missing.size())) {
    return false;
  }
  for (auto node = missing.rbegin(); node != missing.rend(); ++node) {
    const PathNode& source = other.nodes_[*node];
    paths[*node] =
        intern_step(paths[source.parent], {other.text_.data() + source.step, source.step_size});
  }
  copy = intern_test(paths[test.path], test.exact_count, origin);
  return true;
}

void RuleSet::publish(std::uint32_t born, std::uint32_t dying) {
  const std::uint32_t at = sequence_.load(std::memory_order_relaxed) + 1;
  if (born != 0) {
    rules_[born].birth.store(at, std::memory_order_relaxed);
    ++living_;
  }
  if (dying != 0) {
    rules_[dying].death.store(at, std::memory_order_relaxed);
    --living_;
  }
  sequence_.store(at, std::memory_order_release);
}

std::uint32_t RuleSet::find_rule(std::string_view name) const {
  const std::uint32_t now = sequence_.load(std::memory_order_relaxed);
  for (std::size_t at = name_ids_.first(hash_text(name));; at = name_ids_.next(at)) {
    const std::uint32_t id = name_ids_[at].id.load(std::memory_order_relaxed);
    if (id == 0) return 0;
    if (is_visible(id, now) && name_of(id) == name) return id;
  }
}

std::uint32_t RuleSet::find_child(std::uint32_t node, std::string_view step) const {
  const std::uint64_t hash = step_hash(node, step);
  for (std::size_t at = node_ids_.first(hash);; at = node_ids_.next(at)) {
    const std::uint32_t id = node_ids_[at].id.load(std::memory_order_acquire);
    if (id == 0) return 0;
    const PathNode& found = nodes_[id];
    if (found.parent == node &&
        std::string_view(text_.data() + found.step, found.step_size) == step) {
      return id;
    }
  }
}

std::uint32_t RuleSet::first_posting(std::uint64_t hash) const {
  const auto tag = static_cast<std::uint32_t>(hash >> 32U);
  for (std::size_t at = keys_.first(hash);; at = keys_.next(at)) {
    const std::uint32_t head = keys_[at].head.load(std::memory_order_acquire);
    if (head == 0 || keys_[at].tag == tag) return head;
  }
}

std::uint32_t RuleSet::intern_path(std::string_view path) {
  std::uint32_t node = 0;
  for (;;) {
    const std::size_t dot = path.find('.');
    node = intern_step(node, path.substr(0, dot));
    if (dot == std::string_view::npos) return node;
    path.remove_prefix(dot + 1);
  }
}

std::uint32_t RuleSet::intern_step(std::uint32_t parent, std::string_view step) {
  if (const std::uint32_t known = child(parent, step); known != 0) return known;
  const auto id = static_cast<std::uint32_t>(nodes_.size());
  PathNode& node = nodes_.append();
  node.step = text_.size();
  node.parent = parent;
  node.step_size = static_cast<std::uint32_t>(step.size());
  text_.append_all(step);
  const std::uint64_t hash = step_hash(parent, step);
  std::size_t at = node_ids_.first(hash);
  while (node_ids_[at].id.load(std::memory_order_relaxed) != 0) at = node_ids_.next(at);
  node_ids_[at].id.store(id, std::memory_order_release);
  nodes_[parent].children.fetch_or(name_bit(step), std::memory_order_release);
  return id;
}

bool RuleSet::same_test(const SetTest& test, std::uint32_t path, const Origin& origin) const {
  if (test.path != path || test.predicate_count != origin.predicates.size()) return false;
  for (std::size_t i = 0; i < origin.predicates.size(); ++i) {
    if (!same_predicate(predicates_[test.first_predicate + i], store(), origin.predicates[i],
                        origin.store)) {
      return false;
    }
  }
  return true;
}

std::uint32_t RuleSet::intern_test(std::uint32_t path, std::uint32_t exact_count,
                                   const Origin& origin) {
  std::uint64_t hash = mix(path);
  for (const Predicate& p : origin.predicates) {
    hash = mix(hash * 31 + predicate_hash(p, origin.store));
  }
  std::size_t at = test_ids_.first(hash);
  for (;; at = test_ids_.next(at)) {
    const std::uint32_t id = test_ids_[at].id.load(std::memory_order_relaxed);
    if (id == 0) break;
    if (same_test(tests_[id - 1], path, origin)) return id - 1;
  }
  const auto id = static_cast<std::uint32_t>(tests_.size());
  const auto first = static_cast<std::uint32_t>(predicates_.size());
  copy_predicates(origin);
  tests_.append(path, first, static_cast<std::uint32_t>(origin.predicates.size()), exact_count);
  test_ids_[at].id.store(id + 1, std::memory_order_relaxed);
  nodes_[path].is_tested.store(true, std::memory_order_relaxed);
  return id;
}

void RuleSet::copy_predicates(const Origin& origin) {
  const std::size_t first = predicates_.size();
  const auto copy_one = [&](Predicate p) {
    if (has_text(p.kind)) {
      const std::string_view text = origin.store.text_of(p);
      p.a = text_.size();
      text_.append_all(text);
    }
    predicates_.append(p);
  };
  for (const Predicate& p : origin.predicates) copy_one(p);
  for (std::size_t i = 0; i < origin.predicates.size(); ++i) {
    if (origin.predicates[i].kind != PredicateKind::kAnythingBut) continue;
    const std::size_t inner = predicates_.size();
    for (std::uint32_t j = 0; j < origin.predicates[i].size; ++j) {
      copy_one(origin.store.predicates[origin.predicates[i].a + j]);
    }
    predicates_[first + i].a = inner;
  }
}

std::uint32_t RuleSet::begin_rule(std::string_view name) {
  const auto id = static_cast<std::uint32_t>(rules_.size());
  SetRule& rule = rules_.append();
  rule.name = text_.size();
  rule.name_size = static_cast<std::uint32_t>(name.size());
  rule.first_clause = static_cast<std::uint32_t>(clause_words_.size());
  text_.append_all(name);
  std::size_t at = name_ids_.first(hash_text(name));
  while (name_ids_[at].id.load(std::memory_order_relaxed) != 0) at = name_ids_.next(at);
  name_ids_[at].id.store(id, std::memory_order_relaxed);
  return id;
}

void RuleSet::append_clause(std::uint32_t rule, std::span<const std::uint32_t> tests) {
  clause_words_.append(rule);
  clause_words_.append(static_cast<std::uint32_t>(tests.size()));
  clause_words_.append_all(tests);
  ++rules_[rule].clause_count;
}

void RuleSet::count_clause(const SetClause& clause) {
  for (const std::uint32_t id : clause.tests) {
    const SetTest& test = tests_[id];
    ++nodes_[test.path].clause_count;
    for (const Predicate& p : predicates_of(test)) {
      options_.clear();
      access_options(p, store(), options_);
      for (const AccessKey& key : options_.keys) {
        ++count_at(key_hash(test.path, key.kind, key.detail, key.payload));
      }
    }
  }
}

// Share of events expected to have one of the keys: what the rules look for stands in for what
// the events hold.
float RuleSet::cost_of_option(std::uint32_t path, std::span<const AccessKey> keys) const {
  const auto total = static_cast<float>(nodes_[path].clause_count + 64);
  float cost = 0;
  for (const AccessKey& key : keys) {
    const auto count =
        static_cast<float>(count_at(key_hash(path, key.kind, key.detail, key.payload)));
    cost += std::max(key.floor, count / total);
  }
  return cost;
}

float RuleSet::cost_of(std::uint32_t test) {
  chosen_.clear();
  chosen_keys(test, chosen_);
  return std::min(cost_of_option(tests_[test].path, chosen_), 1.0F);
}

void RuleSet::chosen_keys(std::uint32_t test, std::vector<AccessKey>& out) {
  const std::uint32_t path = tests_[test].path;
  for (const Predicate& p : predicates_of(tests_[test])) {
    options_.clear();
    access_options(p, store(), options_);
    const std::span<const AccessKey> keys(options_.keys);
    std::span<const AccessKey> best = keys.first(options_.ends.front());
    if (options_.ends.size() > 1) {
      float lowest = cost_of_option(path, best);
      for (std::size_t i = 1; i < options_.ends.size(); ++i) {
        const auto option =
            keys.subspan(options_.ends[i - 1], options_.ends[i] - options_.ends[i - 1]);
        const float cost = cost_of_option(path, option);
        if (cost < lowest) {
          lowest = cost;
          best = option;
        }
      }
    }
    out.insert(out.end(), best.begin(), best.end());
  }
}

bool RuleSet::post_clause(std::uint32_t id) {
  const std::span refs(clause_words_.data() + id + 2, clause_words_[id + 1]);
  if (refs.size() > 1) {
    order_.clear();
    for (const std::uint32_t test : refs) order_.emplace_back(cost_of(test), test);
    std::stable_sort(order_.begin(), order_.end(),
                     [](const auto& x, const auto& y) { return x.first < y.first; });
    for (std::size_t i = 0; i < refs.size(); ++i) refs[i] = order_[i].second;
  }
  chosen_.clear();
  chosen_keys(refs.front(), chosen_);
  return std::all_of(chosen_.begin(), chosen_.end(), [&](const AccessKey& key) {
    return post(tests_[refs.front()].path, key, id);
  });
}

bool RuleSet::post(std::uint32_t path, AccessKey key, std::uint32_t clause) {
  if (!postings_.has_room(1)) return false;
  // Keys that cost many look-ups a value do not pay for a handful of clauses.
  constexpr std::uint32_t kHandful = 8;
  const bool is_costly = key.kind == KeyKind::kRange || key.kind == KeyKind::kGram;
  if (is_costly && nodes_[path].clause_count <= kHandful) key = {};
  const std::uint64_t hash = key_hash(path, key.kind, key.detail, key.payload);
  const auto tag = static_cast<std::uint32_t>(hash >> 32U);
  std::size_t at = keys_.first(hash);
  std::uint32_t head = 0;
  for (;; at = keys_.next(at)) {
    head = keys_[at].head.load(std::memory_order_relaxed);
    if (head == 0) {
      keys_[at].tag = tag;
      break;
    }
    if (keys_[at].tag == tag) break;
  }
  const auto id = static_cast<std::uint32_t>(postings_.size());
  postings_.append(clause, head);
  keys_[at].head.store(id, std::memory_order_release);
  note_access(path, key);
  return true;
}

void RuleSet::note_access(std::uint32_t path, const AccessKey& key) {
  PathNode& node = nodes_[path];
  std::uint32_t access_id = node.access.load(std::memory_order_relaxed);
  if (access_id == 0) {
    access_id = static_cast<std::uint32_t>(accesses_.size());
    accesses_.append();
    node.access.store(access_id, std::memory_order_release);
  }
  PathAccess& access = accesses_[access_id];
  const std::uint32_t kind_bit = 1U << static_cast<unsigned>(key.kind);
  const bool is_new_kind = (access.kinds.load(std::memory_order_relaxed) & kind_bit) == 0;
  constexpr auto kOrder = std::memory_order_relaxed;  // published with the rule's sequence number
  if (is_new_kind) access.kinds.fetch_or(kind_bit, kOrder);
  const auto length_bit = std::uint64_t{1} << ((key.detail - 1U) & 63U);
  switch (key.kind) {
    case KeyKind::kPrefix:
      access.prefixes.fetch_or(length_bit, kOrder);
      break;
    case KeyKind::kPrefixIgnoreCase:
      access.prefixes_ignore_case.fetch_or(length_bit, kOrder);
      break;
    case KeyKind::kSuffix:
      access.suffixes.fetch_or(length_bit, kOrder);
      break;
    case KeyKind::kSuffixIgnoreCase:
      access.suffixes_ignore_case.fetch_or(length_bit, kOrder);
      break;
    case KeyKind::kGram:
      access.grams.fetch_or(1U << key.detail, kOrder);
      break;
    case KeyKind::kRange:
      access.range_levels.fetch_or(std::uint64_t{1} << key.detail, kOrder);
      break;
    case KeyKind::kAddressV4:
      access.v4_bits.fetch_or(std::uint64_t{1} << key.detail, kOrder);
      break;
    case KeyKind::kAddressV6:
      access.v6_bits[key.detail / 64].fetch_or(std::uint64_t{1} << key.detail % 64, kOrder);
      break;
    case KeyKind::kAbsent:
      if (is_new_kind) {
        const auto id = static_cast<std::uint32_t>(absent_.size());
        absent_.append(path, absent_head_.load(std::memory_order_relaxed));
        absent_head_.store(id, std::memory_order_release);
      }
      break;
    default:
      break;
  }
}

}  // namespace sluice::pattern
