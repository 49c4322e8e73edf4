// Transitions a second of the core alone: decide and apply, in memory, on one thread. A transition
// is one fact; a clean run of 3 stages with 3 actions each is 26 of them.
#include <time.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "engine/core/core.hpp"

namespace {

using namespace sluice;

// CPU seconds of this thread: neighbours on the machine do not count.
double cpu_s() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

struct Shape {
  const char* name;
  int stages, actions;
  std::uint16_t order_step;  // 0: all in one group
  bool variables;            // actions leave variables and artifacts, and read them
};

PipelineDeclaration declare(const Shape& shape) {
  PipelineDeclaration pipeline;
  pipeline.name = "bench";
  for (int s = 0; s < shape.stages; ++s) {
    StageDeclaration stage;
    stage.name = "Stage" + std::to_string(s);
    for (int a = 0; a < shape.actions; ++a) {
      ActionDeclaration action;
      action.name = "Action" + std::to_string(a);
      action.type = {s == 0 ? Category::kSource : Category::kBuild, "Sluice", "NoOp", "1"};
      action.run_order = static_cast<std::uint16_t>(1 + a * shape.order_step);
      if (shape.variables) {
        action.name_space = "n" + std::to_string(s) + "x" + std::to_string(a);
        action.output_artifacts.push_back({"out" + action.name_space, {}});
        if (s > 0) {
          const std::string earlier = "n" + std::to_string(s - 1) + "x" + std::to_string(a);
          action.configuration["revision"] = "#{" + earlier + ".CommitId}";
          action.input_artifacts.push_back("out" + earlier);
        }
      }
      stage.actions.push_back(std::move(action));
    }
    pipeline.stages.push_back(std::move(stage));
  }
  return pipeline;
}

struct Tally {
  std::size_t facts = 0, decisions = 0;
};

void step(Pipeline& pipeline, Input input, Tally& tally) {
  const Instant now{1'000'000};
  const Decision decision = decide(pipeline, std::move(input), now);
  for (const Fact& fact : decision.facts) apply(pipeline, fact, now);
  tally.facts += decision.facts.size();
  ++tally.decisions;
}

void finish_run(Pipeline& pipeline, const Shape& shape, bool with_wants, Tally& tally) {
  std::vector<ActionKey> open;
  while (!pipeline.executions.empty()) {
    open.clear();
    const Execution& e = pipeline.executions.begin()->second;
    if (with_wants) {
      for (const Want& want : wants(pipeline)) {
        if (want.kind == WantKind::kRun) open.push_back(want.key);
      }
    } else {
      for (Index a = 0; a < e.actions.size(); ++a) {
        if (e.actions[a].status == ActionStatus::kRunning) {
          open.push_back({e.number, e.stage, a, e.actions[a].attempt, e.actions[a].turn});
        }
      }
    }
    for (const ActionKey& key : open) {
      ReportSuccess report;
      report.key = key;
      if (shape.variables) {
        report.variables = {{"CommitId", "0123456789abcdef0123456789abcdef01234567"},
                            {"BranchName", "main"}};
        const std::string name =
            "outn" + std::to_string(key.stage) + "x" + std::to_string(key.action);
        report.outputs.push_back({name, std::string(64, 'a'), "", "", ""});
      }
      step(pipeline, std::move(report), tally);
    }
  }
}

void measure(const Shape& shape, bool with_wants, double seconds) {
  Pipeline pipeline;
  Tally tally;
  step(pipeline, AdoptDefinition{declare(shape)}, tally);
  tally = {};
  const double begin = cpu_s();
  std::size_t runs = 0;
  double elapsed = 0;
  do {
    for (int i = 0; i < 64; ++i, ++runs) {
      StartExecution start;
      start.id = {1, runs + 1};
      step(pipeline, std::move(start), tally);
      finish_run(pipeline, shape, with_wants, tally);
    }
    elapsed = cpu_s() - begin;
  } while (elapsed < seconds);
  std::printf("| %-34s | %12.0f | %8.0f | %9.0f | %6.2f |\n", shape.name,
              static_cast<double>(tally.facts) / elapsed,
              elapsed / static_cast<double>(tally.facts) * 1e9, static_cast<double>(runs) / elapsed,
              static_cast<double>(tally.facts) / static_cast<double>(tally.decisions));
}

// The limit beside it: the same facts, only made and destroyed.
void measure_floor(double seconds) {
  const double begin = cpu_s();
  std::size_t facts = 0;
  double elapsed = 0;
  do {
    for (int i = 0; i < 4096; ++i) {
      Facts list;
      list.reserve(4);
      for (std::uint16_t a = 0; a < 3; ++a) {
        list.push_back(ActionStarted{{1, 1, a, 1, 1}, {1, a}, {5}, {}});
      }
      facts += list.size();
    }
    elapsed = cpu_s() - begin;
  } while (elapsed < seconds);
  std::printf("| %-34s | %12.0f | %8.0f | %9s | %6s |\n", "limit: making the facts alone",
              static_cast<double>(facts) / elapsed, elapsed / static_cast<double>(facts) * 1e9, "-",
              "-");
}

}  // namespace

int main(int argc, char** argv) {
  const bool quick = argc > 1 && std::strcmp(argv[1], "--quick") == 0;
  const double seconds = quick ? 0.02 : 2;
  std::printf("| %-34s | %12s | %8s | %9s | %6s |\n", "core: decide + apply, CPU time",
              "transitions/s", "ns each", "runs/s", "/decision");
  std::printf("|%s|%s:|%s:|%s:|%s:|\n", std::string(36, '-').c_str(), std::string(13, '-').c_str(),
              std::string(9, '-').c_str(), std::string(10, '-').c_str(),
              std::string(7, '-').c_str());
  const Shape plain{"3 stages x 3 parallel actions", 3, 3, 0, false};
  measure(plain, false, seconds);
  measure({"the same, wants() after each group", 3, 3, 0, false}, true, seconds);
  measure({"3 x 3 one after another", 3, 3, 1, false}, false, seconds);
  measure({"3 x 3 with variables and artifacts", 3, 3, 0, true}, false, seconds);
  measure({"1 x 1", 1, 1, 0, false}, false, seconds);
  measure({"3 x 50", 3, 50, 0, false}, false, seconds);
  measure_floor(seconds);
  return 0;
}
