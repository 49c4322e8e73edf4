#include "plugins/invoke/answer.hpp"

#include <nlohmann/json.hpp>

#include "plugins/process/child.hpp"

namespace sluice::invoke {
namespace {

using Json = nlohmann::json;
constexpr int kDeepest = 64;
constexpr std::int64_t kLongestDelay_s = 7 * 24 * 60 * 60;
constexpr std::string_view kMembers[] = {"outputVariables", "continuationToken",   "delaySeconds",
                                         "failure",         "externalExecutionId", "externalUrl",
                                         "summary",         "percentComplete"};

bool is_member(const std::string& key) {
  return std::find(std::begin(kMembers), std::end(kMembers), key) != std::end(kMembers);
}

// Strings as they are, null as nothing, everything else as JSON.
std::string as_variable(const Json& value) {
  if (value.is_null()) return "";
  const std::string text = value.is_string()
                               ? value.get<std::string>()
                               : value.dump(-1, ' ', false, Json::error_handler_t::replace);
  return process::valid_utf8(text);
}

void read_variables(const Json& object, Answer& answer) {
  for (const auto& [key, value] : object.items())
    answer.variables.emplace_back(process::valid_utf8(key), as_variable(value));
}

bool read_text(const Json& object, const char* key, std::string& to, std::string& problem) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return true;
  if (!found->is_string()) {
    problem = std::string(key) + " must be a string";
    return false;
  }
  to = process::valid_utf8(found->get<std::string>());
  return true;
}

bool read_failure(const Json& object, Answer& answer, std::string& problem) {
  const auto found = object.find("failure");
  if (found == object.end() || found->is_null()) return true;
  std::string type = "JobFailed", message;
  if (!found->is_object() || !read_text(*found, "type", type, problem) ||
      !read_text(*found, "message", message, problem)) {
    problem = "failure must be an object with type and message";
    return false;
  }
  answer.failure = {type.empty() ? "JobFailed" : type, message};
  return true;
}

bool read_numbers(const Json& object, Answer& answer, std::string& problem) {
  if (const auto delay = object.find("delaySeconds"); delay != object.end()) {
    if (!delay->is_number() || delay->get<double>() > static_cast<double>(kLongestDelay_s)) {
      problem = "delaySeconds must be a number, 604800 (seven days) at most";
      return false;
    }
    const double seconds = delay->get<double>();
    answer.delay_ms = seconds < 0 ? -1 : static_cast<std::int64_t>(seconds * 1000);
  }
  if (const auto percent = object.find("percentComplete"); percent != object.end()) {
    if (!percent->is_number() || percent->get<double>() < 0 || percent->get<double>() > 100) {
      problem = "percentComplete must be a number from 0 to 100";
      return false;
    }
    answer.percent = static_cast<int>(percent->get<double>());
  }
  return true;
}

bool read_members(const Json& object, Answer& answer, std::string& problem) {
  for (const auto& [key, value] : object.items())
    if (!is_member(key)) {
      problem = "'" + process::valid_utf8(key) +
                "' stands beside members of the protocol; put variables under outputVariables";
      return false;
    }
  if (const auto variables = object.find("outputVariables");
      variables != object.end() && !variables->is_null()) {
    if (!variables->is_object()) {
      problem = "outputVariables must be an object";
      return false;
    }
    read_variables(*variables, answer);
  }
  std::string token;
  if (!read_text(object, "continuationToken", token, problem) ||
      !read_text(object, "externalExecutionId", answer.external_id, problem) ||
      !read_text(object, "externalUrl", answer.external_url, problem) ||
      !read_text(object, "summary", answer.summary, problem) ||
      !read_failure(object, answer, problem) || !read_numbers(object, answer, problem))
    return false;
  if (!token.empty()) answer.continuation_token = token;
  // facts/codepipeline.md 5.2, step 4b.
  if (answer.continuation_token && !answer.variables.empty()) {
    problem = "an answer cannot have both continuationToken and outputVariables";
    return false;
  }
  return true;
}

}  // namespace

std::optional<Answer> parse_answer(std::string_view text, std::string& problem) {
  bool too_deep = false;
  const Json::parser_callback_t guard = [&](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > kDeepest;
    return !too_deep;
  };
  const Json object = Json::parse(text.begin(), text.end(), guard, false);
  if (too_deep) {
    problem = "it is nested more than 64 levels deep";
    return std::nullopt;
  }
  if (object.is_discarded() || !object.is_object()) return std::nullopt;
  Answer answer;
  bool protocol = false;
  for (const auto& [key, value] : object.items()) protocol = protocol || is_member(key);
  if (!protocol)
    read_variables(object, answer);
  else if (!read_members(object, answer, problem))
    return std::nullopt;
  return answer;
}

void OutputSorter::add(std::string_view bytes) {
  if (mode_ == Mode::kUndecided) {
    const auto first = bytes.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return;  // blank lines before anything else mean nothing
    bytes.remove_prefix(first);
    mode_ = bytes.front() == '{' ? Mode::kWhole : Mode::kLines;
  }
  if (mode_ == Mode::kLines) return add_to_lines(bytes);
  whole_ += bytes;
  if (whole_.size() > kLongestAnswer) flush_whole();
}

void OutputSorter::flush_whole() {
  mode_ = Mode::kLines;
  const std::string text = std::move(whole_);
  whole_.clear();
  add_to_lines(text);
}

void OutputSorter::add_to_lines(std::string_view bytes) {
  for (const char c : bytes) {
    if (c == '\n') {
      line(std::exchange(partial_, {}));
    } else {
      partial_ += c;
      // Nothing that long is an answer; the log takes it in pieces.
      if (partial_.size() >= kLongestAnswer) line(std::exchange(partial_, {}));
    }
  }
}

void OutputSorter::line(std::string text) {
  if (text.ends_with('\r')) text.pop_back();
  if (text.find_first_not_of(" \t") == std::string::npos) return;
  if (!held_.empty()) log_(process::valid_utf8(std::exchange(held_, {})));
  if (text.starts_with('{') && text.size() < kLongestAnswer)
    held_ = std::move(text);
  else
    log_(process::valid_utf8(text));
}

std::optional<Answer> OutputSorter::finish(std::string& problem) {
  if (mode_ == Mode::kWhole) {
    auto answer = parse_answer(whole_, problem);
    if (answer || !problem.empty()) return answer;
    flush_whole();
  }
  if (!partial_.empty()) line(std::exchange(partial_, {}));
  if (held_.empty()) return std::nullopt;
  auto answer = parse_answer(held_, problem);
  if (!answer) log_(process::valid_utf8(held_));
  return answer;
}

}  // namespace sluice::invoke
