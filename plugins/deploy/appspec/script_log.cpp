#include "plugins/deploy/appspec/script_log.hpp"

#include <ctime>
#include <filesystem>
#include <utility>

#include "plugins/deploy/appspec/text_checks.hpp"

namespace sluice::appspec {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kTailLength = 2048;
constexpr std::uintmax_t kLogSize = 64U << 20U;
constexpr int kLogsKept = 8;

std::string now_text() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &local);
  return text;
}

// The host's log never ends: X, X.1, ... X.7.
void rotate(const std::string& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error || size < kLogSize) return;
  for (int i = kLogsKept - 1; i > 0; --i) {
    const std::string older = path + "." + std::to_string(i);
    fs::rename(i == 1 ? path : path + "." + std::to_string(i - 1), older, error);
  }
}

}  // namespace

ScriptLog::ScriptLog(const std::string& scripts_log, const std::string& deployments_log,
                     std::string deployment, std::function<void(const std::string&)> also)
    : deployment_(std::move(deployment)), also_(std::move(also)) {
  rotate(deployments_log);
  scripts_.open(scripts_log, std::ios::app | std::ios::binary);
  deployments_.open(deployments_log, std::ios::app | std::ios::binary);
}

void ScriptLog::begin_event(const std::string& event) {
  tail_.clear();
  line("LifecycleEvent - " + event);
}

void ScriptLog::begin_script(const std::string& location) {
  line("Script - " + location);
}

void ScriptLog::output(bool from_stderr, const std::string& text) {
  line((from_stderr ? "[stderr]" : "[stdout]") + text);
}

void ScriptLog::line(const std::string& text) {
  const std::string whole = now_text() + " " + text;
  scripts_ << whole << '\n' << std::flush;
  deployments_ << "[" << now_text() << "] [" << deployment_ << "]" << text << '\n' << std::flush;
  if (also_) also_(valid_utf8(whole));
  tail_ += text + "\n";
  if (tail_.size() > kTailLength) {
    const auto start = tail_.find('\n', tail_.size() - kTailLength);
    tail_.erase(0, start + 1 < tail_.size() ? start + 1 : tail_.size() - kTailLength);
  }
}

std::string valid_utf8(const std::string& text) {
  std::string valid;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = text[at] == '\0' ? 0 : utf8_sequence_length(text, at);
    if (length == 0)
      valid += "\xEF\xBF\xBD";
    else
      valid.append(text, at, length);
    at += length == 0 ? 1 : length;
  }
  return valid;
}

}  // namespace sluice::appspec
