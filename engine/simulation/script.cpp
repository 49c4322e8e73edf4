#include "engine/simulation/script.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <sstream>

#include "engine/definition/shapes.hpp"
#include "engine/definition/suggest.hpp"

namespace sluice::simulation {
namespace {

using definition::quote;
using definition::suggestion;
using Words = std::vector<std::string>;

constexpr std::int64_t kLongestMs = std::int64_t{3650} * 86'400'000;
constexpr std::uint32_t kMostPushes = 10'000;
constexpr std::size_t kMostMoves = 250'000;

Error wrong(const std::string& word, std::string message) {
  return {ErrorKind::kBadInput, word, std::move(message)};
}

bool is_number(const std::string& text) {
  return !text.empty() && text.size() < 8 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Result<std::int64_t> read_duration(const std::string& word) {
  const std::int64_t ms = definition::duration_ms(word);
  const bool zero = word == "0" || word == "0s";
  if ((ms > 0 && ms <= kLongestMs) || zero) return ms;
  return wrong(word, quote(word) + " is no duration; write 90s, 5m, 2h, 1d or 1h30m");
}

// One sentence: its words are taken out one after the other.
class Reader {
 public:
  Reader(Script& script, const LoadDeclaration& load) : script_(script), load_(load) {}

  Result<void> read(const std::string& sentence);

 private:
  // The value behind a word such as "at", taken out of the sentence; nothing if it is not there.
  Result<std::optional<std::int64_t>> take_time(const std::string& word);
  std::string take_value(const std::string& word);
  bool take_word(const std::string& word);
  Result<std::string> next(const char* what);
  Result<ExecutionNumber> next_execution();
  Result<std::string> next_stage();
  Result<Target> next_target();
  std::string rest();

  Result<Target> read_target(std::string text);
  Result<void> check_stage(const std::string& stage, const std::string& word);
  Result<void> check_name(const Target& target, const std::string& word);

  Result<void> start();
  Result<void> push();
  Result<void> duration();
  Result<void> conduct(Ending ending);
  Result<void> answer(bool approved);
  Result<void> ignore();
  Result<void> stop();
  Result<void> transition(bool enable);
  Result<void> retry();
  Result<void> rollback();
  Result<void> override_condition();
  Result<void> update();
  Result<void> remove();
  Result<void> add_move(decltype(Move::what) what);
  Result<Texts> take_variables();

  Script& script_;
  const LoadDeclaration& load_;
  Words words_;
  std::string verb_;
};

std::string Reader::take_value(const std::string& word) {
  const auto found = std::find(words_.begin(), words_.end(), word);
  if (found == words_.end() || found + 1 == words_.end()) return "";
  std::string value = *(found + 1);
  words_.erase(found, found + 2);
  return value;
}

Result<std::optional<std::int64_t>> Reader::take_time(const std::string& word) {
  const std::string value = take_value(word);
  if (value.empty()) {
    if (std::find(words_.begin(), words_.end(), word) != words_.end()) {
      return wrong(word, "`" + word + "` needs a duration behind it, such as 10m");
    }
    return std::optional<std::int64_t>();
  }
  auto ms = read_duration(value);
  if (!ms) return ms.error();
  return std::optional<std::int64_t>(*ms);
}

bool Reader::take_word(const std::string& word) {
  const auto found = std::find(words_.begin(), words_.end(), word);
  if (found == words_.end()) return false;
  words_.erase(found);
  return true;
}

Result<std::string> Reader::next(const char* what) {
  if (words_.empty()) return wrong("", "`" + verb_ + "` needs " + what);
  std::string word = words_.front();
  words_.erase(words_.begin());
  return word;
}

Result<ExecutionNumber> Reader::next_execution() {
  auto word = next("the number of an execution: the first start is 1");
  if (!word) return word.error();
  if (!is_number(*word) || *word == "0") {
    return wrong(*word, quote(*word) + " is no execution; the first start is 1, the second 2");
  }
  return static_cast<ExecutionNumber>(std::stoul(*word));
}

Result<void> Reader::check_stage(const std::string& stage, const std::string& word) {
  std::vector<std::string> known;
  for (const DeclarationPtr& version : script_.versions) {
    for (const StageDeclaration& declared : version->stages) {
      if (declared.name == stage) return {};
      known.push_back(declared.name);
    }
  }
  return wrong(word, "there is no stage " + quote(stage) + suggestion(stage, known));
}

Result<void> Reader::check_name(const Target& target, const std::string& word) {
  if (target.name.empty()) return {};
  std::vector<std::string> known;
  for (const DeclarationPtr& version : script_.versions) {
    for (const StageDeclaration& stage : version->stages) {
      if (stage.name != target.stage) continue;
      if (target.hook == Hook::kNone) {
        for (const ActionDeclaration& action : stage.actions) known.push_back(action.name);
      } else {
        const auto& rules = target.hook == Hook::kBeforeEntry ? stage.before_entry.rules
                            : target.hook == Hook::kOnSuccess ? stage.on_success.rules
                                                              : stage.on_failure.condition.rules;
        for (const RuleDeclaration& rule : rules) known.push_back(rule.name);
      }
    }
  }
  if (std::find(known.begin(), known.end(), target.name) != known.end()) return {};
  return wrong(word, "the stage " + target.stage + " has no " +
                         (target.hook == Hook::kNone ? "action " : "rule ") + quote(target.name) +
                         suggestion(target.name, known));
}

Result<std::string> Reader::next_stage() {
  auto word = next("a stage");
  if (!word) return word;
  if (auto known = check_stage(*word, *word); !known) return known.error();
  return word;
}

Result<Target> Reader::next_target() {
  auto word = next("an action: STAGE.ACTION, STAGE, or STAGE/beforeEntry");
  if (!word) return word.error();
  return read_target(*word);
}

// [EXECUTION:]STAGE[.ACTION | /HOOK[/RULE]][@ATTEMPT]
Result<Target> Reader::read_target(std::string text) {
  const std::string word = text;
  Target target;
  if (const auto colon = text.find(':'); colon != std::string::npos) {
    const std::string number = text.substr(0, colon);
    if (!is_number(number)) return wrong(word, quote(number) + " is no execution number");
    target.execution = static_cast<ExecutionNumber>(std::stoul(number));
    text.erase(0, colon + 1);
  }
  if (const auto at = text.rfind('@'); at != std::string::npos && is_number(text.substr(at + 1))) {
    target.attempt = static_cast<std::uint16_t>(std::stoul(text.substr(at + 1)));
    text.erase(at);
  }
  static const std::map<std::string, Hook> kHooks = {{"beforeEntry", Hook::kBeforeEntry},
                                                     {"onSuccess", Hook::kOnSuccess},
                                                     {"onFailure", Hook::kOnFailure}};
  if (const auto slash = text.find('/'); slash != std::string::npos) {
    std::string hook = text.substr(slash + 1);
    if (const auto second = hook.find('/'); second != std::string::npos) {
      target.name = hook.substr(second + 1);
      hook.erase(second);
    }
    const auto known = kHooks.find(hook);
    if (known == kHooks.end()) {
      return wrong(word,
                   quote(hook) + " is no condition; write beforeEntry, onSuccess or onFailure");
    }
    target.hook = known->second;
    target.stage = text.substr(0, slash);
  } else if (check_stage(text, word)) {
    target.stage = text;  // a stage's name may hold dots
  } else {
    const auto dot = text.find('.');
    target.stage = text.substr(0, dot);
    if (dot != std::string::npos) target.name = text.substr(dot + 1);
  }
  if (auto known = check_stage(target.stage, word); !known) return known.error();
  if (auto known = check_name(target, word); !known) return known.error();
  return target;
}

std::string Reader::rest() {
  std::string text;
  for (const std::string& word : words_) text += (text.empty() ? "" : " ") + word;
  words_.clear();
  return text;
}

Result<void> Reader::add_move(decltype(Move::what) what) {
  auto at = take_time("at");
  if (!at) return at.error();
  script_.moves.push_back({at->value_or(0), std::move(what)});
  return {};
}

Result<Texts> Reader::take_variables() {
  Texts variables;
  for (auto word = words_.begin(); word != words_.end();) {
    const auto equals = word->find('=');
    if (equals == std::string::npos || equals == 0) {
      ++word;
      continue;
    }
    variables.emplace_back(word->substr(0, equals), word->substr(equals + 1));
    word = words_.erase(word);
  }
  return variables;
}

Result<void> Reader::start() {
  auto variables = take_variables();
  if (!variables) return variables.error();
  return add_move(Move::Start{std::move(*variables), false});
}

Result<void> Reader::push() {
  auto variables = take_variables();
  auto every = take_time("every");
  if (!every) return every.error();
  auto at = take_time("at");
  if (!at) return at.error();
  std::uint32_t count = 1;
  if (!words_.empty() && is_number(words_.front())) {
    count = static_cast<std::uint32_t>(std::stoul(words_.front()));
    if (count == 0 || count > kMostPushes) {
      return wrong(words_.front(), "push 1 to " + std::to_string(kMostPushes) + " times");
    }
    words_.erase(words_.begin());
  }
  if (count > 1 && !*every) return wrong("", "several pushes need `every`: push 3 every 10m");
  if (script_.moves.size() + count > kMostMoves) return wrong("", "the script starts too much");
  for (std::uint32_t i = 0; i < count; ++i) {
    script_.moves.push_back(
        {at->value_or(0) + every->value_or(0) * i, Move::Start{*variables, true}});
  }
  return {};
}

// "duration 5m", "duration Build.Compile=5m", "duration Build.Compile 5m"
Result<void> Reader::duration() {
  auto word = next("a duration, or an action and a duration: Build.Compile=5m");
  if (!word) return word.error();
  std::string text = *word;
  const auto equals = text.find('=');
  if (equals == std::string::npos && words_.empty()) {
    auto ms = read_duration(text);
    if (!ms) return ms.error();
    script_.duration_ms = *ms;
    return {};
  }
  std::string length = equals == std::string::npos ? words_.front() : text.substr(equals + 1);
  if (equals == std::string::npos) words_.erase(words_.begin());
  auto target = read_target(text.substr(0, equals));
  if (!target) return target.error();
  auto ms = read_duration(length);
  if (!ms) return ms.error();
  script_.conducts.push_back({std::move(*target), false, true, {}, *ms, ""});
  return {};
}

Result<void> Reader::conduct(Ending ending) {
  auto target = next_target();
  if (!target) return target.error();
  auto after = take_time("after");
  if (!after) return after.error();
  Conduct how{std::move(*target), true, after->has_value(), ending, after->value_or(0), rest()};
  if (how.message.empty() && ending == Ending::kFailure) how.message = "made to fail";
  script_.conducts.push_back(std::move(how));
  return {};
}

Result<void> Reader::answer(bool approved) {
  auto target = next_target();
  if (!target) return target.error();
  auto after = take_time("after");
  if (!after) return after.error();
  std::string by = take_value("by");
  script_.answers.push_back({std::move(*target), false, approved,
                             after->value_or(script_.duration_ms), std::move(by), rest()});
  return {};
}

Result<void> Reader::ignore() {
  auto target = next_target();
  if (!target) return target.error();
  script_.answers.push_back({std::move(*target), true, false, 0, "", ""});
  return {};
}

Result<void> Reader::stop() {
  auto execution = next_execution();
  if (!execution) return execution.error();
  const bool abandon = take_word("abandon");
  auto at = take_time("at");
  if (!at) return at.error();
  script_.moves.push_back({at->value_or(0), Move::Stop{*execution, abandon, rest()}});
  return {};
}

Result<void> Reader::transition(bool enable) {
  auto stage = next_stage();
  if (!stage) return stage.error();
  const bool outbound = take_word("outbound");
  auto at = take_time("at");
  if (!at) return at.error();
  std::string reason = rest();
  if (reason.empty() && !enable) reason = "by the script";
  script_.moves.push_back({at->value_or(0), ChangeTransition{*stage, !outbound, enable,
                                                             std::move(reason), "simulation"}});
  return {};
}

Result<void> Reader::retry() {
  auto execution = next_execution();
  if (!execution) return execution.error();
  auto stage = next_stage();
  if (!stage) return stage.error();
  const RetryMode mode = take_word("all") ? RetryMode::kAllActions : RetryMode::kFailedActions;
  return add_move(Move::Retry{*execution, *stage, mode});
}

Result<void> Reader::rollback() {
  auto stage = next_stage();
  if (!stage) return stage.error();
  if (!take_word("to")) return wrong("", "write `rollback STAGE to EXECUTION`");
  auto execution = next_execution();
  if (!execution) return execution.error();
  return add_move(Move::Rollback{*stage, *execution});
}

Result<void> Reader::override_condition() {
  auto execution = next_execution();
  if (!execution) return execution.error();
  auto stage = next_stage();
  if (!stage) return stage.error();
  const bool entry = take_word("beforeEntry"), success = take_word("onSuccess");
  if (entry == success) return wrong("", "say which condition: beforeEntry or onSuccess");
  return add_move(
      Move::Override{*execution, *stage, entry ? Hook::kBeforeEntry : Hook::kOnSuccess});
}

Result<void> Reader::update() {
  auto file = next("a workflow file");
  if (!file) return file.error();
  auto declaration = load_(*file);
  if (!declaration) return declaration.error();
  auto kept = std::make_shared<const PipelineDeclaration>(std::move(*declaration));
  if (kept->name != script_.versions.front()->name) {
    return wrong(*file, "the pipeline in it is called " + kept->name + ", not " +
                            script_.versions.front()->name);
  }
  script_.versions.push_back(kept);
  return add_move(Move::Update{std::move(kept)});
}

Result<void> Reader::remove() {
  return add_move(RemovePipeline{"simulation"});
}

Result<void> Reader::read(const std::string& sentence) {
  std::istringstream in(sentence);
  words_.clear();
  for (std::string word; in >> word;) words_.push_back(word);
  if (words_.empty()) return wrong("", "the sentence is empty");
  verb_ = words_.front();
  words_.erase(words_.begin());
  static const std::map<std::string, std::function<Result<void>(Reader&)>> kVerbs = {
      {"start", &Reader::start},
      {"push", &Reader::push},
      {"duration", &Reader::duration},
      {"fail", [](Reader& r) { return r.conduct(Ending::kFailure); }},
      {"succeed", [](Reader& r) { return r.conduct(Ending::kSuccess); }},
      {"lost", [](Reader& r) { return r.conduct(Ending::kLoss); }},
      {"approve", [](Reader& r) { return r.answer(true); }},
      {"reject", [](Reader& r) { return r.answer(false); }},
      {"ignore", &Reader::ignore},
      {"stop", &Reader::stop},
      {"disable", [](Reader& r) { return r.transition(false); }},
      {"enable", [](Reader& r) { return r.transition(true); }},
      {"retry", &Reader::retry},
      {"rollback", &Reader::rollback},
      {"override", &Reader::override_condition},
      {"update", &Reader::update},
      {"remove", &Reader::remove}};
  const auto verb = kVerbs.find(verb_);
  if (verb == kVerbs.end()) {
    return wrong(verb_, "unknown verb " + quote(verb_) + suggestion(verb_, verbs()));
  }
  if (auto read = verb->second(*this); !read) return read;
  if (words_.empty()) return {};
  return wrong(words_.front(), "what is " + quote(words_.front()) + " in `" + sentence + "`?");
}

}  // namespace

const std::vector<std::string>& verbs() {
  static const std::vector<std::string> kAll = {
      "start",   "push",     "duration", "fail",   "succeed", "lost",
      "approve", "reject",   "ignore",   "stop",   "disable", "enable",
      "retry",   "rollback", "override", "update", "remove"};
  return kAll;
}

std::string time_text(std::int64_t ms) {
  struct Unit {
    const char* name;
    std::int64_t ms;
  };
  constexpr Unit kUnits[] = {
      {"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}};
  if (ms == 0) return "0s";
  std::string text;
  for (const Unit& unit : kUnits) {
    if (ms < unit.ms) continue;
    text += std::to_string(ms / unit.ms) + unit.name;
    ms %= unit.ms;
  }
  return text;
}

Result<void> add_sentence(Script& script, const std::string& sentence,
                          const LoadDeclaration& load) {
  return Reader(script, load).read(sentence);
}

}  // namespace sluice::simulation
