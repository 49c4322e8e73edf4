#include "tests/core/scenario.hpp"

#include <algorithm>
#include <map>
#include <sstream>
#include <stdexcept>

#include "engine/core/approval.hpp"
#include "tests/core/notation.hpp"

namespace sluice::test {
namespace {

using Words = std::vector<std::string>;
using Lines = std::vector<std::string>;

std::string rest_of(const Words& words, std::size_t from) {
  std::string rest;
  for (std::size_t i = from; i < words.size(); ++i) rest += (rest.empty() ? "" : " ") + words[i];
  return rest;
}

// Takes "name=value" out of the words.
std::string option(Words& words, const std::string& name) {
  const auto found = std::find_if(words.begin(), words.end(), [&](const std::string& word) {
    return word.rfind(name + "=", 0) == 0;
  });
  if (found == words.end()) return "";
  std::string value = found->substr(name.size() + 1);
  words.erase(found);
  return value;
}

ExecutionNumber number(const Words& words, std::size_t at = 1) {
  return static_cast<ExecutionNumber>(std::stoul(words.at(at)));
}

Texts texts(const Words& words, std::size_t from) {
  Texts found;
  for (std::size_t i = from; i < words.size(); ++i) {
    const auto equals = words[i].find('=');
    found.emplace_back(words[i].substr(0, equals), words[i].substr(equals + 1));
  }
  return found;
}

struct Player {
  World world;
  Uuid known_token;  // of the last approval asked for, kept after it is over

  Input start(Words words) {
    StartExecution start;
    start.id = World::execution_id(world.pipeline().last_number + 1);
    start.client_token = option(words, "token");
    const std::string revision = option(words, "revision");
    if (!revision.empty()) {
      const auto colon = revision.find(':');
      start.source_revisions.push_back(
          {revision.substr(0, colon), "COMMIT_ID", revision.substr(colon + 1)});
    }
    start.variables = texts(words, 1);
    return start;
  }

  Input success(const Words& words) {
    ReportSuccess report;
    report.key = world.key(number(words), words.at(2));
    report.variables = texts(words, 3);
    const auto found = world.pipeline().executions.find(report.key.execution);
    if (found != world.pipeline().executions.end() && !names_rule(report.key)) {
      const auto& declaration = *world.pipeline().versions.at(found->second.version);
      const auto& declared = declaration.stages.at(report.key.stage).actions.at(report.key.action);
      for (const auto& output : declared.output_artifacts) {
        report.outputs.push_back({output.name, "digest of " + output.name, "", "", ""});
      }
    }
    return report;
  }

  Input failure(const Words& words, FailureKind kind, const char* code) {
    return ReportFailure{
        world.key(number(words), words.at(2)), {}, {kind, code, rest_of(words, 3)}};
  }

  Input answer(Words words, bool approved) {
    AnswerApproval answer;
    answer.by = option(words, "by");
    const std::string& label = words.at(2);
    const ActionKey key = world.key(number(words), label);
    answer.stage = label.substr(0, label.find('.'));
    answer.action = label.substr(label.find('.') + 1);
    answer.approved = approved;
    answer.summary = rest_of(words, 3);
    const auto found = world.pipeline().executions.find(key.execution);
    if (found != world.pipeline().executions.end() && found->second.stage == key.stage &&
        key.action < found->second.actions.size()) {
      known_token = approval_token(found->second.actions[key.action]);
    }
    answer.token = known_token;
    return answer;
  }

