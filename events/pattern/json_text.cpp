#include "events/pattern/json_text.hpp"

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>

namespace sluice::pattern {
namespace {

constexpr std::size_t kFirstCapacity = 4096;

std::size_t utf8_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  if (lead >= 0xF0 && lead < 0xF5) return 4;
  return 0;
}

// Offset of the first byte that starts no valid UTF-8 character, or npos.
std::size_t first_bad_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_length(static_cast<unsigned char>(text[i]));
    if (length == 0 || i + length > text.size() ||
        !simdjson::validate_utf8(text.data() + i, length)) {
      return i;
    }
    i += length;
  }
  return std::string_view::npos;
}

Refusal malformed(std::size_t offset, std::string reason) {
  Refusal refusal;
  refusal.offset = offset;
  refusal.reason = std::move(reason);
  return refusal;
}

// Says where the text is wrong: simdjson only says that it is. Runs on bad input only.
Refusal locate(std::string_view text) {
  if (const std::size_t bad = first_bad_utf8(text); bad != std::string_view::npos) {
    return malformed(bad, "invalid UTF-8");
  }
  bool in_string = false;
  std::size_t opened = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (in_string && byte == '\\') {
      ++i;
    } else if (byte == '"') {
      in_string = !in_string;
      opened = i;
    } else if (in_string && byte < 0x20) {
      return malformed(i, "control character inside a string");
    }
  }
  if (in_string) return malformed(opened, "a string that never ends");
  return malformed(0, "empty text");
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The four digits after `\u` at raw[at]; -1: not four hex digits.
int code_unit(std::string_view raw, std::size_t at) {
  if (at + 4 > raw.size()) return -1;
  int unit = 0;
  for (std::size_t i = at; i < at + 4; ++i) {
    const int digit = hex_digit(raw[i]);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

void append_utf8(std::uint32_t point, std::string& out) {
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0 | (point >> 6U));
    out += static_cast<char>(0x80 | (point & 0x3FU));
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0 | (point >> 12U));
    out += static_cast<char>(0x80 | ((point >> 6U) & 0x3FU));
    out += static_cast<char>(0x80 | (point & 0x3FU));
  } else {
    out += static_cast<char>(0xF0 | (point >> 18U));
    out += static_cast<char>(0x80 | ((point >> 12U) & 0x3FU));
    out += static_cast<char>(0x80 | ((point >> 6U) & 0x3FU));
    out += static_cast<char>(0x80 | (point & 0x3FU));
  }
}

// Reads the escape `\uXXXX` (or a pair of them) whose `u` is at raw[at]; moves `at` past it.
bool unescape_unicode(std::string_view raw, std::size_t& at, std::string& out) {
  const int high = code_unit(raw, at + 1);
  if (high < 0) return false;
  at += 5;
  if (high < 0xD800 || high > 0xDFFF) {
    append_utf8(static_cast<std::uint32_t>(high), out);
    return true;
  }
  if (high > 0xDBFF || raw.substr(at, 2) != "\\u") return false;
  const int low = code_unit(raw, at + 2);
  if (low < 0xDC00 || low > 0xDFFF) return false;
  at += 6;
  append_utf8(0x10000U + (static_cast<std::uint32_t>(high - 0xD800) << 10U) +
                  static_cast<std::uint32_t>(low - 0xDC00),
              out);
  return true;
}

const char* skip_digits(const char* at, const char* end) {
  // Eight at a time: a byte is a digit if its high half is 3 and stays so when 6 is added.
  for (; end - at >= 8; at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    constexpr std::uint64_t kHigh = 0xF0F0F0F0F0F0F0F0ULL;
    constexpr std::uint64_t kThrees = 0x3030303030303030ULL;
    if ((word & kHigh) != kThrees || ((word + 0x0606060606060606ULL) & kHigh) != kThrees) break;
  }
  while (at != end && *at >= '0' && *at <= '9') ++at;
  return at;
}

}  // namespace

struct TokenIndex::Parser {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> stage;
};

TokenIndex::TokenIndex() : parser_(std::make_unique<Parser>()) {}
TokenIndex::~TokenIndex() = default;
TokenIndex::TokenIndex(TokenIndex&&) noexcept = default;
TokenIndex& TokenIndex::operator=(TokenIndex&&) noexcept = default;

// The first stage of simdjson alone: its second stage builds a tape of everything, its on-demand
// reader leaves unread parts unchecked and cannot tell a number's text cheaply.
std::optional<Refusal> TokenIndex::index(std::string_view text) {
  if (text.empty()) return malformed(0, "empty text");
  auto& stage = parser_->stage;
  if (!stage || stage->capacity() <= text.size()) {
    const std::size_t capacity = std::max(kFirstCapacity, std::bit_ceil(text.size() + 1));
    const auto error =
        simdjson::get_active_implementation()->create_dom_parser_implementation(capacity, 1, stage);
    if (error != simdjson::SUCCESS) return malformed(0, "out of memory while reading");
  }
  const auto error = stage->stage1(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                                   simdjson::stage1_mode::regular);
  if (error != simdjson::SUCCESS) return locate(text);
  positions_ = stage->structural_indexes.get();
  count_ = stage->n_structural_indexes;
  return std::nullopt;
}

bool is_json_number(std::string_view token) {
  const char* at = token.data();
  const char* const end = at + token.size();
  if (at != end && *at == '-') ++at;
  if (at == end) return false;
  if (*at == '0') {
    ++at;
  } else {
    const char* const digits = at;
    at = skip_digits(at, end);
    if (at == digits) return false;
  }
  if (at != end && *at == '.') {
    const char* const digits = ++at;
    at = skip_digits(at, end);
    if (at == digits) return false;
  }
  if (at != end && (*at == 'e' || *at == 'E')) {
    ++at;
    if (at != end && (*at == '+' || *at == '-')) ++at;
    const char* const digits = at;
    at = skip_digits(at, end);
    if (at == digits) return false;
  }
  return at == end;
}

bool unescape(std::string_view raw, std::string& out) {
  static constexpr std::string_view kNames = "\"\\/bfnrt";
  static constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  for (std::size_t at = 0; at < raw.size();) {
    const std::size_t slash = std::min(raw.find('\\', at), raw.size());
    out.append(raw, at, slash - at);
    if (slash == raw.size()) break;
    at = slash + 1;
    if (at == raw.size()) return false;
    if (raw[at] == 'u') {
      if (!unescape_unicode(raw, at, out)) return false;
      continue;
    }
    const std::size_t which = kNames.find(raw[at]);
    if (which == std::string_view::npos) return false;
    out += kMeanings[which];
    ++at;
  }
  return true;
}

std::string quoted(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    } else {
      out += c;
    }
  }
  return out += '"';
}

std::string shortened(std::string_view text) {
  static constexpr std::size_t kKept = 80;
  if (text.size() <= kKept) return std::string(text);
  std::size_t cut = kKept;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;
  return std::string(text.substr(0, cut)) + "...";
}

}  // namespace sluice::pattern
