#include "engine/cli/simulate.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/cli/environment.hpp"
#include "engine/core/names.hpp"
#include "engine/definition/diagnostic_text.hpp"
#include "engine/definition/workflow.hpp"
#include "engine/runtime/engine.hpp"
#include "engine/runtime/event_reader.hpp"
#include "engine/simulation/script_file.hpp"
#include "engine/simulation/simulate.hpp"
#include "engine/simulation/timeline.hpp"
#include "engine/store/memory_store.hpp"

namespace sluice {
namespace {

constexpr int kSimulated = 0;
constexpr int kInvalid = 2;

constexpr const char* kHelp = R"(
What happens is said by options, or by the same words as a list in a script file (--script):

  --push 3 every 10m              three starts, the first at once
  --start ENV=prod at 1h          a start with variables
  --fail Build.Compile            it fails, every time
  --fail Build.Compile@1          its first attempt fails, a retry succeeds
  --fail 2:Build.Compile          it fails in the second execution alone
  --fail Release/onSuccess        a rule of the condition fails; /beforeEntry, /onFailure, /HOOK/RULE
  --succeed 3:Build.Compile       not in the third, though
  --lost Deploy.Site              its worker is lost
  --duration Build.Compile=5m     how long it takes;  --duration 2m: every action (default 1m)
  --approve Release after 3h by ann     an approval is given; once for each person
  --reject Release after 1h no        it is refused
  --ignore Release                nobody answers
  --stop 2 at 1h                  stop and wait;  --stop 2 abandon at 1h
  --disable Release at 0s         a transition;  --enable Release at 1d;  --disable Build outbound
  --retry 1 Build at 30m          the failed actions;  --retry 1 Build all at 30m
  --rollback Release to 1 at 2h
  --override 1 Release beforeEntry at 5m
  --update new.yml at 10m         another version of the file
  --remove at 1d

[EXECUTION:]STAGE[.ACTION][@ATTEMPT] says which calls: executions and attempts count from 1. If several
options fit, the last one counts; of approvals, all do. Without any option there is one start, every
action succeeds after a minute, and every approval is given after a minute.

  sluice simulate pipeline.yml --push 3 every 10m --approve Release after 3h
  sluice simulate pipeline.yml --fail Build.Compile@1 --retry 1 Build at 10m --json)";

using simulation::Script;
using simulation::Simulated;

struct SimulateCommand {
  const CliEnvironment& environment;
  std::string file, script_file;
  bool json = false, ascii = false, quiet = false;

  [[nodiscard]] bool unicode() const {
    if (ascii || !environment.unicode) return false;
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
      const char* value = std::getenv(name);
      if (value == nullptr || *value == '\0') continue;
      const std::string_view locale = value;
      return locale.find("UTF-8") != std::string_view::npos ||
             locale.find("utf8") != std::string_view::npos;
    }
    return true;
  }

  void show(const std::vector<definition::Diagnostic>& diagnostics, const std::string& text) const {
    *environment.err << definition::render(diagnostics, text,
                                           {environment.color, environment.width});
  }
  int refuse(const std::string& why) const {
    *environment.err << "sluice simulate: " << why << '\n';
    return kInvalid;
  }

  int run(const std::vector<std::string>& words) const {
    const auto catalogue = environment.catalogue();
    if (!catalogue) return refuse(catalogue.error().text());
    auto parsed = load_workflow_file(file, catalogue.value());
    show(parsed.diagnostics, parsed.text);
    if (!parsed.declaration) return kInvalid;
    Script script;
    script.versions.push_back(
        std::make_shared<const PipelineDeclaration>(std::move(*parsed.declaration)));
    const simulation::LoadDeclaration load =
        [&](const std::string& path) -> Result<PipelineDeclaration> {
      auto update = load_workflow_file(path, catalogue.value());
      if (update.declaration) return std::move(*update.declaration);
      return Error{ErrorKind::kBadInput, path, update.diagnostics.front().text()};
    };
    if (!script_file.empty()) {
      std::ifstream in(script_file, std::ios::binary);
      if (!in) return refuse(script_file + ": the script cannot be opened; name an existing file");
      const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
      const auto diagnostics = simulation::read_script(text, script_file, load, script);
      show(diagnostics, text);
      if (!diagnostics.empty()) return kInvalid;
    }
    if (const std::string wrong = add_options(script, words, load); !wrong.empty()) {
      return refuse(wrong);
    }
    print(simulation::simulate(script), *script.versions.front());
    return kSimulated;
  }

