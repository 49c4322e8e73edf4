// How a rule is found without looking at it: every predicate names a few keys such that any value
// that meets it has one of them. A value's keys are looked up in one hash table; what hangs there
// are candidates, which are then evaluated in full. Keys may say too much, never too little.
//
//   "x"                    the text                  {"prefix": "x"}    its length and first bytes
//   {"suffix": "x"}        its length and last bytes {"wildcard": ...}  start, end, or 1-4 bytes
//   inside
//   {"numeric": [...]}     up to 16 aligned blocks of doubles           {"cidr": ...}  length and
//   bits
//   {"anything-but": ...}  any leaf at all           {"exists": false}  no leaf at all
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "events/pattern/predicate.hpp"
#include "events/pattern/text_hash.hpp"

namespace sluice::pattern {

enum class KeyKind : std::uint8_t {
  kExact,
  kIgnoreCase,
  kPrefix,
  kPrefixIgnoreCase,
  kSuffix,
  kSuffixIgnoreCase,
  kGram,
  kAddressV4,
  kAddressV6,
  kNumber,
  kNumberText,
  kRange,
  kTrue,
  kFalse,
  kNull,
  kAnyString,
  kAnyLeaf,
  kAbsent,
};

// Affixes longer than this are found by their first (last) bytes alone.
inline constexpr std::size_t kMaxAffix = 64;
inline constexpr std::size_t kMaxGram = 4;

struct AccessKey {
  KeyKind kind = KeyKind::kAnyLeaf;
  std::uint8_t detail = 0;    // bytes of an affix or gram, bits of an address, level of a range
  std::uint64_t payload = 0;  // what is compared, hashed
  float floor = 0;            // share of values that have this key, at least (a guess)
};

// The place of a key at a path in the table.
[[nodiscard]] inline std::uint64_t key_hash(std::uint32_t path, KeyKind kind, unsigned detail,
                                            std::uint64_t payload) {
  const std::uint64_t place =
      static_cast<std::uint64_t>(path) << 16U | static_cast<std::uint64_t>(kind) << 8U | detail;
  return fold_multiply(payload ^ 0x9E3779B97F4A7C15ULL, mix(place) ^ 0xE7037ED1A0B428DBULL);
}

// Alternative sets of keys for one predicate: all keys of any one option find it.
struct KeyOptions {
  std::vector<AccessKey> keys;
  std::vector<std::size_t> ends;  // option i is keys[ends[i-1]..ends[i])
  std::string scratch;

  void clear() {
    keys.clear();
    ends.clear();
  }
};
void access_options(const Predicate& p, const PredicateStore& store, KeyOptions& out);

// Doubles as integers of the same order.
[[nodiscard]] std::uint64_t ordered_bits(double value);

}  // namespace sluice::pattern
