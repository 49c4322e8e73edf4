#include "engine/hosts/job_log.hpp"

#include <algorithm>

namespace sluice {
namespace {

constexpr std::size_t kMinSecret = 3;
constexpr std::size_t kMaxLine = 64 * 1024;

// Length of the valid UTF-8 sequence at `at`, or 0.
std::size_t sequence(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned char lead = byte(0);
  std::size_t length = 0;
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) length = 2;
  if (lead >= 0xe0 && lead < 0xf0) length = 3;
  if (lead >= 0xf0 && lead < 0xf5) length = 4;
  if (length == 0 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  if ((lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xed && byte(1) >= 0xa0) ||
      (lead == 0xf0 && byte(1) < 0x90) || (lead == 0xf4 && byte(1) >= 0x90))
    return 0;
  return length;
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = sequence(text, at);
    if (length == 0) {
      out += "\xef\xbf\xbd";
      ++at;
    } else {
      out += text.substr(at, length);
      at += length;
    }
  }
  return out;
}

void SecretMask::add(std::string_view secret) {
  while (!secret.empty()) {
    const auto end = std::min(secret.find('\n'), secret.size());
    std::string_view line = secret.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() >= kMinSecret) secrets_.emplace_back(line);
    secret.remove_prefix(std::min(end + 1, secret.size()));
  }
  std::stable_sort(secrets_.begin(), secrets_.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
}

std::string SecretMask::apply(std::string text) const {
  for (const auto& secret : secrets_) {
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + 3))
      text.replace(at, secret.size(), "***");
  }
  return text;
}

std::size_t SecretMask::safe_cut(std::string_view text) const {
  if (secrets_.empty() || secrets_.front().size() >= text.size()) return text.size();
  std::size_t cut = text.size() - secrets_.front().size();
  for (const auto& secret : secrets_) {
    const std::size_t from = cut < secret.size() ? 0 : cut - secret.size() + 1;
    const auto at = text.find(secret, from);
    if (at < cut) cut = at;
  }
  return cut == 0 ? text.size() : cut;
}

std::string JobLog::append(std::string_view bytes) {
  std::string out;
  while (!bytes.empty()) {
    const auto newline = bytes.find('\n');
    const std::size_t room = kMaxLine - partial_.size();
    if (newline == std::string_view::npos && bytes.size() < room) {
      partial_ += bytes;
      break;
    }
    const std::size_t length = std::min({newline, room, bytes.size()});
    partial_ += bytes.substr(0, length);
    bytes.remove_prefix(length == newline ? length + 1 : length);
    const std::size_t cut = length == newline ? partial_.size() : mask_.safe_cut(partial_);
    take_line(std::string_view(partial_).substr(0, cut), out);
    partial_.erase(0, cut);
  }
  return out;
}

std::string JobLog::finish() {
  std::string out;
  if (!partial_.empty()) take_line(partial_, out);
  partial_.clear();
  return out;
}

void JobLog::take_line(std::string_view line, std::string& out) {
  if (full_) return;
  if (line.ends_with('\r')) line.remove_suffix(1);
  bytes_ += line.size() + 1;
  if (bytes_ > most_bytes_) {
    full_ = true;
    out += "[the log has reached " + std::to_string(most_bytes_) +
           " bytes; what follows is not kept]\n";
    return;
  }
  std::string text = valid_utf8(line);
  if (!mask_.empty()) text = mask_.apply(std::move(text));
  out += text;
  out += '\n';
  if (text.find_first_not_of(" \t") != std::string::npos) last_line_ = std::move(text);
}

}  // namespace sluice
