// What a parser of this room gives: the value, or the place of what is wrong and what is allowed.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <variant>

namespace sluice::schedule {

struct Flaw {
  std::size_t position = 0;  // bytes from the start of the text
  std::string message;       // what is wrong and what is allowed, one sentence without a full stop

  // The message with its place, counted from 1: "at character 5: ...".
  [[nodiscard]] std::string text() const {
    return "at character " + std::to_string(position + 1) + ": " + message;
  }
};

// Either a T or a Flaw. The caller looks before it dereferences.
template <class T>
class [[nodiscard]] Parsed {
 public:
  Parsed(T value) : held_(std::move(value)) {}   // NOLINT(google-explicit-constructor)
  Parsed(Flaw flaw) : held_(std::move(flaw)) {}  // NOLINT(google-explicit-constructor)

  explicit operator bool() const { return std::holds_alternative<T>(held_); }
  [[nodiscard]] T& operator*() { return std::get<T>(held_); }
  [[nodiscard]] const T& operator*() const { return std::get<T>(held_); }
  [[nodiscard]] const T* operator->() const { return &std::get<T>(held_); }
  [[nodiscard]] const Flaw& flaw() const { return std::get<Flaw>(held_); }

 private:
  std::variant<T, Flaw> held_;
};

}  // namespace sluice::schedule
