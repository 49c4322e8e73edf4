// Result<T>: a value or an Error. Expected refusals are values; nothing in the engine throws for
// them.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace sluice {

// Named by what the caller can do about it.
enum class ErrorKind {
  kBadInput,     // correct the input; where says the place
  kNotFound,     // name something that exists
  kConflict,     // look at the state again
  kUnavailable,  // try again later
  kCorrupt,      // restore from a copy: what is stored cannot be read
  kUnsupported,  // use another version or another feature
};

struct [[nodiscard]] Error {
  ErrorKind kind = ErrorKind::kBadInput;
  std::string where;    // file:line:column, path, key or ""
  std::string message;  // what is wrong and what to do, one or two sentences

  [[nodiscard]] std::string text() const {
    return where.empty() ? message : where + ": " + message;
  }
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit on purpose
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  explicit operator bool() const { return state_.index() == 0; }
  [[nodiscard]] T& value() & { return std::get<0>(state_); }
  [[nodiscard]] const T& value() const& { return std::get<0>(state_); }
  [[nodiscard]] T&& value() && { return std::get<0>(std::move(state_)); }
  [[nodiscard]] const Error& error() const { return std::get<1>(state_); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit on purpose

  explicit operator bool() const { return !error_; }
  [[nodiscard]] const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

}  // namespace sluice
