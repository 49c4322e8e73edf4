#include "engine/triggers/glob.hpp"

#include <algorithm>
#include <string>

namespace sluice::triggers {
namespace {

// One character of UTF-8, and a byte that begins none as itself above all characters.
char32_t take(std::string_view& text) {
  constexpr char32_t kByte = 0x110000;
  const auto first = static_cast<unsigned char>(text[0]);
  const std::size_t length = first < 0x80   ? 1
                             : first < 0xC2 ? 0
                             : first < 0xE0 ? 2
                             : first < 0xF0 ? 3
                             : first < 0xF5 ? 4
                                            : 0;
  char32_t character = length == 1 ? first : first & (0x7FU >> length);
  bool valid = length > 0 && length <= text.size();
  for (std::size_t i = 1; valid && i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    valid = (next & 0xC0U) == 0x80;
    character = character << 6U | (next & 0x3FU);
  }
  if (!valid) {
    text.remove_prefix(1);
    return kByte + first;
  }
  text.remove_prefix(length);
  return character;
}

}  // namespace

class GlobParser {
 public:
  explicit GlobParser(std::string_view pattern) {
    while (!pattern.empty()) characters_.push_back(take(pattern));
  }

  Result<Glob> parse() {
    while (at_ < characters_.size() && problem_.empty()) step();
    if (problem_.empty() && in_group_) fail("a `{` is not closed with `}`", group_);
    if (problem_.empty() && characters_.empty()) fail("the pattern is empty", 0);
    if (!problem_.empty()) return Error{ErrorKind::kBadInput, "", problem_};
    return std::move(glob_);
  }

 private:
  using Op = Glob::Op;

  void fail(const std::string& what, std::size_t at) {
    problem_ = "at character " + std::to_string(at + 1) + ": " + what;
  }
  Glob::Step& add(Op op, char32_t character = 0) {
    glob_.steps_.emplace_back();
    glob_.steps_.back().op = op;
    glob_.steps_.back().character = character;
    return glob_.steps_.back();
  }

  void step() {
    const char32_t c = characters_[at_++];
    switch (c) {
      case U'*':
        if (at_ < characters_.size() && characters_[at_] == U'*') {
          ++at_;
          add(Op::kDoubleStar);
        } else {
          add(Op::kStar);
        }
        return;
      case U'?':
        add(Op::kAnyOne);
        return;
      case U'\\':
        if (at_ == characters_.size()) return fail("nothing follows the `\\`", at_ - 1);
        add(Op::kCharacter, characters_[at_++]);
        return;
      case U'[':
        return set();
      case U'{':
        if (in_group_) return fail("groups `{a,b}` are not nested", at_ - 1);
        in_group_ = true;
        group_ = at_ - 1;
        split_ = glob_.steps_.size();
        jumps_.clear();
        add(Op::kSplit).targets = {split_ + 1};
        return;
      case U',':
      case U'}':
        if (in_group_) return alternative(c == U'}');
        [[fallthrough]];
      default:
        add(Op::kCharacter, c);
    }
  }

  // The end of one alternative, and of the group if it was the last.
  void alternative(bool last) {
    jumps_.push_back(glob_.steps_.size());
    add(Op::kJump);
    if (!last) {
      glob_.steps_[split_].targets.push_back(glob_.steps_.size());
      return;
    }
    for (const auto jump : jumps_) glob_.steps_[jump].targets = {glob_.steps_.size()};
    in_group_ = false;
  }

  void set() {
    const std::size_t begin = at_ - 1;
    auto& set = add(Op::kSet);
    if (at_ < characters_.size() && characters_[at_] == U'!') {
      set.negated = true;
      ++at_;
    }
    while (at_ < characters_.size() && characters_[at_] != U']') {
      const char32_t low = characters_[at_++];
      char32_t high = low;
      const bool range =
          at_ + 1 < characters_.size() && characters_[at_] == U'-' && characters_[at_ + 1] != U']';
      if (range) {
        high = characters_[at_ + 1];
        at_ += 2;
      }
      if (high < low) return fail("a range runs upwards, such as [a-z]", at_ - 1);
      if (low == U'/' || high == U'/') return fail("a set does not contain `/`", at_ - 1);
      set.ranges.emplace_back(low, high);
    }
    if (at_ == characters_.size()) return fail("a `[` is not closed with `]`", begin);
    if (set.ranges.empty()) return fail("a set is empty", begin);
    ++at_;
  }

  std::vector<char32_t> characters_;
  std::size_t at_ = 0, group_ = 0, split_ = 0;
  std::vector<std::size_t> jumps_;
  bool in_group_ = false;
  Glob glob_;
  std::string problem_;
};

Result<Glob> Glob::compile(std::string_view pattern) {
  return GlobParser(pattern).parse();
}

// All ways at once: `now` has the steps that may read the next character.
bool Glob::matches(std::string_view text) const {
  const std::size_t end = steps_.size();
  std::vector<bool> now(end + 1), next(end + 1);
  std::vector<std::size_t> open;
  const auto reach = [&](std::vector<bool>& set, std::size_t step) {
    open.push_back(step);
    while (!open.empty()) {
      const auto at = open.back();
      open.pop_back();
      if (set[at]) continue;
      set[at] = true;
      if (at == end) continue;
      const auto op = steps_[at].op;
      if (op == Op::kStar || op == Op::kDoubleStar) open.push_back(at + 1);
      if (op == Op::kSplit || op == Op::kJump)
        open.insert(open.end(), steps_[at].targets.begin(), steps_[at].targets.end());
    }
  };
  reach(now, 0);
  while (!text.empty()) {
    const char32_t c = take(text);
    next.assign(end + 1, false);
    for (std::size_t at = 0; at < end; ++at) {
      if (!now[at]) continue;
      const auto& step = steps_[at];
      const bool component = c != U'/';
      switch (step.op) {
        case Op::kCharacter:
          if (c == step.character) reach(next, at + 1);
          break;
        case Op::kAnyOne:
          if (component) reach(next, at + 1);
          break;
        case Op::kStar:
          if (component) reach(next, at);
          break;
        case Op::kDoubleStar:
          reach(next, at);
          break;
        case Op::kSet: {
          const bool in = std::any_of(step.ranges.begin(), step.ranges.end(),
                                      [&](const auto& r) { return r.first <= c && c <= r.second; });
          if (component && in != step.negated) reach(next, at + 1);
          break;
        }
        default:
          break;
      }
    }
    now.swap(next);
  }
  return now[end];
}

}  // namespace sluice::triggers