  Lines wait(const std::string& duration) {
    const std::map<char, std::int64_t> units = {
        {'s', 1000}, {'m', 60'000}, {'h', 3'600'000}, {'d', 86'400'000}};
    const Instant end = after(world.now(), std::stoll(duration) * units.at(duration.back()));
    Lines lines;
    for (;;) {
      const auto wanted = wants(world.pipeline());
      const Want* next = nullptr;
      for (const Want& want : wanted) {
        if (want.kind != WantKind::kDeadline || want.at > end) continue;
        if (next == nullptr || want.at < next->at) next = &want;
      }
      if (next == nullptr) break;
      if (next->at > world.now()) world.set_now(next->at);
      for (auto& line : world.put(DeadlinePassed{next->key})) lines.push_back(std::move(line));
    }
    world.set_now(end);
    return lines;
  }

  Lines show_wants() {
    Lines lines;
    for (const Want& want : wants(world.pipeline())) {
      lines.push_back(want.kind == WantKind::kRun
                          ? "run " + world.key_name(want.key)
                          : "deadline " + world.key_name(want.key) + " in " +
                                std::to_string((want.at.ms - world.now().ms) / 1000) + "s");
    }
    return lines;
  }

  Lines admin(const Words& words) {
    const std::string& verb = words[0];
    if (verb == "retry" || verb == "retry-all") {
      return world.put(
          RetryStage{World::execution_id(number(words)), words.at(2),
                     verb == "retry" ? RetryMode::kFailedActions : RetryMode::kAllActions, "eve"});
    }
    if (verb == "rollback") {
      return world.put(RollbackStage{World::execution_id(world.pipeline().last_number + 1),
                                     words.at(1),
                                     World::execution_id(number(words, 3)),
                                     "eve",
                                     {}});
    }
    if (verb == "disable" || verb == "enable") {
      const bool outbound = words.size() > 2 && words[2] == "outbound";
      return world.put(ChangeTransition{words.at(1), !outbound, verb == "enable",
                                        rest_of(words, outbound ? 3 : 2), "eve"});
    }
    if (verb == "override") {
      const Hook hook = words.at(3) == "entry"     ? Hook::kBeforeEntry
                        : words.at(3) == "success" ? Hook::kOnSuccess
                                                   : Hook::kOnFailure;
      return world.put(
          OverrideCondition{World::execution_id(number(words)), words.at(2), hook, "eve"});
    }
    if (verb == "remove") return world.put(RemovePipeline{"eve"});
    throw std::runtime_error("scenario: what is " + verb);
  }

  Lines report(const Words& words) {
    const std::string& verb = words[0];
    if (verb == "ok") return world.put(success(words));
    if (verb == "fail") {
      return world.put(failure(words, FailureKind::kPermanent, "JobFailed"));
    }
    if (verb == "lost") return world.put(failure(words, FailureKind::kLost, "Lost"));
    if (verb == "crash") return world.put(failure(words, FailureKind::kCrashed, "Crashed"));
    if (verb == "continue") {
      const std::int64_t delay = words.size() > 4 ? std::stoll(words[4]) * 1000 : -1;
      return world.put(
          ReportContinue{world.key(number(words), words.at(2)), words.at(3), delay, {}});
    }
    if (verb == "progress") {
      return world.put(
          ReportProgress{world.key(number(words), words.at(2)), std::stoi(words.at(3)), {}});
    }
    if (verb == "signal") {
      return world.put(SignalAction{world.key(number(words), words.at(2)), rest_of(words, 3)});
    }
    if (verb == "deadline") {
      return world.put(DeadlinePassed{world.key(number(words), words.at(2))});
    }
    return admin(words);
  }

  Lines step(const std::string& line) {
    const Words words = words_of(line);
    const std::string& verb = words.at(0);
    if (verb == "start") return world.put(start(words));
    if (verb == "approve") return world.put(answer(words, true));
    if (verb == "reject") return world.put(answer(words, false));
    if (verb == "stop" || verb == "abandon") {
      return world.put(StopExecution{World::execution_id(number(words)), verb == "abandon",
                                     rest_of(words, 2), "eve"});
    }
    if (verb == "adopt") {
      return world.put(AdoptDefinition{pipeline_from(line.substr(line.find(verb) + verb.size()))});
    }
    if (verb == "wait") return wait(words.at(1));
    if (verb == "wants") return show_wants();
    return report(words);
  }
};

}  // namespace

std::string normal(const std::string& script) {
  std::string text;
  for (const std::string& line : words_of(script, '\n')) {
    if (line[0] != '#') text += line + "\n";
  }
  return text;
}

World world_after(const char* pipeline, const char* script) {
  Player player{World(pipeline), {}};
  for (const std::string& line : words_of(script, '\n')) {
    if (line[0] == '>') (void)player.step(line.substr(1));
  }
  return std::move(player.world);
}

std::string play(const Scenario& scenario, RowSet& rows) {
  Player player{World(scenario.pipeline), {}};
  std::string transcript;
  std::istringstream script(normal(scenario.script));
  for (std::string line; std::getline(script, line);) {
    if (line[0] != '>') continue;
    transcript += line + "\n";
    for (const std::string& brought : player.step(line.substr(1))) transcript += brought + "\n";
    const std::string broken = player.world.broken(true);
    if (!broken.empty()) transcript += "BROKEN " + broken + "\n";
  }
  rows |= player.world.rows();
  return transcript;
}

}  // namespace sluice::test
