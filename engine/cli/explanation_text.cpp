#include "engine/cli/explanation_text.hpp"

#include <algorithm>
#include <initializer_list>
#include <sstream>

#include "engine/cli/finding_words.hpp"

namespace sluice {
namespace {

std::string kind_of(const Json& finding) {
  return finding.value("kind", "");
}

bool is_one_of(const std::string& kind, std::initializer_list<const char*> kinds) {
  return std::any_of(kinds.begin(), kinds.end(), [&](const char* one) { return kind == one; });
}

// "Compile and Lint", of all findings of a kind about this execution itself.
std::string subjects(const Json& explanation, std::initializer_list<const char*> kinds) {
  Json names = Json::array();
  for (const Json& finding : explanation.at("findings"))
    if (finding.value("depth", 0) == 0 && is_one_of(kind_of(finding), kinds))
      names.push_back(finding.at("subject").value("actionName", ""));
  const Json list{{"names", names}};
  return Told{explanation, list}.names();
}

// What the execution at the root of a chain waits for; "" if there is no chain.
std::string root(const Json& explanation) {
  const Json* deepest = nullptr;
  for (const Json& finding : explanation.at("findings"))
    if (finding.value("depth", 0) > 0 &&
        (deepest == nullptr || finding.value("depth", 0) > deepest->value("depth", 0)))
      deepest = &finding;
  if (deepest == nullptr) return "";
  const std::string who = number_of_place(deepest->at("subject"));
  const std::string kind = kind_of(*deepest);
  if (kind == "AwaitsApproval") return ", and " + who + " waits for an approval";
  if (kind == "TransitionDisabled") return ", and " + who + " waits before a closed transition";
  if (kind == "Stopping") return ", and " + who + " is stopping";
  if (is_one_of(kind, {"ActionPolls", "AwaitsSignal"}))
    return ", and " + who + " waits for something elsewhere";
  if (kind == "Failing") return ", and " + who + " has failed but still runs";
  if (kind == "ActionRuns")
    return ", where " + deepest->at("subject").value("actionName", "") + " still runs";
  return "";
}

// What an execution in its stage is busy with: the first of these that there is.
std::string business(const Json& explanation) {
  struct Row {
    std::initializer_list<const char*> kinds;
    const char* before;
    const char* after;
  };
  const Row rows[] = {{{"AwaitsApproval"}, "waits for somebody to approve ", ""},
                      {{"ActionRuns"}, "runs ", ""},
                      {{"ActionPolls", "AwaitsSignal"}, "waits with ", " for something elsewhere"},
                      {{"RuleRuns"}, "looks at the rule ", ""},
                      {{"AwaitsRunOrder", "AwaitsParallelLimit"}, "has not begun ", ""},
                      {{"WillNotRun"}, "will not begin ", ""},
                      {{"ActionSucceeded"}, "is through with ", ""}};
  for (const Row& row : rows)
    if (const std::string names = subjects(explanation, row.kinds); !names.empty())
      return row.before + names + row.after;
  return "is in progress";
}

std::string headline(const Json& explanation) {
  const std::string stage = explanation.value("stageName", "");
  const Json& findings = explanation.at("findings");
  const Json first = findings.empty() ? Json::object() : findings[0];
  const Told told{explanation, first};
  const std::string kind = kind_of(first);
  const std::string waits = "waits before " + stage;
  if (kind == "TransitionDisabled") return waits + ": the way is closed";
  if (kind == "StageOccupied")
    return waits + ": " + number_of_place(first.at("holder")) + " is inside" + root(explanation);
  if (kind == "BehindOlder")
    return waits + " behind " + number_of_place(first.at("holder")) + root(explanation);
  if (kind == "Stopping") return "is stopping in " + stage + ": " + told.names() + " may finish";
  if (kind == "Outdated") return "ends soon in " + stage + ": the pipeline was updated";
  if (kind == "Failing") return "has failed in " + stage + ", but " + told.names() + " still runs";
  const std::string status = explanation.value("status", "");
  if (status == "Superseded")
    return "was superseded before " + stage + " by " +
           number_of_place(first.value("holder", Json()));
  if (status == "Succeeded") return "has succeeded; nothing holds it";
  const bool outside = explanation.value("stageStatus", "").empty();
  const std::string at = (outside ? " before " : " in ") + stage;
  if (status == "Failed") return "has failed" + at;
  if (status == "Stopped") return "was stopped" + at;
  if (status == "Cancelled") return "was cancelled" + at;
  if (kind == "Passed")
    return "went through " + told.stage() + "; it " +
           (outside ? waits : business(explanation) + at) + " now";
  return outside ? waits : business(explanation) + at;
}

std::string reference(const std::string& pipeline, const Json& place) {
  return pipeline + number_of_place(place);
}

struct Offer {
  std::string command, effect;
};

std::string effect_of(const Json& finding, const Json& move) {
  const std::string kind = kind_of(move);
  const std::string who = number_of_place(move.at("on"));
  const bool one_of_many = finding.value("limit", 0) - finding.value("count", 0) > 1;
  const Json& on = move.at("on");
  const std::string stage = on.value("stageName", "");
  if (kind == "Approve") {
    const std::string given = Told{finding, finding}.names();
    return (given.empty() ? "" : "by another than " + given + ": ") +
           (one_of_many ? "one of the approvals that it needs" : "lets " + who + " go on");
  }
  if (kind == "Reject") return "fails it";
  if (kind == "EnableTransition") return "opens the way; whoever waits enters";
  if (kind == "OverrideCondition") return "lets " + who + " go on whatever the condition says";
  if (kind == "Stop") return who + " finishes what runs, then leaves " + stage;
  if (kind == "Abandon") return "ends at once what " + who + " runs";
  if (kind == "RetryFailed") return "runs what failed again";
  if (kind == "RetryAll") return "runs all of " + stage + " again";
  if (kind == "RollBack") return "runs " + stage + " as " + who + " did, which succeeded";
  return "begins a new execution";
}

// Every move once, in the order of the findings; "wait" is no command.
std::vector<Offer> offers(const Json& explanation) {
  const std::string pipeline = explanation.value("pipelineName", "");
  std::vector<Offer> all;
  for (const Json& finding : explanation.at("findings")) {
    for (const Json& move : finding.value("moves", Json::array())) {
      const std::string command = move_command(pipeline, move);
      const auto same = [&](const Offer& offer) { return offer.command == command; };
      if (command.empty() || std::any_of(all.begin(), all.end(), same)) continue;
      all.push_back({command, effect_of(finding, move)});
    }
  }
  return all;
}

// If nothing is done: the latest time at which something that runs or waits must have ended.
std::string by_itself(const Json& explanation) {
  const Json* last = nullptr;
  for (const Json& finding : explanation.at("findings")) {
    if (!is_one_of(kind_of(finding), {"ActionRuns", "ActionPolls", "AwaitsSignal", "RuleRuns"}))
      continue;
    if (finding.value("deadline", 0.0) == 0.0) return "";
    if (last == nullptr || finding.value("deadline", 0.0) > last->value("deadline", 0.0))
      last = &finding;
  }
  if (last == nullptr) return "";
  const Told told{explanation, *last};
  return "Or wait: " + told.action() + " ends by itself" +
         told.when(", at the latest at ", "deadline") + ".";
}

// Findings that say nothing new: commands say what can be retried, and the failure of an action is
// often the reason that the failure of its stage gives.
bool repeats(const Json& findings, std::size_t at) {
  const std::string kind = kind_of(findings[at]), reason = findings[at].value("reason", "");
  if (kind == "Retryable") return true;
  if (!is_one_of(kind, {"ActionFailed", "ConditionRefused"})) return false;
  if (reason.empty() || findings[at].contains("url")) return false;
  return std::any_of(findings.begin(), findings.begin() + static_cast<std::ptrdiff_t>(at),
                     [&](const Json& before) {
                       return is_one_of(kind_of(before), {"Failed", "Failing"}) &&
                              before.value("reason", "").ends_with(reason);
                     });
}

}  // namespace

std::string move_command(const std::string& pipeline, const Json& move) {
  const std::string kind = kind_of(move);
  const Json& on = move.at("on");
  const std::string stage = on.value("stageName", "");
  const std::string execution = " --execution " + reference(pipeline, on);
  const std::string action = pipeline + " " + stage + "/" + on.value("actionName", "");
  if (kind == "Approve") return "sluice approve " + action;
  if (kind == "Reject") return "sluice reject " + action;
  if (kind == "EnableTransition")
    return "sluice transition enable " + pipeline + " " + stage +
           (move.value("transitionType", "") == "Outbound" ? " --outbound" : "");
  if (kind == "OverrideCondition")
    return "sluice override " + pipeline + " " + stage + execution + " --condition " +
           move.value("conditionType", "");
  if (kind == "Stop") return "sluice stop " + pipeline + execution;
  if (kind == "Abandon") return "sluice stop " + pipeline + execution + " --abandon";
  if (kind == "RetryFailed") return "sluice retry " + pipeline + " " + stage + execution;
  if (kind == "RetryAll") return "sluice retry " + pipeline + " " + stage + execution + " --all";
  if (kind == "RollBack")
    return "sluice rollback " + pipeline + " " + stage + " --to " + reference(pipeline, on);
  return kind == "Start" ? "sluice start " + pipeline : "";
}

namespace {

// Words over several lines under each other, where a person looks; a pipe gets one line.
void put_wrapped(std::vector<std::string>& lines, const std::string& text, std::size_t indent,
                 const Terminal& terminal) {
  const auto width = static_cast<std::size_t>(std::max(40, terminal.width));
  std::string line(indent, ' ');
  bool empty = true;
  std::istringstream words(text);
  for (std::string word; words >> word; empty = false) {
    const auto used = static_cast<std::size_t>(columns_of(line) + columns_of(word));
    if (terminal.interactive && !empty && used + 1 > width) {
      lines.push_back(line);
      line.assign(indent, ' ');
      empty = true;
    }
    line += (empty ? "" : " ") + word;
  }
  lines.push_back(line);
}

void put_findings(std::vector<std::string>& lines, const Json& explanation,
                  const Terminal& terminal) {
  const Json& findings = explanation.at("findings");
  const Told whole{explanation, explanation};
  if (explanation.value("stageStatus", "").empty() && explanation.contains("since") &&
      explanation.value("status", "") == "InProgress" && kind_of(findings[0]) != "Passed")
    lines.push_back("  It came there" + whole.when(" at ", "since") + ".");
  for (std::size_t i = 0; i < findings.size(); ++i) {
    if (repeats(findings, i)) continue;
    const std::size_t depth = findings[i].value("depth", 0U);
    put_wrapped(lines, finding_sentence(explanation, findings[i]), 2 + 2 * depth, terminal);
  }
}

void put_moves(std::vector<std::string>& lines, const Json& explanation, const Terminal& terminal) {
  const std::vector<Offer> moves = offers(explanation);
  const std::string waiting = by_itself(explanation);
  if (moves.empty() && waiting.empty()) return;
  lines.insert(lines.end(), {"", terminal.paint("What would move it", Paint::kBold)});
  int width = 0;
  for (const Offer& move : moves) width = std::max(width, columns_of(move.command));
  for (const Offer& move : moves)
    lines.push_back("  " + pad(move.command, width) + "   " +
                    terminal.paint("# " + move.effect, Paint::kDim));
  if (!waiting.empty()) put_wrapped(lines, waiting, 2, terminal);
}

// What says more: the logs of what runs and of what failed, or another execution.
void put_logs(std::vector<std::string>& lines, const Json& explanation, const Terminal& terminal) {
  const std::string pipeline = explanation.value("pipelineName", "");
  std::vector<std::string> commands;
  for (const Json& finding : explanation.at("findings")) {
    const std::string kind = kind_of(finding);
    const Json& subject = finding.at("subject");
    if (kind == "Passed") commands.push_back("  sluice explain " + reference(pipeline, subject));
    if (is_one_of(kind, {"Superseded", "RetryPassed"}))
      commands.push_back("  sluice explain " + reference(pipeline, finding.at("holder")));
    if (!is_one_of(kind, {"ActionRuns", "ActionFailed", "ActionAbandoned"})) continue;
    commands.push_back("  sluice logs " + reference(pipeline, subject) + " " +
                       subject.value("stageName", "") + "/" + subject.value("actionName", ""));
  }
  if (commands.empty()) return;
  lines.insert(lines.end(), {"", terminal.paint("To see more", Paint::kBold)});
  lines.insert(lines.end(), commands.begin(), commands.end());
}

}  // namespace

std::vector<std::string> explanation_lines(const Json& explanation, const Terminal& terminal) {
  const std::string pipeline = explanation.value("pipelineName", "");
  const std::string id = explanation.value("pipelineExecutionId", "").substr(0, 8);
  std::vector<std::string> lines;
  put_wrapped(lines,
              terminal.paint(reference(pipeline, explanation), Paint::kBold) + " (" + id + ") " +
                  headline(explanation) + ".",
              0, terminal);
  lines.emplace_back();
  put_findings(lines, explanation, terminal);
  put_moves(lines, explanation, terminal);
  put_logs(lines, explanation, terminal);
  std::string others;
  for (const Json& other : explanation.value("otherExecutions", Json::array()))
    others += (others.empty() ? "" : ", ") + number_of_place(other) +
              (other.value("waits", false) ? " before " : " in ") + other.value("stageName", "");
  if (others.empty()) return lines;
  lines.emplace_back();
  put_wrapped(lines, terminal.paint("Also in flight: " + others, Paint::kDim), 0, terminal);
  return lines;
}

}  // namespace sluice
