#include "plugins/invoke/command_line.hpp"

#include <unistd.h>

#include <filesystem>
#include <system_error>

namespace sluice::invoke {
namespace fs = std::filesystem;
namespace {

// One pass over the text; a word begins with its first character or quote.
class Splitter {
 public:
  bool add(char c) {
    if (escaped_) {
      if (quote_ == '"' && c != '"' && c != '\\') word_ += '\\';
      word_ += c;
      escaped_ = false;
    } else if (c == '\\' && quote_ != '\'') {
      escaped_ = inside_ = true;
    } else if (quote_ != 0) {
      if (c == quote_)
        quote_ = 0;
      else
        word_ += c;
    } else if (c == '\'' || c == '"') {
      quote_ = c;
      inside_ = true;
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      end_word();
    } else {
      if (c == '\0') return false;
      word_ += c;
      inside_ = true;
    }
    return true;
  }
  bool finish() {
    end_word();
    return quote_ == 0 && !escaped_;
  }
  std::vector<std::string> words;

 private:
  void end_word() {
    if (inside_) words.push_back(word_);
    word_.clear();
    inside_ = false;
  }
  std::string word_;
  char quote_ = 0;
  bool inside_ = false, escaped_ = false;
};

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

bool leads_outside(const std::string& relative) {
  return fs::path(relative).lexically_normal().string().starts_with("..");
}

std::vector<fs::path> directories_of(const std::string& search_path) {
  std::vector<fs::path> directories;
  for (std::size_t begin = 0; begin <= search_path.size();) {
    const auto end = std::min(search_path.find(':', begin), search_path.size());
    if (end > begin) directories.emplace_back(search_path.substr(begin, end - begin));
    begin = end + 1;
  }
  return directories;
}

}  // namespace

std::optional<std::vector<std::string>> split_words(const std::string& text, std::string& problem) {
  Splitter splitter;
  for (const char c : text)
    if (!splitter.add(c)) problem = "command: there is a zero byte in it";
  if (!splitter.finish())
    problem = "command: a quote or a backslash at the end is not finished in: " + text;
  else if (splitter.words.empty() || splitter.words[0].empty())
    problem = "command: it names no program";
  if (!problem.empty()) return std::nullopt;
  return splitter.words;
}

std::optional<std::string> find_program(const std::string& name,
                                        const std::vector<std::string>& inputs,
                                        const std::string& base_directory,
                                        const std::string& search_path, std::string& problem) {
  std::vector<fs::path> places;
  if (fs::path(name).is_absolute()) {
    places.emplace_back(name);
  } else {
    if (!leads_outside(name))
      for (const auto& input : inputs) places.push_back(fs::path(input) / name);
    places.push_back(fs::path(base_directory) / name);
    if (name.find('/') == std::string::npos)
      for (const auto& directory : directories_of(search_path)) places.push_back(directory / name);
  }
  std::string not_executable;
  for (const auto& place : places) {
    if (!is_file(place)) continue;
    if (access(place.c_str(), X_OK) == 0) return place.lexically_normal().string();
    if (not_executable.empty()) not_executable = place.lexically_normal().string();
  }
  if (!not_executable.empty())
    problem =
        "command: " + not_executable + " is not executable; run chmod +x on it and commit that";
  else if (fs::path(name).is_absolute())
    problem = "command: there is no program " + name;
  else
    problem = "command: there is no program " + name + " in the input artifacts, in " +
              base_directory + (name.find('/') == std::string::npos ? ", or on the PATH" : "");
  return std::nullopt;
}

}  // namespace sluice::invoke
