// Fault: why a deployment cannot go on. Checked<T>: a value or a Fault. Nothing here throws for an
// expected refusal; exceptions of the YAML reader are caught in parser.cpp.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace sluice::appspec {

struct [[nodiscard]] Fault {
  std::string word;     // one stable code word, such as "FILE_EXISTS" or "MODE_CHAR"
  std::string message;  // what is wrong and what to do
  std::string where;    // file:line:column, or a path, or ""

  [[nodiscard]] std::string text() const {
    return (where.empty() ? "" : where + ": ") + message + " [" + word + "]";
  }
};

template <class T>
class [[nodiscard]] Checked {
 public:
  Checked(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit on purpose
  Checked(Fault fault) : state_(std::in_place_index<1>, std::move(fault)) {}  // NOLINT

  explicit operator bool() const { return state_.index() == 0; }
  [[nodiscard]] T& operator*() & { return std::get<0>(state_); }
  [[nodiscard]] const T& operator*() const& { return std::get<0>(state_); }
  [[nodiscard]] T* operator->() { return &std::get<0>(state_); }
  [[nodiscard]] const T* operator->() const { return &std::get<0>(state_); }
  [[nodiscard]] const Fault& fault() const { return std::get<1>(state_); }

 private:
  std::variant<T, Fault> state_;
};

struct Done {};
using Check = Checked<Done>;

}  // namespace sluice::appspec
