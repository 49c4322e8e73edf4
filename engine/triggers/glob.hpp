// The patterns of trigger filters: java.nio's `glob:` dialect (facts/codepipeline.md 1.4), over
// paths with `/` whatever they name: branches, tags, files. Pure; matching takes time linear in the
// text.
//
//   *  any characters of one component      **  any characters, across components
//   ?  one character, no slash              [abc] [a-z] [!x]  one of a set, no slash; in brackets
//   \  the next character as it is              * ? and \ stand for themselves
//   {a,b}  one of several, not nested
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/result.hpp"

namespace sluice::triggers {

class Glob {
 public:
  // Refuses what is no pattern, with what is wrong and where (characters counted from 1).
  [[nodiscard]] static Result<Glob> compile(std::string_view pattern);

  // Does the whole text match? UTF-8; a byte that is none counts as one character.
  [[nodiscard]] bool matches(std::string_view text) const;

 private:
  friend class GlobParser;
  enum class Op : std::uint8_t { kCharacter, kAnyOne, kSet, kStar, kDoubleStar, kSplit, kJump };
  struct Step {
    Op op = Op::kCharacter;
    char32_t character = 0;
    bool negated = false;                               // kSet
    std::vector<std::pair<char32_t, char32_t>> ranges;  // kSet, ends included
    std::vector<std::size_t> targets;                   // kSplit, kJump
  };

  std::vector<Step> steps_;
};

}  // namespace sluice::triggers
