#include "engine/cli/pattern.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/cli/pattern_bench.hpp"
#include "engine/cli/pattern_files.hpp"
#include "events/pattern/json_text.hpp"
#include "events/pattern/pattern.hpp"

namespace sluice {
namespace {

constexpr int kYes = 0;
constexpr int kNo = 1;
constexpr int kInvalid = 2;

int invalid(const std::string& where, const std::string& what) {
  std::cerr << where << ": " << what << '\n';
  return kInvalid;
}

std::string joined(const std::vector<std::string>& items) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : ", ") + item;
  return out;
}

void print_explanation(const pattern::Explanation& explanation) {
  std::cout << (explanation.matched ? "match" : "no match") << '\n';
  const bool has_combinations =
      !explanation.fields.empty() && explanation.fields.back().combination > 0;
  std::size_t combination = SIZE_MAX;
  for (const auto& field : explanation.fields) {
    if (has_combinations && field.combination != combination) {
      combination = field.combination;
      std::cout << "combination " << combination + 1 << " of $or\n";
    }
    const bool one = field.values.size() == 1;
    std::cout << "  " << (field.matched ? "ok    " : "FAILED") << ' ' << field.path << ": "
              << (field.values.empty() ? "absent" : joined(field.values))
              << (field.matched ? (one ? " meets one of " : ": one meets one of ")
                                : (one ? " meets none of " : ": none meets any of "))
              << joined(field.alternatives) << '\n';
  }
  if (explanation.torn_across_elements) {
    std::cout << "  every field is met, but only by different elements of one array\n";
  }
}

struct TestOptions {
  std::string pattern_file;
  std::string event_file;
  bool explain = false;
};

int run_test(const TestOptions& options) {
  const auto pattern_text = read_file(options.pattern_file);
  if (!pattern_text) return invalid(options.pattern_file, "cannot be read");
  const auto event_text = read_file(options.event_file);
  if (!event_text) return invalid(options.event_file, "cannot be read");
  const auto rule = pattern::compile(*pattern_text);
  if (!rule) return invalid(options.pattern_file, rule.refusal().message());
  const auto explanation = pattern::explain(*rule, *event_text);
  if (!explanation) return invalid(options.event_file, explanation.refusal().message());
  if (options.explain) {
    print_explanation(*explanation);
  } else {
    std::cout << (explanation->matched ? "match" : "no match") << '\n';
  }
  return explanation->matched ? kYes : kNo;
}

// One line of a table of cases.
struct Case {
  std::optional<std::string> pattern;
  std::optional<std::string> event;
  std::optional<bool> match;
  std::optional<bool> valid;
};

std::optional<Case> read_case(std::string_view line) {
  const auto members = split_object(line);
  if (!members) return std::nullopt;
  Case out;
  for (const auto& member : *members) {
    if (member.name == "pattern") {
      out.pattern = json_text_of(member.raw);
    } else if (member.name == "event") {
      out.event = json_text_of(member.raw);
    } else if (member.name == "match" || member.name == "valid") {
      if (member.raw != "true" && member.raw != "false") return std::nullopt;
      (member.name == "match" ? out.match : out.valid) = member.raw == "true";
    }
  }
  const bool is_whole =
      out.match ? out.pattern && out.event : out.valid && (out.pattern || out.event);
  return is_whole ? std::optional(out) : std::nullopt;
}

std::string yes_no(bool value) {
  return value ? "true" : "false";
}

// What is wrong with the case; nothing: it holds.
std::optional<std::string> judge(const Case& test) {
  std::optional<pattern::Rule> rule;
  if (test.pattern) {
    const auto compiled = pattern::compile(*test.pattern);
    if (compiled) rule = *compiled;
    if (test.valid && !test.event && compiled.ok() != *test.valid) {
      return "expected valid " + yes_no(*test.valid) +
             (compiled ? ", but it is a pattern" : ", got: " + compiled.refusal().message());
    }
    if (test.match && !compiled) return "not a pattern: " + compiled.refusal().message();
  }
  if (!test.event || (test.pattern && !rule)) return std::nullopt;
  pattern::Matcher matcher;
  if (rule) {
    if (const auto refusal = matcher.add("case", *rule)) return refusal->message();
  }
  pattern::Reader reader(matcher);
  const auto names = reader.match(*test.event);
  const std::string why = names ? "" : " (the event is refused: " + names.refusal().message() + ")";
  if (test.valid && !test.match && names.ok() != *test.valid) {
    return "expected a valid event: " + yes_no(*test.valid) + why;
  }
  // A refused event matches nothing.
  const bool matched = names && !(*names).empty();
  if (test.match && matched != *test.match) {
    return "expected match " + yes_no(*test.match) + ", got " + yes_no(matched) + why;
  }
  return std::nullopt;
}

