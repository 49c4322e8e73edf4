#include "engine/artifacts/mask.hpp"

#include <algorithm>
#include <utility>

namespace sluice {
namespace {

constexpr std::size_t kShortestSecret = 3;
constexpr std::string_view kMask = "***";

}  // namespace

void Masker::add(std::string_view secret) {
  while (!secret.empty()) {
    const std::size_t end = std::min(secret.find('\n'), secret.size());
    std::string_view line = secret.substr(0, end);
    secret.remove_prefix(std::min(end + 1, secret.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() < kShortestSecret) continue;
    if (std::find(secrets_.begin(), secrets_.end(), line) != secrets_.end()) continue;
    secrets_.emplace_back(line);
    first_bytes_.set(static_cast<unsigned char>(line.front()));
  }
  std::stable_sort(secrets_.begin(), secrets_.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
}

std::size_t Masker::show(std::string_view text, bool at_end, std::string& out) const {
  std::size_t at = 0, shown = 0;
  while (at < text.size()) {
    if (!first_bytes_[static_cast<unsigned char>(text[at])]) {
      ++at;
      continue;
    }
    const std::string_view rest = text.substr(at);
    std::size_t masked = 0;
    for (const std::string& secret : secrets_) {
      if (rest.starts_with(secret)) {
        masked = secret.size();
        break;
      }
      if (!at_end && std::string_view(secret).starts_with(rest)) {
        out.append(text, shown, at - shown);
        return at;
      }
    }
    if (masked == 0) {
      ++at;
      continue;
    }
    out.append(text, shown, at - shown).append(kMask);
    at += masked;
    shown = at;
  }
  out.append(text, shown, at - shown);
  return at;
}

std::string Masker::feed(std::string_view bytes) {
  if (secrets_.empty()) return std::string(bytes);
  std::string out;
  if (held_.empty()) {
    const std::size_t covered = show(bytes, false, out);
    held_ = bytes.substr(covered);
    return out;
  }
  held_ += bytes;
  held_.erase(0, show(held_, false, out));
  return out;
}

std::string Masker::finish() {
  std::string out;
  show(held_, true, out);
  held_.clear();
  return out;
}

std::string Masker::mask(std::string_view text) const {
  std::string out;
  show(text, true, out);
  return out;
}

}  // namespace sluice
