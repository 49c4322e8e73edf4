#include "engine/definition/suggest.hpp"

#include <algorithm>
#include <utility>

namespace sluice::definition {
namespace {

constexpr std::size_t kLongestWord = 64;  // longer words are no slip of the pen
constexpr std::size_t kMostListed = 12;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t differs = lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + differs});
      const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                           lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

std::vector<std::string> nearest(std::string_view word, std::span<const std::string> known,
                                 std::size_t count) {
  if (word.empty() || word.size() > kLongestWord) return {};
  std::vector<std::pair<std::size_t, std::string>> ranked;
  for (const auto& candidate : known) {
    if (candidate.size() > kLongestWord) continue;
    const auto distance = edit_distance(word, candidate);
    const auto longer = std::max(word.size(), candidate.size());
    if (distance <= std::max<std::size_t>(1, longer / 3)) ranked.emplace_back(distance, candidate);
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<std::string> found;
  for (auto& [distance, candidate] : ranked) {
    if (found.size() == count) break;
    if (found.empty() || found.back() != candidate) found.push_back(std::move(candidate));
  }
  return found;
}

std::string suggestion(std::string_view word, std::span<const std::string> known) {
  if (const auto near = nearest(word, known); !near.empty()) {
    return "; did you mean `" + near.front() + "`?";
  }
  if (known.empty()) return "";
  std::string list = "; known here: ";
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (i == kMostListed) return list + ", ...";
    list += (i == 0 ? "" : ", ") + known[i];
  }
  return list;
}

std::string quote(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  std::string shown;
  bool cut = false;
  for (const char c : text) {
    const bool continues = (static_cast<unsigned char>(c) & 0xC0) == 0x80;
    if (shown.size() >= kLongest && !continues) {
      cut = true;
      break;
    }
    const auto byte = static_cast<unsigned char>(c);
    shown += byte < 0x20 || byte == 0x7F ? ' ' : c;
  }
  return "`" + shown + (cut ? "...`" : "`");
}

}  // namespace sluice::definition