  // "--fail", "Build.Compile@1", "disk", "full", "--push", ... What is wrong, or "".
  static std::string add_options(Script& script, const std::vector<std::string>& words,
                                 const simulation::LoadDeclaration& load) {
    std::vector<std::string> sentences;
    for (const std::string& word : words) {
      if (word.starts_with("--")) {
        sentences.push_back(word.substr(2));
      } else if (sentences.empty()) {
        return "what is `" + word + "`? the workflow file comes first, then options";
      } else {
        sentences.back() += " " + word;
      }
    }
    for (const bool updates : {true, false}) {
      for (const std::string& sentence : sentences) {
        if (sentence.starts_with("update ") != updates) continue;
        if (const auto added = simulation::add_sentence(script, sentence, load); !added) {
          return "--" + sentence + ": " + added.error().message;
        }
      }
    }
    return "";
  }

  void print(const Simulated& simulated, const PipelineDeclaration& first) const {
    if (json) return print_events(simulated, first.name);
    if (!quiet) {
      std::size_t width = 0;
      for (const auto& happening : simulated.happenings) {
        width = std::max(width, when(happening.at).size());
      }
      for (const auto& happening : simulated.happenings) {
        const std::string time = when(happening.at);
        *environment.out << std::string(width - time.size(), ' ') << time << "  " << happening.text
                         << '\n';
      }
      *environment.out << '\n';
    }
    *environment.out << simulation::timeline(simulated,
                                             {environment.width, unicode(), environment.color});
    if (simulated.cut_short) {
      *environment.out << "cut short: it does not come to an end by itself\n";
    }
    for (const auto& [number, e] : simulated.state.executions) {
      const auto& stage = simulated.state.versions.at(e.version)->stages.at(e.stage);
      *environment.out << "execution " << number << " is still in progress, "
                       << (e.stage_status == StageStatus::kNotEntered ? "before" : "in")
                       << " the stage " << stage.name << '\n';
    }
  }

  static std::string when(Instant at) {
    return simulation::time_text(at.ms - simulation::kBeginning.ms);
  }

  // The events that the bus would carry, one a line.
  void print_events(const Simulated& simulated, const std::string& pipeline) const {
    MemoryStore store;
    std::unordered_map<ExecutionNumber, ExecutionRow> rows;
    for (const auto& happening : simulated.happenings) {
      if (happening.refused) {
        *environment.err << when(happening.at) << ' ' << happening.text << '\n';
        continue;
      }
      Append append{pipeline, happening.at, {happening.fact}, {}};
      if (const ExecutionRow* row = update_row(rows, pipeline, happening.fact, happening.at)) {
        append.rows.push_back(*row);
      }
      (void)store.commit(std::span(&append, 1));
    }
    EventReader reader(store, Realm{});
    Sequence upto = 0;
    const auto events = reader.read(0, UINT32_MAX, upto);
    if (!events) return;
    for (const Event& event : *events) *environment.out << to_json(event) << '\n';
  }
};

}  // namespace

void add_simulate_command(CLI::App& app, const CliEnvironment& environment, int& exit_code) {
  auto* sub = app.add_subcommand(
      "simulate", "Play a pipeline through without running anything: what would happen, and when");
  auto command = std::make_shared<SimulateCommand>(SimulateCommand{environment, {}, {}});
  sub->add_option("FILE", command->file, "Workflow file; - is standard input")->required();
  sub->add_option("--script", command->script_file, "A YAML list of sentences: - push 3 every 10m");
  sub->add_flag("--json", command->json, "Print the events, one JSON object a line");
  sub->add_flag("-q,--quiet", command->quiet, "The picture alone, without the list of facts");
  sub->add_flag("--ascii", command->ascii, "Draw with ASCII alone");
  sub->allow_extras();
  sub->footer(kHelp);
  sub->callback([command, sub, &exit_code] { exit_code = command->run(sub->remaining()); });
}

}  // namespace sluice
