// The strict lower half of reading JSON: simdjson finds the tokens of a whole text at once (and
// checks UTF-8, quotes and control characters); the functions here judge single tokens. Both the
// event walk and the pattern reader stand on it, so that they agree on what JSON is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "events/pattern/refusal.hpp"

namespace sluice::pattern {

// Where each token of a text starts. Reused from text to text; grows to the largest one seen.
class TokenIndex {
 public:
  TokenIndex();
  ~TokenIndex();
  TokenIndex(TokenIndex&&) noexcept;
  TokenIndex& operator=(TokenIndex&&) noexcept;

  // Indexes `text`, which the caller keeps alive. Any text is fine, without padding. The refusal
  // carries the byte offset of the first wrong byte.
  [[nodiscard]] std::optional<Refusal> index(std::string_view text);

  // Offsets of `{ } [ ] : ,` and of the first byte of each string, number and literal.
  [[nodiscard]] const std::uint32_t* positions() const { return positions_; }
  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
  const std::uint32_t* positions_ = nullptr;
  std::size_t count_ = 0;
};

// Is `token` a number of the JSON grammar?
[[nodiscard]] bool is_json_number(std::string_view token);

// `raw` is what stands between the quotes. Appends the text it means to `out`; false: an escape
// that JSON does not know, or half a surrogate pair, which UTF-8 cannot hold.
[[nodiscard]] bool unescape(std::string_view raw, std::string& out);

// A JSON string literal that means `text`.
[[nodiscard]] std::string quoted(std::string_view text);

// For error messages: at most about 80 bytes of `text`, cut at a character.
[[nodiscard]] std::string shortened(std::string_view text);

}  // namespace sluice::pattern
