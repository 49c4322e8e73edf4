// What an executable may print, and what a workflow file may name as a command.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "plugins/invoke/answer.hpp"
#include "plugins/invoke/command_line.hpp"
#include "plugins/process/child.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::invoke;
  const std::string text(reinterpret_cast<const char*>(data), size);
  std::string problem;
  if (const auto answer = parse_answer(text, problem)) {
    // An answer that continues has no variables: the engine relies on it.
    if (answer->continuation_token && !answer->variables.empty()) std::abort();
    for (const auto& [key, value] : answer->variables)
      if (sluice::process::valid_utf8(value) != value) std::abort();
  }
  // However the bytes arrive, the sorter sees the same.
  std::string whole_log, split_log, whole_problem, split_problem;
  OutputSorter whole([&](const std::string& line) { whole_log += line + "\n"; });
  OutputSorter split([&](const std::string& line) { split_log += line + "\n"; });
  whole.add(text);
  for (const char c : text) split.add(std::string_view(&c, 1));
  const bool one = whole.finish(whole_problem).has_value();
  const bool other = split.finish(split_problem).has_value();
  if (one != other || whole_log != split_log || whole_problem != split_problem) std::abort();

  std::string refused;
  const auto words = split_words(text, refused);
  if (words.has_value() != refused.empty()) std::abort();
  return 0;
}
