// Hashes of short texts. Used to find candidates quickly; never to decide.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace sluice::pattern {

inline std::uint64_t mix(std::uint64_t x) {
  x ^= x >> 32U;
  x *= 0xD6E8FEB86659FD93ULL;
  x ^= x >> 32U;
  return x;
}

inline std::uint64_t fold_multiply(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

inline std::uint64_t load_bytes(const char* from, std::size_t count) {
  std::uint64_t word = 0;
  std::memcpy(&word, from, count);
  return word;
}

inline std::uint64_t hash_text(std::string_view text, std::uint64_t seed = 0) {
  const char* at = text.data();
  std::size_t left = text.size();
  std::uint64_t h = seed ^ (text.size() * 0x9E3779B97F4A7C15ULL);
  while (left >= 8) {
    h = fold_multiply(h ^ load_bytes(at, 8), 0xA0761D6478BD642FULL);
    at += 8;
    left -= 8;
  }
  // The last bytes: overlapping loads are cheaper than a copy of unknown length.
  std::uint64_t tail = 0;
  if (left >= 4) {
    tail = load_bytes(at, 4) << 32U | load_bytes(at + left - 4, 4);
  } else if (left > 0) {
    tail = static_cast<std::uint64_t>(static_cast<unsigned char>(at[0])) << 16U |
           static_cast<std::uint64_t>(static_cast<unsigned char>(at[left / 2])) << 8U |
           static_cast<unsigned char>(at[left - 1]);
  }
  return fold_multiply(h ^ tail, 0xE7037ED1A0B428DBULL);
}

// One more byte of a text that is hashed from its start (or its end) on, so that the hashes of
// all its beginnings cost one pass.
inline std::uint64_t hash_step(std::uint64_t h, char next) {
  return (h ^ static_cast<unsigned char>(next)) * 0x100000001B3ULL;
}
inline constexpr std::uint64_t kHashStart = 0xCBF29CE484222325ULL;

}  // namespace sluice::pattern
