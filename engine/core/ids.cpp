#include "engine/core/ids.hpp"

namespace sluice {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

constexpr bool dash_before(int nibble) {
  return nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20;
}

// The finalizer of splitmix64: every input bit reaches every output bit.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

}  // namespace

std::string to_text(Uuid id) {
  std::string text(36, '-');
  std::size_t place = 0;
  for (int nibble = 0; nibble < 32; ++nibble) {
    if (dash_before(nibble)) ++place;
    const std::uint64_t half = nibble < 16 ? id.high : id.low;
    const int shift = 60 - (nibble % 16) * 4;
    text[place++] = kDigits[half >> static_cast<unsigned>(shift) & 15U];
  }
  return text;
}

Uuid parse_uuid(std::string_view text) {
  if (text.size() != 36) return {};
  Uuid id;
  std::size_t place = 0;
  for (int nibble = 0; nibble < 32; ++nibble) {
    if (dash_before(nibble) && text[place++] != '-') return {};
    const int value = digit(text[place++]);
    if (value < 0) return {};
    std::uint64_t& half = nibble < 16 ? id.high : id.low;
    half = half << 4U | static_cast<std::uint64_t>(value);
  }
  return id;
}

Uuid derive(Uuid base, std::uint64_t purpose, std::uint64_t number) {
  const std::uint64_t seed = mix(base.high ^ mix(base.low ^ mix(purpose ^ mix(number))));
  Uuid id{mix(seed), mix(seed ^ base.low ^ 0xa5a5a5a5a5a5a5a5U)};
  // RFC 9562 version 8 (our own scheme), variant 10.
  id.high = (id.high & ~0xf000ULL) | 0x8000ULL;
  id.low = (id.low & ~(3ULL << 62U)) | 2ULL << 62U;
  return id;
}

}  // namespace sluice
