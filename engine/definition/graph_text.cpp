// Mermaid and DOT: the same nodes and arrows in two notations.
#include <algorithm>
#include <map>

#include "engine/definition/graph.hpp"
#include "engine/definition/stage_groups.hpp"

namespace sluice {
namespace {

using definition::action_type_word;
using definition::run_order_groups;

struct Arrow {
  std::string from, to, label;  // no label: order alone
};

std::string node_id(std::size_t stage, std::size_t action) {
  return "s" + std::to_string(stage) + "a" + std::to_string(action);
}

// Artifacts flow from their producer to each reader. Actions that no artifact connects to the group
// before theirs get an arrow for the order.
std::vector<Arrow> arrows(const PipelineDeclaration& pipeline) {
  std::map<std::string, std::string> producers;
  for (std::size_t s = 0; s < pipeline.stages.size(); ++s) {
    const auto& actions = pipeline.stages[s].actions;
    for (std::size_t a = 0; a < actions.size(); ++a) {
      for (const auto& output : actions[a].output_artifacts) {
        producers.emplace(output.name, node_id(s, a));
      }
    }
  }
  std::vector<Arrow> all;
  std::vector<std::string> before;
  for (std::size_t s = 0; s < pipeline.stages.size(); ++s) {
    for (const auto& group : run_order_groups(pipeline.stages[s])) {
      std::vector<std::string> here;
      for (const auto a : group) {
        here.push_back(node_id(s, a));
        bool follows = false;
        for (const auto& input : pipeline.stages[s].actions[a].input_artifacts) {
          const auto found = producers.find(input);
          if (found == producers.end()) continue;
          all.push_back({found->second, here.back(), input});
          follows =
              follows || std::find(before.begin(), before.end(), found->second) != before.end();
        }
        if (!follows && !before.empty()) all.push_back({before.front(), here.back(), ""});
      }
      before = std::move(here);
    }
  }
  return all;
}

// Names have no quotes by their format; a declaration built in memory may.
std::string escaped(std::string_view text, std::string_view quote) {
  std::string result;
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      result += c == '"' ? std::string(quote) : std::string("/");
    } else {
      result += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return result;
}

}  // namespace

std::string mermaid_graph(const PipelineDeclaration& pipeline) {
  const auto text = [](std::string_view t) { return escaped(t, "#quot;"); };
  std::string out = "flowchart LR\n";
  for (std::size_t s = 0; s < pipeline.stages.size(); ++s) {
    const auto& stage = pipeline.stages[s];
    out += "  subgraph s" + std::to_string(s) + "[\"" + text(stage.name) + "\"]\n";
    for (std::size_t a = 0; a < stage.actions.size(); ++a) {
      const auto& action = stage.actions[a];
      out += "    " + node_id(s, a) + "[\"" + text(action.name) + "<br/>" +
             text(action_type_word(action.type)) + "\"]\n";
    }
    out += "  end\n";
  }
  for (const auto& arrow : arrows(pipeline)) {
    const auto line = arrow.label.empty() ? " -.-> " : " -->|" + text(arrow.label) + "| ";
    out += "  " + arrow.from + line + arrow.to + "\n";
  }
  return out;
}

std::string dot_graph(const PipelineDeclaration& pipeline) {
  const auto text = [](std::string_view t) { return escaped(t, "\\\""); };
  std::string out = "digraph \"" + text(pipeline.name) + "\" {\n  rankdir=LR;\n";
  out += "  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n";
  out += "  edge [fontname=\"sans-serif\", fontsize=10];\n";
  for (std::size_t s = 0; s < pipeline.stages.size(); ++s) {
    const auto& stage = pipeline.stages[s];
    out +=
        "  subgraph cluster_" + std::to_string(s) + " {\n    label=\"" + text(stage.name) + "\";\n";
    for (std::size_t a = 0; a < stage.actions.size(); ++a) {
      const auto& action = stage.actions[a];
      out += "    " + node_id(s, a) + " [label=\"" + text(action.name) + "\\n" +
             text(action_type_word(action.type)) + "\"];\n";
    }
    out += "  }\n";
  }
  for (const auto& arrow : arrows(pipeline)) {
    const auto style = arrow.label.empty() ? std::string(" [style=dashed]")
                                           : " [label=\"" + text(arrow.label) + "\"]";
    out += "  " + arrow.from + " -> " + arrow.to + style + ";\n";
  }
  return out + "}\n";
}

}  // namespace sluice
