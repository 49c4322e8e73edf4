#include "tests/core/notation.hpp"

#include <cstdlib>
#include <sstream>
#include <stdexcept>

#include "engine/core/names.hpp"

namespace sluice::test {
namespace {

std::string trim(const std::string& text) {
  const auto begin = text.find_first_not_of(" \n\t");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \n\t") - begin + 1);
}

bool starts_with(const std::string& text, const char* prefix) {
  return text.rfind(prefix, 0) == 0;
}

void read_action_word(ActionDeclaration& action, const std::string& word) {
  const std::string rest = word.substr(1);
  if (word[0] == '<') {
    action.input_artifacts.push_back(rest);
  } else if (word[0] == '>') {
    action.output_artifacts.push_back({rest, {}});
  } else if (word[0] == '@') {
    action.run_order = static_cast<std::uint16_t>(std::stoi(rest));
  } else if (word[0] == '$') {
    action.commands.push_back(rest);
  } else if (starts_with(word, "ns=")) {
    action.name_space = word.substr(3);
  } else if (starts_with(word, "timeout=")) {
    action.timeout_ms = std::stoll(word.substr(8)) * 60'000;
  } else if (starts_with(word, "approvals=")) {
    action.required_approvals = static_cast<std::uint16_t>(std::stoi(word.substr(10)));
  } else if (starts_with(word, "env=")) {
    action.environment_variables.push_back({"VALUE", word.substr(4), false});
  } else if (word == "approval") {
    action.type = {Category::kApproval, "AWS", "Manual", "1"};
  } else if (word == "test") {
    action.type.category = Category::kTest;
  } else if (word == "idempotent") {
    action.idempotent = true;
  } else if (const auto colon = word.find(':'); colon != std::string::npos) {
    action.configuration[word.substr(0, colon)] = word.substr(colon + 1);
  } else {
    throw std::runtime_error("notation: what is " + word);
  }
}

ActionDeclaration read_action(const std::string& text, bool first_stage) {
  const auto words = words_of(text);
  ActionDeclaration action;
  action.name = words.at(0);
  action.type = {first_stage ? Category::kSource : Category::kBuild, "Sluice", "Any", "1"};
  for (std::size_t i = 1; i < words.size(); ++i) read_action_word(action, words[i]);
  return action;
}

// "entry FAIL VariableCheck Variable:x Value:y / Commands $z": a hook, its result, and rules.
void read_hook(StageDeclaration& stage, const std::string& text) {
  const auto parts = words_of(text, '/');
  auto words = words_of(parts.at(0));
  const std::string hook = words.at(0);
  ConditionResult result = ConditionResult::kNone;
  if (!parse(words.at(1), result)) throw std::runtime_error("notation: result " + words[1]);
  std::vector<RuleDeclaration> rules;
  for (std::size_t part = 0; part < parts.size(); ++part) {
    auto rule_words = words_of(parts[part]);
    if (part == 0) rule_words.erase(rule_words.begin(), rule_words.begin() + 2);
    if (rule_words.empty()) continue;
    RuleDeclaration rule;
    rule.name = "rule" + std::to_string(rules.size() + 1);
    rule.type = {Category::kRule, "AWS", rule_words[0], "1"};
    for (std::size_t i = 1; i < rule_words.size(); ++i) {
      const std::string& word = rule_words[i];
      if (word == "ALL_ACTIONS") {
        stage.on_failure.retry_mode = RetryMode::kAllActions;
      } else if (word[0] == '$') {
        rule.commands.push_back(word.substr(1));
      } else if (word[0] == '<') {
        rule.input_artifacts.push_back(word.substr(1));
      } else if (starts_with(word, "timeout=")) {
        rule.timeout_ms = std::stoll(word.substr(8)) * 60'000;
      } else {
        std::string value = word.substr(word.find(':') + 1);
        for (char& c : value) c = c == '_' ? ' ' : c;
        rule.configuration[word.substr(0, word.find(':'))] = value;
      }
    }
    rules.push_back(std::move(rule));
  }
  if (hook == "entry") stage.before_entry = {result, std::move(rules)};
  if (hook == "success") stage.on_success = {result, std::move(rules)};
  if (hook == "failure") {
    if (!rules.empty() && rules[0].type.provider == "retries") {
      stage.on_failure.max_retries =
          static_cast<std::uint16_t>(std::stoi(rules[0].configuration.at("most")));
      rules.clear();
    }
    stage.on_failure.result = result;
    if (!rules.empty()) stage.on_failure.condition = {result, std::move(rules)};
  }
}

StageDeclaration read_stage(const std::string& head, const std::string& body, bool first) {
  StageDeclaration stage;
  std::string rest = head;
  stage.name = trim(rest.substr(0, rest.find('[')));
  for (auto open = rest.find('['); open != std::string::npos; open = rest.find('[', open + 1)) {
    read_hook(stage, rest.substr(open + 1, rest.find(']', open) - open - 1));
  }
  for (const std::string& action : words_of(body, ',')) {
    stage.actions.push_back(read_action(trim(action), first));
  }
  return stage;
}

void read_option(PipelineDeclaration& pipeline, const std::string& text) {
  if (parse(text, pipeline.mode)) return;
  if (text == "finish-on-own-version") {
    pipeline.finish_on_own_version = true;
  } else if (text == "supersede-approval") {
    pipeline.supersede_waiting_approval = true;
  } else if (starts_with(text, "max=")) {
    pipeline.max_executions = static_cast<std::uint32_t>(std::stoi(text.substr(4)));
  } else {
    const auto equals = text.find('=');
    const std::string value = text.substr(equals + 1);
    pipeline.variables.push_back({text.substr(0, equals), value, "", !value.empty()});
  }
}

// The colon that ends a stage's name: the first one outside brackets, followed by a blank.
std::size_t stage_colon(const std::string& text) {
  int depth = 0;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] == '[') ++depth;
    if (text[i] == ']') --depth;
    if (depth == 0 && text[i] == ':' && text[i + 1] == ' ') return i;
  }
  return std::string::npos;
}

}  // namespace

std::vector<std::string> words_of(const std::string& text, char separator) {
  std::vector<std::string> words;
  std::istringstream in(text);
  for (std::string word; std::getline(in, word, separator);) {
    word = trim(word);
    if (!word.empty()) words.push_back(word);
  }
  return words;
}

PipelineDeclaration pipeline_from(const std::string& notation) {
  PipelineDeclaration pipeline;
  pipeline.name = "shop";
  for (const std::string& segment : words_of(notation, '|')) {
    const std::size_t colon = stage_colon(segment);
    if (colon == std::string::npos) {
      read_option(pipeline, segment);
    } else {
      pipeline.stages.push_back(
          read_stage(segment.substr(0, colon), segment.substr(colon + 1), pipeline.stages.empty()));
    }
  }
  return pipeline;
}

}  // namespace sluice::test
