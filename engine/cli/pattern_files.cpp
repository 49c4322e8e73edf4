#include "engine/cli/pattern_files.hpp"

#include <fstream>
#include <iostream>
#include <iterator>
#include <utility>

#include "events/pattern/json_text.hpp"

namespace sluice {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  std::optional<std::vector<RawMember>> split() {
    std::vector<RawMember> members;
    if (!take('{')) return std::nullopt;
    if (take('}')) return at_end() ? std::optional(std::move(members)) : std::nullopt;
    do {
      RawMember member;
      const auto name = string();
      if (!name || !pattern::unescape(name->substr(1, name->size() - 2), member.name) ||
          !take(':')) {
        return std::nullopt;
      }
      member.raw = value();
      if (member.raw.empty()) return std::nullopt;
      members.push_back(std::move(member));
    } while (take(','));
    if (!take('}') || !at_end()) return std::nullopt;
    return members;
  }

 private:
  void skip_blanks() { at_ = std::min(text_.find_first_not_of(kBlanks, at_), text_.size()); }
  bool at_end() {
    skip_blanks();
    return at_ == text_.size();
  }
  bool take(char c) {
    skip_blanks();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::optional<std::string_view> string() {
    skip_blanks();
    if (at_ == text_.size() || text_[at_] != '"') return std::nullopt;
    const std::size_t begin = at_++;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == '"') {
        return text_.substr(begin, ++at_ - begin);
      }
    }
    return std::nullopt;
  }

  // Up to the comma or bracket that ends it, brackets and strings inside skipped.
  std::string_view value() {
    skip_blanks();
    const std::size_t begin = at_;
    std::size_t depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        if (!string()) return {};
        continue;
      }
      if (depth == 0 && (c == ',' || c == '}' || c == ']')) break;
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      ++at_;
    }
    const std::string_view raw = text_.substr(begin, at_ - begin);
    const std::size_t last = raw.find_last_not_of(kBlanks);
    return last == std::string_view::npos ? std::string_view() : raw.substr(0, last + 1);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<std::vector<RawMember>> split_object(std::string_view text) {
  return Splitter(text).split();
}

std::optional<std::string> json_text_of(std::string_view raw) {
  if (raw.size() < 2 || raw.front() != '"') return std::string(raw);
  std::string text;
  if (!pattern::unescape(raw.substr(1, raw.size() - 2), text)) return std::nullopt;
  return text;
}

std::optional<std::string> read_file(const std::string& path) {
  if (path == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text;
  file.seekg(0, std::ios::end);
  const auto size = file.tellg();
  if (size <= 0) {  // a pipe, or empty
    file.clear();
    file.seekg(0);
    file.clear();
    text.assign(std::istreambuf_iterator<char>(file), {});
    return text;
  }
  text.resize(static_cast<std::size_t>(size));
  file.seekg(0);
  file.read(text.data(), size);
  if (!file) return std::nullopt;
  return text;
}

std::vector<NumberedLine> lines_of(std::string_view text) {
  std::vector<NumberedLine> lines;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    if (line.find_first_not_of(kBlanks) != std::string_view::npos) lines.push_back({number, line});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace sluice
