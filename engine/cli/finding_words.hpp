// Small parts of sentences about findings. Private to explanation_text.cpp and
// finding_sentence.cpp.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace sluice {

using Json = nlohmann::json;

// A finding and the explanation that it is of.
struct Told {
  const Json& explanation;
  const Json& finding;

  // Text and numbers of the finding; "" and 0 if absent.
  [[nodiscard]] std::string text(const char* key) const;
  [[nodiscard]] std::uint32_t number(const char* key) const;
  [[nodiscard]] std::int64_t ms(const char* key) const;
  [[nodiscard]] std::string stage() const;   // of the subject
  [[nodiscard]] std::string action() const;  // "Build.Compile", and " of #2" if it is another's
  [[nodiscard]] std::string self(const char* own) const;  // own, or "#2" if it is another
  [[nodiscard]] std::string holder() const;               // "#2 (5e6f7a8b)"
  [[nodiscard]] std::string holder_stage() const;
  [[nodiscard]] std::string hook() const;  // "beforeEntry"

  // "at 03:04:05 (12m05s ago)"; "" if the time is absent. prefix: "since ", "at ".
  [[nodiscard]] std::string when(const char* prefix, const char* key) const;
  // ": reason", or "".
  [[nodiscard]] std::string why() const;
  // " by ann", or "".
  [[nodiscard]] std::string by() const;
  // "Compile and Lint".
  [[nodiscard]] std::string names() const;
  // "; it was asked: Variable = main", or "".
  [[nodiscard]] std::string asked() const;
};

// "#2".
[[nodiscard]] std::string number_of_place(const Json& place);
// "3d 4h", "2h10m", "12m05s".
[[nodiscard]] std::string span_text(std::int64_t ms);
// The name in an ARN of a user, else the text itself.
[[nodiscard]] std::string person(const std::string& arn);

}  // namespace sluice
