// Pictures of a pipeline: pure text, from the declaration alone.
#pragma once

#include <string>

#include "engine/core/declaration.hpp"

namespace sluice {

// Mermaid's flowchart: a subgraph a stage, arrows for artifacts (with their name) and for order.
[[nodiscard]] std::string mermaid_graph(const PipelineDeclaration& pipeline);

// Graphviz: a cluster a stage, otherwise the same.
[[nodiscard]] std::string dot_graph(const PipelineDeclaration& pipeline);

struct TerminalGraphOptions {
  int width = 80;       // columns; what does not fit is cut, nothing wraps
  bool unicode = true;  // box drawing characters, else ASCII
  bool color = false;
};

// Stages as boxes, side by side if they fit and below each other if not; in a box the actions by
// runOrder, each with the artifacts that go in and come out.
[[nodiscard]] std::string terminal_graph(const PipelineDeclaration& pipeline,
                                         const TerminalGraphOptions& options = {});

}  // namespace sluice
