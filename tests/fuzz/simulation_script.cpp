// Any text as a script of sluice simulate: never a crash, and what is accepted can be played and
// drawn.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "engine/simulation/script_file.hpp"
#include "engine/simulation/timeline.hpp"
#include "tests/definition/sample_catalogue.hpp"

namespace {

constexpr const char* kShop = R"(
name: shop
stages:
  - name: Source
    actions: [{name: Checkout, uses: source/git, configuration: {repository: .}, outputArtifacts: [a]}]
  - name: Build
    onFailure: {result: RETRY}
    actions: [{name: Make, uses: compute/commands, commands: [make]}, {name: Approve, uses: approval/manual}]
)";
constexpr std::size_t kMostMoves = 200;  // played: the rest only costs time

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  static const auto kDeclaration =
      std::make_shared<const PipelineDeclaration>(*test::parse(kShop).declaration);
  simulation::Script script;
  script.versions = {kDeclaration};
  const auto no_update = [](const std::string& file) -> Result<PipelineDeclaration> {
    return Error{ErrorKind::kBadInput, file, "no update"};
  };
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto diagnostics = simulation::read_script(text, "fuzz.yml", no_update, script);
  for (const auto& diagnostic : diagnostics)
    require(diagnostic.line >= 1 && diagnostic.column >= 1);
  if (!diagnostics.empty() || script.moves.size() > kMostMoves) return 0;
  const auto simulated = simulation::simulate(script);
  require(!simulated.happenings.empty());
  require(!simulation::timeline(simulated, {40, false, true}).empty() || simulated.looks.empty());
  return 0;
}
