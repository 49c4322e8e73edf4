#include "events/pattern/rule.hpp"

#include "events/pattern/text_hash.hpp"

namespace sluice::pattern {

Predicate text_predicate(PredicateKind kind, std::string_view text, std::string& arena) {
  Predicate p;
  p.kind = kind;
  p.size = static_cast<std::uint32_t>(text.size());
  p.a = arena.size();
  p.b = value_hash(text);
  arena += text;
  return p;
}

std::uint64_t value_hash(std::string_view text) {
  return hash_text(text);
}

}  // namespace sluice::pattern
