#include "engine/hosts/job_log.hpp"

#include <algorithm>

namespace sluice {
namespace {

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

std::string shown_text(std::string_view text, const Masker& masker) {
  return valid_utf8(masker.mask(text));
}

// A line that is too long is cut; what may be the beginning of a secret stays in the masker, so
// that no cut goes through one.
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
    const bool whole = length == newline;
    partial_ += bytes.substr(0, length);
    bytes.remove_prefix(whole ? length + 1 : length);
    std::string shown = masker_.feed(partial_);
    if (whole) shown += masker_.finish();
    partial_.clear();
    if (whole || !shown.empty()) take_line(shown, out);
  }
  return out;
}

std::string JobLog::finish() {
  std::string out;
  std::string shown = masker_.feed(partial_);
  shown += masker_.finish();
  if (!shown.empty()) take_line(shown, out);
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
  out += text;
  out += '\n';
  if (text.find_first_not_of(" \t") != std::string::npos) last_line_ = std::move(text);
}

}  // namespace sluice
