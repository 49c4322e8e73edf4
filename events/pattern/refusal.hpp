// Refusals: how this library says no. Nothing here throws; a call that may refuse returns an
// Outcome, which holds either the value or a Refusal that names the place, the offending value
// and what would have been accepted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace sluice::pattern {

struct Refusal {
  enum class Kind : std::uint8_t {
    kMalformed,       // not JSON: fix the text
    kTooLarge,        // longer or deeper than the limits allow
    kInvalidPattern,  // JSON, but not a pattern
    kTooComplex,      // a pattern that expands beyond the limits
    kFull,            // the matcher's memory bound is reached: remove rules or raise the bound
  };

  Kind kind = Kind::kMalformed;
  std::size_t offset = 0;  // bytes from the start of the text
  std::string path;        // the field, joined by dots; "" is the whole text
  std::string value;       // the offending value as JSON text, shortened; may be empty
  std::string reason;      // one clause: what is wrong
  std::string allowed;     // one clause: what is accepted instead; may be empty

  // One line for a person: reason, place, offending value, what is allowed.
  [[nodiscard]] std::string message() const;
};

// Either a T or a Refusal. The caller looks before it dereferences.
template <class T>
class [[nodiscard]] Outcome {
 public:
  Outcome(T value) : held_(std::move(value)) {}            // NOLINT(google-explicit-constructor)
  Outcome(Refusal refusal) : held_(std::move(refusal)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return std::holds_alternative<T>(held_); }
  explicit operator bool() const { return ok(); }
  [[nodiscard]] T& operator*() { return std::get<T>(held_); }
  [[nodiscard]] const T& operator*() const { return std::get<T>(held_); }
  [[nodiscard]] T* operator->() { return &std::get<T>(held_); }
  [[nodiscard]] const T* operator->() const { return &std::get<T>(held_); }
  [[nodiscard]] const Refusal& refusal() const { return std::get<Refusal>(held_); }

 private:
  std::variant<T, Refusal> held_;
};

}  // namespace sluice::pattern
