// Prints docs/state-machine.md from the lifecycle tables.
#include <cstdio>
#include <string>

#include "engine/core/lifecycle.hpp"
#include "engine/core/names.hpp"

namespace {

using sluice::Cell;
using sluice::LifecycleText;
using sluice::Outcome;

std::string text(std::string_view view) {
  return std::string(view);
}

void print_rows(const LifecycleText& life) {
  std::printf("| from | cause | to | fact |\n|---|---|---|---|\n");
  for (std::size_t from = 0; from < life.statuses.size(); ++from) {
    for (std::size_t cause = 0; cause < life.causes.size(); ++cause) {
      const Cell& cell = *life.at(from, cause);
      if (cell.outcome != Outcome::kMove) continue;
      std::printf("| %s | %s | %s | %s |\n", text(life.statuses[from]).c_str(),
                  text(life.causes[cause]).c_str(), text(life.statuses[cell.to]).c_str(),
                  text(sluice::fact_name(cell.fact)).c_str());
    }
  }
}

void print_diagram(const LifecycleText& life) {
  std::printf("```mermaid\nstateDiagram-v2\n");
  for (std::size_t from = 0; from < life.statuses.size(); ++from) {
    for (std::size_t cause = 0; cause < life.causes.size(); ++cause) {
      const Cell& cell = *life.at(from, cause);
      if (cell.outcome != Outcome::kMove) continue;
      std::printf("  %s --> %s: %s\n", text(life.statuses[from]).c_str(),
                  text(life.statuses[cell.to]).c_str(), text(life.causes[cause]).c_str());
    }
  }
  std::printf("```\n");
}

void print_stays(const LifecycleText& life) {
  std::printf("| in | cause | what happens | why |\n|---|---|---|---|\n");
  for (std::size_t from = 0; from < life.statuses.size(); ++from) {
    for (std::size_t cause = 0; cause < life.causes.size(); ++cause) {
      const Cell& cell = *life.at(from, cause);
      std::string what;
      if (cell.outcome == Outcome::kMove) continue;
      if (cell.outcome == Outcome::kIgnored) what = "nothing";
      if (cell.outcome == Outcome::kRejected) what = "refused: `" + text(cell.code) + "`";
      if (cell.outcome == Outcome::kImpossible) what = "cannot occur";
      std::printf("| %s | %s | %s | %s |\n", text(life.statuses[from]).c_str(),
                  text(life.causes[cause]).c_str(), what.c_str(), text(cell.why).c_str());
    }
  }
}

}  // namespace

int main() {
  std::printf(
      "# The state machine\n\n"
      "Printed by `print_state_machine` from the tables in `engine/core/lifecycle.cpp`; a test "
      "fails "
      "when this copy is stale. Regenerate it with\n"
      "`cmake --build build/dev --target print_state_machine && build/dev/bin/print_state_machine "
      "> "
      "docs/state-machine.md`.\n\n"
      "`decide` asks these tables what a cause does to a thing in some status, `apply` where a "
      "fact "
      "leads. Every cell is said: it is a row, is ignored, is refused, or cannot occur (the engine "
      "stops if it does). Every row is taken by a scenario of `tests/core`: `core_test` fails for "
      "one that is not.\n");
  for (const LifecycleText& life : sluice::lifecycles()) {
    std::printf("\n## %s\n\n", text(life.name).c_str());
    print_diagram(life);
    std::printf("\n");
    print_rows(life);
    std::printf("\nEverything else:\n\n");
    print_stays(life);
  }
  return 0;
}
