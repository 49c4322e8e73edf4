#include "plugins/source/refs.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace sluice::source {
namespace {

constexpr std::string_view kBranch = "refs/heads/", kTag = "refs/tags/";
constexpr std::size_t kNamesShown = 5;
constexpr std::size_t kLongestCompared = 256;

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j + 1] + 1, row[j] + 1});
    }
  }
  return row[b.size()];
}

void read_ref(Refs& refs, std::string_view value, std::string_view name) {
  if (name == "HEAD") {
    constexpr std::string_view kSymbolic = "ref: refs/heads/";
    if (value.starts_with(kSymbolic))
      refs.head_branch = value.substr(kSymbolic.size());
    else
      refs.head_commit = value;
  } else if (name.starts_with(kBranch)) {
    refs.branches.emplace(name.substr(kBranch.size()), value);
  } else if (name.starts_with(kTag) && !name.ends_with("^{}")) {
    refs.tags.emplace(name.substr(kTag.size()), value);
  }
}

std::string quoted_list(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "'" : ", '") + name + "'";
  return text;
}

}  // namespace

Refs parse_refs(std::string_view text) {
  Refs refs;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (const auto tab = line.find('\t'); tab != std::string_view::npos)
      read_ref(refs, line.substr(0, tab), line.substr(tab + 1));
  }
  return refs;
}

std::vector<std::string> near_names(const std::string& wanted,
                                    const std::map<std::string, std::string>& names) {
  std::vector<std::pair<std::size_t, std::string>> found;
  const std::size_t reach = std::max<std::size_t>(2, wanted.size() / 3);
  for (const auto& [name, id] : names) {
    if (name.size() > kLongestCompared || wanted.size() > kLongestCompared) continue;
    const bool within = !wanted.empty() && (name.find(wanted) != std::string::npos ||
                                            wanted.find(name) != std::string::npos);
    const std::size_t distance = edit_distance(wanted, name);
    if (within || distance <= reach) found.emplace_back(within ? 0 : distance, name);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> near;
  for (const auto& [distance, name] : found)
    if (near.size() < kNamesShown) near.push_back(name);
  return near;
}

std::string missing_name(const std::string& kind, const std::string& wanted,
                         const std::map<std::string, std::string>& names,
                         const std::string& where) {
  std::string text = "there is no " + kind + " '" + wanted + "' in " + where + "; ";
  if (names.empty()) return text + "it has none";
  if (const auto near = near_names(wanted, names); !near.empty())
    return text + "did you mean " + quoted_list(near) + "?";
  std::vector<std::string> some;
  for (const auto& [name, id] : names)
    if (some.size() < kNamesShown) some.push_back(name);
  text += "it has " + quoted_list(some);
  if (names.size() > some.size())
    text += " and " + std::to_string(names.size() - some.size()) + " more";
  return text;
}

}  // namespace sluice::source
