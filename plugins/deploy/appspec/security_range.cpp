// The SELinux range grammar, apart from the other permission values because it is the longest.
#include <algorithm>
#include <optional>
#include <set>

#include "plugins/deploy/appspec/permission_values.hpp"

namespace sluice::appspec {
namespace {

constexpr int kMaxCategory = 1023;

// Reads `<letter><digits>` at `at`; moves `at` behind it.
std::optional<int> numbered(std::string_view text, std::size_t& at, char letter) {
  if (at >= text.size() || text[at] != letter) return std::nullopt;
  std::size_t end = at + 1;
  int number = 0;
  while (end < text.size() && text[end] >= '0' && text[end] <= '9' && end - at < 8)
    number = number * 10 + (text[end++] - '0');
  if (end == at + 1) return std::nullopt;
  at = end;
  return number;
}

// Reads `cN[.cM](,...)`; false when the text is no such list or names a category twice.
bool read_categories(std::string_view text, std::set<int>& categories) {
  std::size_t at = 0;
  while (true) {
    const auto first = numbered(text, at, 'c');
    if (!first) return false;
    int last = *first;
    if (at < text.size() && text[at] == '.') {
      const auto end = numbered(text, ++at, 'c');
      if (!end || *end < *first) return false;
      last = *end;
    }
    if (last > kMaxCategory) return false;
    for (int category = *first; category <= last; ++category)
      if (!categories.insert(category).second) return false;
    if (at == text.size()) return true;
    if (text[at++] != ',') return false;
  }
}

std::string folded(const std::set<int>& categories) {
  std::string text;
  for (auto first = categories.begin(); first != categories.end();) {
    auto last = first;
    for (auto next = std::next(last); next != categories.end() && *next == *last + 1; ++next)
      last = next;
    text += (text.empty() ? "c" : ",c") + std::to_string(*first);
    if (last != first) text += ".c" + std::to_string(*last);
    first = std::next(last);
  }
  return text;
}

}  // namespace

Checked<std::string> parse_security_range(const std::string& text) {
  const Fault invalid{"RANGE_INVALID",
                      "the SELinux range '" + text +
                          "' is not sN[-sM][:categories] with N <= M, categories c0 to c1023 as "
                          "cN, cN.cM and commas, each once",
                      {}};
  const std::string_view view = text;
  std::size_t at = 0;
  const auto low = numbered(view, at, 's');
  if (!low) return invalid;
  std::string result = "s" + std::to_string(*low);
  if (at < view.size() && view[at] == '-') {
    const auto high = numbered(view, ++at, 's');
    if (!high || *high < *low) return invalid;
    result += "-s" + std::to_string(*high);
  }
  if (at == view.size()) return result;
  std::set<int> categories;
  if (view[at] != ':' || !read_categories(view.substr(at + 1), categories)) return invalid;
  return result + ":" + folded(categories);
}

}  // namespace sluice::appspec