int run_check(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return invalid(path, "cannot be read");
  std::size_t passed = 0;
  std::size_t failed = 0;
  for (const auto& line : lines_of(*text)) {
    const std::string where = path + ":" + std::to_string(line.number);
    const auto test = read_case(line.text);
    if (!test) {
      return invalid(where,
                     "not a case; expected {\"pattern\": ..., \"event\": ..., \"match\": bool} or "
                     "{\"pattern\": ..., \"valid\": bool}");
    }
    if (const auto wrong = judge(*test)) {
      ++failed;
      std::cout << where << ": " << *wrong << "\n  " << line.text << '\n';
    } else {
      ++passed;
    }
  }
  std::cout << passed << " passed, " << failed << " failed\n";
  return failed == 0 ? kYes : kNo;
}

int run_match(const std::string& rules_file, const std::string& events_file) {
  pattern::Matcher matcher;
  const auto rules_text = read_file(rules_file);
  if (!rules_text) return invalid(rules_file, "cannot be read");
  if (const auto wrong = add_rules(*rules_text, matcher)) return invalid(rules_file, *wrong);
  const auto events = read_file(events_file);
  if (!events) return invalid(events_file, "cannot be read");
  pattern::Reader reader(matcher);
  std::vector<std::string_view> names;
  std::string out;
  for (const auto& line : lines_of(*events)) {
    const auto matches = reader.match(line.text);
    if (!matches) {
      std::cout << out;
      return invalid(events_file + ":" + std::to_string(line.number), matches.refusal().message());
    }
    names.assign((*matches).begin(), (*matches).end());
    std::sort(names.begin(), names.end());
    out += '[';
    for (const auto name : names) {
      if (out.back() != '[') out += ',';
      out += pattern::quoted(name);
    }
    out += "]\n";
    if (out.size() > 1U << 16U) {
      std::cout << out;
      out.clear();
    }
  }
  std::cout << out;
  return kYes;
}

void add_test(CLI::App& parent, int& exit_code) {
  auto* const command = parent.add_subcommand("test", "Does one event match one pattern?");
  const auto options = std::make_shared<TestOptions>();
  command->add_option("--pattern", options->pattern_file, "File with the pattern")->required();
  command->add_option("--event", options->event_file, "File with the event")->required();
  command->add_flag("--explain", options->explain, "Say which field failed against what");
  command->callback([options, &exit_code] { exit_code = run_test(*options); });
}

void add_check(CLI::App& parent, int& exit_code) {
  auto* const command = parent.add_subcommand("check", "Run a table of cases, one JSON a line");
  const auto file = std::make_shared<std::string>();
  command->add_option("file", *file, "The table")->required();
  command->callback([file, &exit_code] { exit_code = run_check(*file); });
}

void add_match(CLI::App& parent, int& exit_code) {
  auto* const command =
      parent.add_subcommand("match", "Print the names of the matching rules for each event");
  const auto files = std::make_shared<BenchOptions>();
  command->add_option("--rules", files->rules_file, "Object: name to pattern")->required();
  command->add_option("--events", files->events_file, "Events, one JSON a line")->required();
  command->callback(
      [files, &exit_code] { exit_code = run_match(files->rules_file, files->events_file); });
}

void add_bench(CLI::App& parent, int& exit_code) {
  auto* const command = parent.add_subcommand("bench", "Measure matching, parsing included");
  const auto options = std::make_shared<BenchOptions>();
  command->add_option("--rules", options->rules_file, "Object: name to pattern")->required();
  command->add_option("--events", options->events_file, "Events, one JSON a line")->required();
  command->add_option("--threads", options->threads, "Threads that share the events")
      ->check(CLI::Range(1, 1024));
  command->add_option("--repeat", options->repeat, "Passes over the events; the median counts")
      ->check(CLI::Range(1, 1000));
  command->add_flag("--json", options->json, "One JSON object instead of text");
  command->callback([options, &exit_code] { exit_code = run_pattern_bench(*options); });
}

}  // namespace

void add_pattern_command(CLI::App& app, int& exit_code) {
  auto* const command = app.add_subcommand("pattern", "Try, check and measure event patterns");
  command->require_subcommand(1);
  add_test(*command, exit_code);
  add_check(*command, exit_code);
  add_match(*command, exit_code);
  add_bench(*command, exit_code);
}

}  // namespace sluice
