// One sentence a kind of finding.
#include <algorithm>
#include <iterator>

#include "engine/cli/explanation_text.hpp"
#include "engine/cli/finding_words.hpp"

namespace sluice {
namespace {

struct Row {
  const char* kind;
  std::string (*say)(const Told& told);
};

std::string quoted(const std::string& text) {
  return text.empty() ? "" : ": \"" + text + "\"";
}

std::string limit(const Told& told) {
  return told.when("; it times out at ", "deadline");
}

std::string transition(const Told& t) {
  const bool inbound = t.text("transitionType") != "Outbound";
  return std::string("The way ") + (inbound ? "into " : "out of ") + t.holder_stage() +
         " was closed" + t.by() + t.when(" at ", "since") + quoted(t.text("reason")) + ".";
}

std::string running(const Told& t) {
  std::string line = t.action() + " runs" + t.when(" since ", "since") + limit(t) + ".";
  if (t.number("count") != 0) line += " " + std::to_string(t.number("count")) + "% are done.";
  const std::string words = t.text("reason"), url = t.text("url");
  if (!words.empty()) line += " It says: " + words + (words.ends_with('.') ? "" : ".");
  return line + (url.empty() ? "" : " See " + url);
}

std::string approval(const Told& t) {
  const std::uint32_t given = t.number("count"), needed = t.number("limit");
  std::string line = t.action() + " waits for ";
  if (needed > 1) {
    line += std::to_string(needed) + " approvals, " + std::to_string(given) + " given";
    if (given > 0) line += " (" + t.names() + ")";
    line += ",";
  } else {
    line += "somebody's approval";
  }
  line += t.when(" since ", "since");
  if (t.ms("deadline") != 0) line += t.when("; it fails if nobody has answered by ", "deadline");
  return line + quoted(t.text("reason")) + ".";
}

std::string failed_action(const Told& t) {
  std::string line = t.action() + " failed" + t.when(" at ", "since") + t.by();
  const std::string code = t.text("code"), url = t.text("url");
  if (!code.empty()) line += " (" + code + ")";
  return line + t.why() + (url.empty() ? "." : "; see " + url);
}

std::string refused_condition(const Told& t) {
  const bool errored = t.text("code") == "Errored";
  if (t.hook() == "onFailure" && !errored)
    return "The onFailure condition of " + t.stage() +
           " did not apply, so that nothing was rolled back or retried by itself" + t.why() + ".";
  return "The " + t.hook() + " condition of " + t.stage() +
         (errored ? " could not be evaluated" : " said no") + t.why() + ".";
}

std::string rule(const Told& t) {
  std::string line = "The rule " + t.action() + " is being looked at" + t.when(" since ", "since") +
                     t.when(", again at ", "until") + limit(t);
  return line + t.asked() + ".";
}

std::string refused_rule(const Told& t) {
  const std::string code = t.text("code");
  return "The rule " + t.action() + " did not succeed" + t.when(" at ", "since") +
         (code.empty() ? "" : " (" + code + ")") + t.why() + t.asked() + ".";
}

std::string stopping(const Told& t) {
  const std::string who = person(t.text("by"));
  return (who.empty() ? t.self("It") + " was stopped" : who + " stopped " + t.self("it")) +
         t.when(" at ", "since") + quoted(t.text("reason")) + "; it ends when " + t.names() +
         " has ended.";
}

std::string stopped(const Told& t) {
  return "It was stopped" + t.by() + t.when(" at ", "since") + quoted(t.text("reason")) + ".";
}

std::string retried(const Told& t) {
  return t.stage() + " was retried by hand" + t.when(", last at ", "since") + "; " +
         std::to_string(t.number("count")) + " retries of this execution so far.";
}

std::string behind(const Told& t) {
  const std::uint32_t before = t.number("count");
  std::string line = "In QUEUED mode they enter in order, and " + t.holder() + " goes first";
  if (before > 1) line += "; " + std::to_string(before) + " wait before this one";
  return line + ".";
}

std::string automatic(const Told& t) {
  const std::uint32_t used = t.number("count"), most = t.number("limit");
  return t.stage() + " was retried by itself" + t.when(", last at ", "since") + "; " +
         std::to_string(used) + " of " + std::to_string(most) + " automatic retries " +
         (used < most ? "are used, the next comes at once if it fails again."
                      : "are used, no more follow.");
}

constexpr Row kWaiting[] = {
    {"TransitionDisabled", transition},
    {"StageOccupied",
     [](const Told& t) {
       return t.holder() + " is inside " + t.stage() + t.when(" since ", "since") +
              "; only one execution may be.";
     }},
    {"BehindOlder", behind},
    {"ConditionRuns",
     [](const Told& t) {
       return "The " + t.hook() + " condition of " + t.stage() + " is being looked at.";
     }},
    {"ConditionRefused", refused_condition},
    {"RuleRuns", rule},
    {"RuleRefused", refused_rule},
    {"ActionRuns", running},
    {"ActionPolls",
     [](const Told& t) {
       return t.action() + " waits for something elsewhere and looks again" +
              t.when(" at ", "until") + t.when("; begun at ", "since") + limit(t) +
              quoted(t.text("reason")) + ".";
     }},
    {"AwaitsSignal",
     [](const Told& t) {
       return t.action() + " waits to be told to go on" + t.when(", since ", "since") + limit(t) +
              quoted(t.text("reason")) + ".";
     }},
    {"AwaitsApproval", approval},
    {"AwaitsRunOrder",
     [](const Told& t) { return t.action() + " comes after " + t.names() + " (run order)."; }},
    {"AwaitsParallelLimit",
     [](const Told& t) {
       return t.action() + " waits until one of " + t.names() +
              " ends: a PARALLEL execution runs at most " + std::to_string(t.number("limit")) +
              " at once.";
     }},
    {"WillNotRun", [](const Told& t) { return t.action() + " will not begin any more."; }},
    {"Stopping", stopping},
    {"Outdated",
     [](const Told& t) {
       return "The pipeline was updated to version " + std::to_string(t.number("count")) +
              " while it ran: it is cancelled when " + t.names() + " ends.";
     }},
    {"Failing", [](const Told& t) {
       return t.stage() + " has failed already" + t.why() + "; " + t.self("it") + " ends when " +
              t.names() + " has ended.";
     }}};

constexpr Row kOver[] = {
    {"Succeeded", [](const Told& t) { return "It succeeded" + t.when(" at ", "since") + "."; }},
    {"Failed", [](const Told& t) { return "It failed" + t.when(" at ", "since") + t.why() + "."; }},
    {"Stopped", stopped},
    {"Superseded",
     [](const Told& t) {
       return "The newer " + t.holder() + " took its place before " + t.stage() +
              t.when(" at ", "since") + "; in SUPERSEDED mode only the newest waits.";
     }},
    {"Cancelled",
     [](const Told& t) { return "It was cancelled" + t.when(" at ", "since") + t.why() + "."; }},
    {"Retryable", [](const Told& t) { return t.stage() + " can be retried."; }},
    {"RetryPassed",
     [](const Told& t) {
       return "It cannot be retried: the newer " + t.holder() + " has entered " + t.stage() + ".";
     }},
    {"RetryOutdated",
     [](const Told& t) {
       return "It cannot be retried: the pipeline has been updated since, to version " +
              std::to_string(t.number("count")) + ".";
     }},
    {"RetryOccupied",
     [](const Told& t) {
       return "It cannot be retried now: " + t.holder() + " is inside " + t.stage() + ".";
     }},
    {"RetryRefused", [](const Told& t) { return "It cannot be retried now" + t.why() + "."; }},
    {"AutomaticRetries", automatic},
    {"Retried", retried},
    {"WorkerLost",
     [](const Told& t) {
       return t.action() + " lost its worker and was begun again, " +
              std::to_string(t.number("count")) + " time(s)" + t.why() + ".";
     }},
    {"Rollback",
     [](const Told& t) {
       return "It is a rollback: it runs " + t.stage() + " as " + t.holder() + " did.";
     }},
    {"ActionSucceeded",
     [](const Told& t) {
       return t.action() + " succeeded" + t.when(" at ", "since") + t.by() + ".";
     }},
    {"ActionFailed", failed_action},
    {"ActionAbandoned",
     [](const Told& t) { return t.action() + " was abandoned" + t.when(" at ", "since") + "."; }},
    {"NotReached",
     [](const Told& t) {
       return t.stage() + " comes after " + t.holder_stage() + ", where it is now.";
     }},
    {"Passed",
     [](const Told& t) {
       return "It went through " + t.stage() + t.when(" at ", "since") + "; it is at " +
              t.holder_stage() + " now.";
     }},
    {"Skipped",
     [](const Told& t) { return t.stage() + " was skipped, as its beforeEntry condition says."; }},
    {"NotPart",
     [](const Told& t) { return "It is a rollback, which runs " + t.holder_stage() + " only."; }}};

}  // namespace

std::string finding_sentence(const Json& explanation, const Json& finding) {
  const std::string kind = finding.value("kind", "");
  const auto named = [&](const Row& row) { return kind == row.kind; };
  const auto waiting = std::find_if(std::begin(kWaiting), std::end(kWaiting), named);
  if (waiting != std::end(kWaiting)) return waiting->say({explanation, finding});
  const auto over = std::find_if(std::begin(kOver), std::end(kOver), named);
  return over == std::end(kOver) ? "" : over->say({explanation, finding});
}

}  // namespace sluice
