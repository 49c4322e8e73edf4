// The pattern language once more, as slowly and as literally as its definition: no index, no
// sharing, nothing from the library. What the property tests hold the matcher against.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reference {

// A JSON value that keeps the order and repetition of names and the spelling of numbers.
struct Json {
  enum class Type { kObject, kArray, kString, kNumber, kWord };
  Type type = Type::kWord;
  std::string text = "null";  // of a string its meaning, of a number or word its spelling
  std::vector<std::pair<std::string, Json>> members;
  std::vector<Json> items;

  static Json string(std::string text) { return {Type::kString, std::move(text), {}, {}}; }
  static Json number(std::string text) { return {Type::kNumber, std::move(text), {}, {}}; }
  static Json word(std::string text) { return {Type::kWord, std::move(text), {}, {}}; }
  static Json object() { return {Type::kObject, "", {}, {}}; }
  static Json array() { return {Type::kArray, "", {}, {}}; }
};

std::string dump(const Json& json);

// The numbers that random patterns and events use, with what the definition says of each: so the
// reference needs no number parser that could share a mistake with the library's.
struct KnownNumber {
  std::string_view spelling;
  double value;
  bool comparable;
};
const std::vector<KnownNumber>& known_numbers();

// Does the (valid) pattern match the event?
bool matches(const Json& pattern, const Json& event);

}  // namespace reference
