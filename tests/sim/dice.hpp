// Random numbers that depend on a seed and a place alone, so that one step of a simulation can be
// left out without changing what the others do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>

namespace sluice::sim {

class Dice {
 public:
  Dice(std::uint64_t seed, std::uint64_t place)
      : state_(seed * 0x9e3779b97f4a7c15U + place * 0xd1342543de82ef95U + 1) {
    next();
  }

  // 0 .. sides - 1; 0 if there are no sides.
  std::uint32_t roll(std::size_t sides) {
    return sides == 0 ? 0 : static_cast<std::uint32_t>(next() % sides);
  }
  bool chance(std::uint32_t percent) { return roll(100) < percent; }
  template <class List>
  auto& pick(List& list) {
    return list[roll(std::size(list))];
  }

 private:
  // splitmix64 (Steele, Lea, Flood 2014).
  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }

  std::uint64_t state_;
};

}  // namespace sluice::sim
