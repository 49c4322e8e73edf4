#include "engine/core/mask.hpp"

#include <algorithm>
#include <utility>

namespace sluice {
namespace {

constexpr std::size_t kShortestSecret = 3;
constexpr std::string_view kMask = "***";
constexpr std::string_view kBlanks = " \t\r";

std::string_view without_blanks_around(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return line.substr(begin, line.find_last_not_of(kBlanks) + 1 - begin);
}

}  // namespace

void Masker::add(std::string_view secret) {
  while (!secret.empty()) {
    const std::size_t end = std::min(secret.find('\n'), secret.size());
    const std::string_view line = without_blanks_around(secret.substr(0, end));
    secret.remove_prefix(std::min(end + 1, secret.size()));
    if (line.size() < kShortestSecret) continue;
    if (std::find(secrets_.begin(), secrets_.end(), line) != secrets_.end()) continue;
    secrets_.emplace_back(line);
    first_bytes_.set(static_cast<unsigned char>(line.front()));
  }
  std::stable_sort(secrets_.begin(), secrets_.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
}

Masker::Found Masker::look(std::string_view text, bool at_end) const {
  if (!first_bytes_[static_cast<unsigned char>(text.front())]) return {};
  for (const std::string& secret : secrets_) {
    if (secret.size() > text.size()) {
      if (!at_end && secret.starts_with(text)) return {0, true};
    } else if (text.starts_with(secret)) {
      return {secret.size(), false};
    }
  }
  return {};
}

std::size_t Masker::show(std::string_view text, bool at_end, std::size_t& hidden,
                         std::string& out) const {
  std::size_t at = 0, hidden_to = hidden, shown_to = hidden;
  for (; at < text.size(); ++at) {
    const Found found = look(text.substr(at), at_end);
    if (found.open) break;
    if (found.length == 0) continue;
    if (at >= hidden_to) out.append(text, shown_to, at - shown_to).append(kMask);
    hidden_to = std::max(hidden_to, at + found.length);
    shown_to = hidden_to;
  }
  if (at > shown_to) out.append(text, shown_to, at - shown_to);
  hidden = hidden_to > at ? hidden_to - at : 0;
  return at;
}

std::string Masker::feed(std::string_view bytes) {
  if (secrets_.empty()) return std::string(bytes);
  std::string out;
  if (held_.empty()) {
    held_ = bytes.substr(show(bytes, false, held_hidden_, out));
    return out;
  }
  held_ += bytes;
  held_.erase(0, show(held_, false, held_hidden_, out));
  return out;
}

std::string Masker::finish() {
  std::string out;
  show(held_, true, held_hidden_, out);
  held_.clear();
  held_hidden_ = 0;
  return out;
}

std::string Masker::mask(std::string_view text) const {
  std::string out;
  std::size_t hidden = 0;
  show(text, true, hidden, out);
  return out;
}

}  // namespace sluice
