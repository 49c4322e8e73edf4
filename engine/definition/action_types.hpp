// The action types and stage rules that a workflow file may name: those of the plugin catalogue.
// The cloud service's rules (facts/codepipeline.md 2.15) are plugins of ours under the same
// provider names, so that an exported declaration finds them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/action_type.hpp"
#include "engine/definition/words.hpp"

namespace sluice::definition {

// "Build/Sluice/Buildspec@1"
[[nodiscard]] std::string type_text(const ActionTypeId& id);

// Newer first: by number where both versions are numbers, else by text.
[[nodiscard]] bool newer_version(std::string_view a, std::string_view b);

class ActionTypes {
 public:
  // The catalogue must outlive this and every description found.
  explicit ActionTypes(const std::vector<ActionTypeDescription>& catalogue);

  // By the four fields. A type that the cloud service owns (owner AWS) and a plugin of ours
  // provides under the same category, provider and version is that plugin's.
  [[nodiscard]] const ActionTypeDescription* find(const ActionTypeId& id) const;
  // "build/buildspec" (the newest version) or "build/buildspec@1".
  [[nodiscard]] const ActionTypeDescription* find(std::string_view uses, bool rule) const;

  // What is wrong with a type that find() did not find, and what to write instead.
  [[nodiscard]] std::string explain_unknown(const ActionTypeId& id) const;
  [[nodiscard]] std::string explain_unknown(std::string_view uses, bool rule) const;

  [[nodiscard]] const std::vector<const ActionTypeDescription*>& all() const { return all_; }

 private:
  [[nodiscard]] std::vector<std::string> known_uses(bool rule) const;

  std::vector<const ActionTypeDescription*> all_;
};

}  // namespace sluice::definition
