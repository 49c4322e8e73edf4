// One step of an installation. The planner makes the list, the installer carries it out in order,
// and `<group>-install.json` keeps it.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "plugins/deploy/appspec/model.hpp"

namespace sluice::appspec {

struct MakeDirectory {
  std::string path;
};
struct CopyFile {
  std::string source, destination;
};
struct ChangeMode {
  std::string path, mode;
};
struct ChangeAcl {
  std::string path;
  std::vector<Ace> entries;
};
struct ChangeSecurityLabel {
  std::string path;
  SecurityLabel context;
};
struct ChangeOwner {
  std::string path;
  std::optional<std::string> owner, group;
};

using Instruction =
    std::variant<MakeDirectory, CopyFile, ChangeMode, ChangeAcl, ChangeSecurityLabel, ChangeOwner>;

// {"instructions":[{"type":"mkdir","directory":...},...]}
[[nodiscard]] std::string instructions_json(const std::vector<Instruction>& instructions);

}  // namespace sluice::appspec
