// Random patterns and events from few names and few values, so that they meet often.
#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "tests/events/pattern_reference.hpp"

namespace reference {

class RandomJson {
 public:
  explicit RandomJson(std::uint64_t seed) : random_(seed) {}

  Json pattern();
  Json event();
  std::size_t below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_);
  }

 private:
  bool chance(unsigned percent) { return below(100) < percent; }
  std::string name();
  std::string text();
  std::string wildcard();
  Json known_number(bool comparable_only);
  Json leaf();
  Json value(unsigned depth);
  Json fields(unsigned depth, bool with_or);
  Json alternatives();
  Json alternative();
  Json text_or_list(bool allow_empty);
  Json anything_but();
  Json range();

  std::mt19937_64 random_;
};

}  // namespace reference
