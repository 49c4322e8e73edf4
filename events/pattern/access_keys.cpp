#include "events/pattern/access_keys.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "events/pattern/letter_case.hpp"

namespace sluice::pattern {
namespace {

constexpr std::size_t kMaxRangeBlocks = 16;

// How common a text of this length is among strings, before anything is known of them.
float share_of_length(std::size_t length) {
  static constexpr std::array<float, 4> kShares = {1.0F, 0.05F, 0.01F, 0.002F};
  return length < kShares.size() ? kShares[length] : 0.0005F;
}

void add_key(KeyOptions& out, KeyKind kind, unsigned detail, std::uint64_t payload, float floor) {
  out.keys.push_back({kind, static_cast<std::uint8_t>(detail), payload, floor});
}

void add_option(KeyOptions& out, KeyKind kind, unsigned detail, std::uint64_t payload,
                float floor) {
  add_key(out, kind, detail, payload, floor);
  out.ends.push_back(out.keys.size());
}

void add_affix(KeyOptions& out, KeyKind kind, std::string_view text) {
  if (text.empty()) return add_option(out, KeyKind::kAnyString, 0, 0, 1.0F);
  const std::size_t length = std::min(text.size(), kMaxAffix);
  const bool from_end = kind == KeyKind::kSuffix || kind == KeyKind::kSuffixIgnoreCase;
  std::uint64_t h = kHashStart;
  for (std::size_t i = 0; i < length; ++i) {
    h = hash_step(h, from_end ? text[text.size() - 1 - i] : text[i]);
  }
  add_option(out, kind, static_cast<unsigned>(length), h, share_of_length(length));
}

std::string_view folded(std::string_view text, KeyOptions& out) {
  out.scratch.clear();
  fold_case(text, out.scratch);
  return out.scratch;
}

void add_wildcard(KeyOptions& out, std::string_view text) {
  const std::size_t options_before = out.ends.size();
  std::size_t begin = 0;
  for (;;) {
    const std::size_t end = std::min(text.find(kAnyRun, begin), text.size());
    const std::string_view piece = text.substr(begin, end - begin);
    if (!piece.empty() && begin == 0) add_affix(out, KeyKind::kPrefix, piece);
    if (!piece.empty() && end == text.size()) add_affix(out, KeyKind::kSuffix, piece);
    if (!piece.empty() && begin != 0 && end != text.size()) {
      const std::size_t size = std::min(piece.size(), kMaxGram);
      // A long piece has enough grams without its last ones; 32 keep the cost of adding bounded.
      const std::size_t last = std::min(piece.size() - size, std::size_t{31});
      for (std::size_t i = 0; i <= last; ++i) {
        add_option(out, KeyKind::kGram, static_cast<unsigned>(size),
                   load_bytes(piece.data() + i, size), share_of_length(size) * 8);
      }
    }
    if (end == text.size()) break;
    begin = end + 1;
  }
  if (out.ends.size() == options_before) add_option(out, KeyKind::kAnyString, 0, 0, 1.0F);
}

struct Block {
  std::uint64_t index = 0;  // the block is [index << level, (index + 1) << level)
  unsigned level = 0;
};

float share_of_level(unsigned level) {
  if (level >= 54) return 0.5F;
  return level >= 48 ? 0.05F : 0.005F;
}

// Covers [low, high] with at most kMaxRangeBlocks aligned blocks: splits what is covered in part
// level by level, and takes what is left whole when there are enough.
void add_range(KeyOptions& out, std::uint64_t low, std::uint64_t high) {
  std::vector<Block> partial = {{0, 63}, {1, 63}};
  std::vector<Block> done;
  while (!partial.empty() && done.size() + partial.size() <= kMaxRangeBlocks - 2) {
    std::vector<Block> next;
    for (const Block& block : partial) {
      const std::uint64_t first = block.index << block.level;
      const std::uint64_t last = first + ((std::uint64_t{1} << block.level) - 1);
      if (last < low || first > high) continue;
      if (low <= first && last <= high) {
        done.push_back(block);
      } else {
        next.push_back({block.index * 2, block.level - 1});
        next.push_back({block.index * 2 + 1, block.level - 1});
      }
    }
    partial = std::move(next);
  }
  done.insert(done.end(), partial.begin(), partial.end());
  for (const Block& block : done) {
    const std::uint64_t first = block.index << block.level;
    const std::uint64_t last = first + ((std::uint64_t{1} << block.level) - 1);
    if (last < low || first > high) continue;
    add_key(out, KeyKind::kRange, block.level, block.index, share_of_level(block.level));
  }
  out.ends.push_back(out.keys.size());
}

}  // namespace

std::uint64_t ordered_bits(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value + 0.0);
  return (bits >> 63U) != 0 ? ~bits : bits | std::uint64_t{1} << 63U;
}

void access_options(const Predicate& p, const PredicateStore& store, KeyOptions& out) {
  constexpr float kRare = 0.0001F;
  switch (p.kind) {
    case PredicateKind::kExactString:
      return add_option(out, KeyKind::kExact, 0, p.b, kRare);
    case PredicateKind::kIgnoreCase:
      return add_option(out, KeyKind::kIgnoreCase, 0, hash_text(folded(store.text_of(p), out)),
                        kRare);
    case PredicateKind::kPrefix:
      return add_affix(out, KeyKind::kPrefix, store.text_of(p));
    case PredicateKind::kSuffix:
      return add_affix(out, KeyKind::kSuffix, store.text_of(p));
    case PredicateKind::kPrefixIgnoreCase:
      return add_affix(out, KeyKind::kPrefixIgnoreCase, folded(store.text_of(p), out));
    case PredicateKind::kSuffixIgnoreCase:
      return add_affix(out, KeyKind::kSuffixIgnoreCase, folded(store.text_of(p), out));
    case PredicateKind::kWildcard:
      return add_wildcard(out, store.text_of(p));
    case PredicateKind::kAddress:
      return add_option(out,
                        (p.flags & Predicate::kV6) != 0 ? KeyKind::kAddressV6 : KeyKind::kAddressV4,
                        p.size, p.a ^ mix(p.b), p.size < 8 ? 0.1F : 0.001F);
    case PredicateKind::kNumber:
      return add_option(out, KeyKind::kNumber, 0, p.a, kRare);
    case PredicateKind::kNumberText:
      return add_option(out, KeyKind::kNumberText, 0, p.b, kRare);
    case PredicateKind::kRange:
      return add_range(out, ordered_bits(std::bit_cast<double>(p.a)),
                       ordered_bits(std::bit_cast<double>(p.b)));
    case PredicateKind::kTrue:
      return add_option(out, KeyKind::kTrue, 0, 0, 0.1F);
    case PredicateKind::kFalse:
      return add_option(out, KeyKind::kFalse, 0, 0, 0.1F);
    case PredicateKind::kNull:
      return add_option(out, KeyKind::kNull, 0, 0, 0.1F);
    case PredicateKind::kAbsent:
      return add_option(out, KeyKind::kAbsent, 0, 0, 0.9F);
    case PredicateKind::kExists:
    case PredicateKind::kAnythingBut:
      return add_option(out, KeyKind::kAnyLeaf, 0, 0, 1.0F);
  }
}

}  // namespace sluice::pattern
